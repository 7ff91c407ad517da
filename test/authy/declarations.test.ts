import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** One use of every method, whose type a program that emits declarations must be able to write down. */
const PROGRAM = `
  import { AuthyApiClient, createAuthyClient } from "../../src/authy/index.ts";
  import { Authsignal, CallConnect, snakeCase } from "../../src/index.ts";
  import { createAuthyBridge } from "../../src/authy/migrate/index.ts";

  const authsignal = new Authsignal({ apiSecretKey: "key" });
  export const authy = new AuthyApiClient({ apiKey: "key" });
  export const view = snakeCase(authy);
  export const typed = createAuthyClient({ apiKey: "key" });
  export const facade = snakeCase(authsignal);
  export const calls = snakeCase(new CallConnect({ apiSecretKey: "key" }));
  export const bridge = snakeCase(createAuthyBridge(authsignal));
  export const { users, tokens, apps, stats, phones, one_touch, devices } = view;
  export const requestSms = () => view.users.request_sms(1);
  export const create = () => view.users.create({ email: "a@example.com", cellphone: "1" });
  export const verify = () => view.tokens.verify(1, "1");
  export const approve = () => view.one_touch.send_request(1, { message: "m" });
  export const status = () => view.one_touch.get_approval_status("u");
  export const callback = (request: Request) => view.one_touch.read_callback(request);
  export const throughBridge = () => bridge.users.request_sms(1);
  export const getUser = () => facade.get_user({ user_id: "u" });
  export const all = () => facade.query_all_users({ email: "a@example.com" });
  export const track = () => facade.track({ user_id: "u", action: "a" });
  export const method = facade.validate_challenge;
`;

describe("what the Authy client and its view in snake_case return", () => {
  it("can be written down in declarations", () => {
    const file = join(import.meta.dirname, "declared.ts");
    const options: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Preserve,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      strict: true,
      skipLibCheck: true,
      types: ["node"],
      declaration: true,
      emitDeclarationOnly: true,
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (name) => name === file || fileExists(name);
    host.getSourceFile = (name, version) =>
      name === file ? ts.createSourceFile(name, PROGRAM, version) : getSourceFile(name, version);
    const program = ts.createProgram([file], options, host);
    let declarations = "";
    const { diagnostics } = program.emit(program.getSourceFile(file), (_name, text) => {
      declarations = text;
    });
    const problems = [...program.getSemanticDiagnostics(program.getSourceFile(file)), ...diagnostics];
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
    expect(declarations).toContain("SnakeCasedResult");
    expect(declarations).not.toContain("any");
  });
});
