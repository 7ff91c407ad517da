import { join } from "node:path";
import ts from "typescript";
import { afterEach, describe, expect, it } from "vitest";
import {
  completeChallenge,
  createEmulator,
  mswHandlers,
  type StartOptions,
  startEmulator,
  visit,
} from "../../src/emulator/index.ts";
import { Authsignal } from "../../src/index.ts";
import { userId } from "../support/emulator/emulator.ts";

// `of` makes any value pass the compiler, as it does in JavaScript.
const of = (text: string) => JSON.parse(text);

describe("an option that is unknown is refused, with the list and the one that was meant", () => {
  it.each([
    [
      '{ "strickt": false }',
      /^createEmulator has no option strickt\. Did you mean strict\? There are otp, .*, origin, /,
    ],
    ['{ "api_secret_key": "sk_emulator_x" }', / Did you mean apiSecretKey\? /],
    ['{ "port": 4300 }', /^createEmulator has no option port\. There are /],
  ])("by createEmulator: %s", (options, words) => {
    expect(() => createEmulator(of(options))).toThrow(words);
  });

  it("by startEmulator", async () => {
    await expect(startEmulator(of('{ "prot": 4300 }'))).rejects.toThrow(
      /^startEmulator has no option prot\. Did you mean port\? There are port, host, otp, /,
    );
    await expect(startEmulator(of('{ "origin": "http://localhost:3000" }'))).rejects.toThrow(
      /^origin is for createEmulator/,
    );
  });

  it("by the helpers for tests", async () => {
    const emulator = createEmulator();
    const http = { all: () => "handler" };
    expect(() => mswHandlers(http, emulator, of('{ "apiUrl": [] }'))).toThrow(
      "mswHandlers has no option apiUrl. Did you mean apiUrls? There are apiUrls, callConnectUrls",
    );
    await expect(visit(emulator.origin, of('{ "fetsh": null }'))).rejects.toThrow(
      "visit has no option fetsh. Did you mean fetch? There are fetch",
    );
    await expect(emulator.outbox.waitFor({}, of('{ "timeOut": 5 }'))).rejects.toThrow(
      "waitFor has no option timeOut. Did you mean timeout? There are timeout, signal",
    );
    const page = { locator: () => expect.unreachable("The options are read first") };
    await expect(completeChallenge(page, of('{ "emulator": {}, "aprove": false }'))).rejects.toThrow(
      "completeChallenge has no option aprove. Did you mean approve? There are emulator, method, code, approve, timeout",
    );
  });
});

describe("an option that is undefined", () => {
  it("counts as left out, by the types and at run time", async () => {
    const all: Record<keyof StartOptions, undefined> = {
      accessTokenLifetime: undefined,
      allowedHosts: undefined,
      allowedRedirects: undefined,
      allowProduction: undefined,
      apiSecretKey: undefined,
      codeLifetime: undefined,
      dataFile: undefined,
      defaultOutcome: undefined,
      fetch: undefined,
      host: undefined,
      limits: undefined,
      otp: undefined,
      port: undefined,
      random: undefined,
      recoveryCodes: undefined,
      refreshTokenLifetime: undefined,
      seed: undefined,
      singleUseTokens: undefined,
      strict: undefined,
      tokenLifetime: undefined,
      webhooks: undefined,
    };
    await using emulator = await startEmulator(all);
    expect(emulator.apiSecretKey).toBe("sk_emulator_default");
    expect(createEmulator({ origin: undefined }).origin).toBe("http://emulator.localhost");
  });

  it("compiles where undefined is told from what is left out", () => {
    const file = join(import.meta.dirname, "../support/emulator/exact-options.ts");
    const options = { exactOptionalPropertyTypes: true, skipLibCheck: true, noEmit: true, strict: true };
    const program = ts.createProgram([file], {
      ...options,
      allowImportingTsExtensions: true,
      module: ts.ModuleKind.Preserve,
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2023.d.ts", "lib.es2024.string.d.ts"],
      types: ["node"],
    });
    const problems = program.getSemanticDiagnostics(program.getSourceFile(file));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  });
});

describe("what another part of the program adds to Object.prototype", () => {
  const added = { apiSecretKey: "sk_live_1", host: "0.0.0.0", port: -1, dataFile: "/nowhere/state", origin: "nowhere" };
  afterEach(() => {
    for (const name of Object.keys(added)) Reflect.deleteProperty(Object.prototype, name);
  });

  it("is no option", async () => {
    for (const [name, value] of Object.entries(added)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    }
    await using emulator = await startEmulator({ defaultOutcome: "BLOCK" });
    expect(emulator.apiSecretKey).toBe("sk_emulator_default");
    expect(createEmulator({ strict: false }).origin).toBe("http://emulator.localhost");
  });
});

describe("what a client takes as its options", () => {
  it("is all that a copy of an emulator or of a tenant has", async () => {
    await using started = await startEmulator();
    for (const one of [createEmulator(), started, createEmulator().tenant(), started.tenant("sk_emulator_other")]) {
      expect(Object.keys(one).sort()).toEqual(["apiSecretKey", "apiUrl", "fetch"]);
      const authsignal = new Authsignal({ ...one });
      await authsignal.updateUser({ userId, attributes: { email: "jo@example.com" } });
      expect((await authsignal.getUser({ userId })).email).toBe("jo@example.com");
      expect(one.export().users).toMatchObject([{ userId }]);
    }
  });
});
