import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const copy = join(root, ".tmp", `regenerate-${process.pid}`);
const run = promisify(execFile);

beforeEach(async () => {
  await mkdir(copy, { recursive: true });
  for (const name of ["openapi", "scripts", "generated", "src", "package.json"]) {
    await cp(join(root, name), join(copy, name), { recursive: true });
  }
});
afterEach(() => rm(copy, { recursive: true }));

/** Changes a spec of the copy. @throws Error when the replaced text is missing. */
async function edit(from: string, to: string, name = "authsignal"): Promise<void> {
  const file = join(copy, `openapi/${name}.yaml`);
  const spec = await readFile(file, "utf8");
  if (!spec.includes(from)) throw new Error(`The spec does not hold ${from}`);
  await writeFile(file, spec.replaceAll(from, to));
}

const generate = (...options: string[]) =>
  run(process.execPath, ["--import", "tsx", "scripts/generate.ts", ...options], { cwd: copy });

/** Returns the errors of the compiler in the copy. */
function problems(...more: string[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entries = ["src/index.ts", "src/client.ts", ...more].map((file) => join(copy, file));
  const program = ts.createProgram(entries, options);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const where = file === undefined ? "" : relative(copy, file.fileName);
    return `${where}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

describe("a change of the spec", () => {
  it("causes no error when nothing changed", async () => {
    await generate("--check");
    expect(problems()).toEqual([]);
  });

  it("is found by the check until it is generated", async () => {
    await edit("operationId: getDevices", "operationId: listDevices");
    await expect(generate("--check")).rejects.toMatchObject({
      stderr: expect.stringContaining("generated/authsignal.ts, generated/authsignal-data.ts"),
    });
    await generate();
    await generate("--check");
  });

  it("makes the compiler name the missing method and handler of a new operation", async () => {
    const operation =
      "    put:\n      operationId: replaceUser\n      x-repeatable: never\n      responses:\n        '204': { description: Done. }\n    patch:\n      operationId: updateUser";
    await edit("    patch:\n      operationId: updateUser", operation);
    await generate();
    expect(problems("src/emulator/server-api/server-api.ts").sort()).toEqual([
      expect.stringMatching(/^src\/authsignal\/authsignal\.ts: .*'replaceUser' is missing/),
      expect.stringMatching(/^src\/emulator\/server-api\/server-api\.ts: .*'replaceUser' is missing/),
    ]);
  });

  it("makes the compiler name a new value of an enum", async () => {
    await edit("- CHALLENGE_FAILED", "- CHALLENGE_FAILED\n        - CHALLENGE_SKIPPED");
    await generate();
    expect(problems()).toEqual([
      expect.stringMatching(/^src\/authsignal\/enums\.ts: .*'CHALLENGE_SKIPPED' is missing/),
    ]);
  });

  it("makes the compiler name the uses of a renamed field", async () => {
    await edit("actionCode: { type: string, deprecated: true", "code: { type: string, deprecated: true");
    await generate();
    expect(problems()).toEqual([
      expect.stringMatching(/^src\/authsignal\/authsignal\.ts: .*'actionCode' does not exist/),
    ]);
  });

  it("changes the retry rule of an operation in the request pipeline", async () => {
    await edit(
      "operationId: createSession\n      x-repeatable: never",
      "operationId: createSession\n      x-repeatable: always",
    );
    await generate();
    expect(problems()).toEqual([]);
    const data = await readFile(join(copy, "generated/authsignal-data.ts"), "utf8");
    expect(data).toMatch(/"POST \/sessions": \{\s*"name": "createSession",\s*"repeatable": "always"/);
  });
});

describe("a change of the spec in snake_case", () => {
  const editAuthy = (from: string, to: string) => edit(from, to, "authy");
  const generated = (name: string) => readFile(join(copy, "generated", name), "utf8");

  it("causes no error when nothing changed", () => {
    expect(problems("src/authy/index.ts")).toEqual([]);
  });

  it("makes the compiler name the uses of a renamed field, and renames it on the wire", async () => {
    await editAuthy("qr_size", "image_size");
    await expect(generate("--check")).rejects.toMatchObject({
      stderr: expect.stringContaining("generated/authy.ts, generated/authy-data.ts"),
    });
    await generate();
    expect(problems("src/authy/index.ts")).toEqual([
      expect.stringMatching(/^src\/authy\/users\.ts: .*'qrSize' does not exist/),
    ]);
    expect(await generated("authy-data.ts")).toContain('"imageSize": "image_size"');
  });

  it("writes an `x-name` into the types and the tables, for calls and callbacks", async () => {
    await editAuthy("x-name: internalAppId", "x-name: vendorAppId");
    await generate();
    expect(problems("src/authy/index.ts")).toEqual([]);
    expect((await generated("authy.ts")).match(/\bvendorAppId\?: string;/g)).toHaveLength(2);
    expect((await generated("authy-data.ts")).match(/"app_id": "vendorAppId"/g)).toHaveLength(2);
  });

  it("makes the compiler name the missing method of a new operation", async () => {
    const operation =
      "    post:\n      operationId: usersMerge\n      x-repeatable: never\n      responses:\n        '204': { description: Done. }\n    get:\n      operationId: usersStatus";
    await editAuthy("    get:\n      operationId: usersStatus", operation);
    await generate();
    expect(problems("src/authy/index.ts")).toEqual([expect.stringMatching(/^src\/authy\/authy\.ts: .*"usersMerge"/)]);
  });

  it("is rejected when two fields get the same name", async () => {
    await editAuthy("x-name: internalUserId", "x-name: internalAppId");
    await expect(generate()).rejects.toMatchObject({
      stderr: expect.stringMatching(/Two of these get one name: .*\bapp_id\b.*\buser_id\b/),
    });
  });
});
