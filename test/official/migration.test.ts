import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Webhook } from "../../src/index.ts";
import { exampleServer } from "../support/example-server.ts";

const root = join(import.meta.dirname, "../..");
const OFFICIAL = "@authsignal/node";
/** The exports of the official SDK that this package does not have, by intent. */
const LEFT_OUT = {
  handleAuth0ExecutePostLogin: "an example replaces the handlers",
  handleAuth0ContinuePostLogin: "an example replaces the handlers",
  mapToAuthsignalError: "maps errors of axios",
};

function compile(file: string): ts.Program {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts.createProgram([file], options);
}

function problemsOf(program: ts.Program, file: string): string[] {
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("a program written for the official SDK", () => {
  const folder = join(root, ".tmp", `migration-${process.pid}`);
  const original = join(folder, "original.ts");
  const moved = join(folder, "moved.ts");

  beforeAll(async () => {
    const program = await readFile(join(import.meta.dirname, "program.ts"), "utf8");
    await mkdir(folder, { recursive: true });
    await writeFile(original, program);
    await writeFile(moved, program.replace(`"${OFFICIAL}"`, '"../../src/index.ts"'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("compiles with one changed import", () => {
    expect(problemsOf(compile(original), original)).toEqual([]);
    expect(problemsOf(compile(moved), moved)).toEqual([]);
  });

  it("runs and prints the same", async () => {
    await using server = await exampleServer();
    const data = { to: "+64", code: "1", userId: "u", idempotencyKey: "k", actionCode: "a" };
    const source = "https://authsignal.com";
    const envelope = { version: 1, id: "1", source, time: "2026-01-15T03:04:05.678Z", tenantId: "t" };
    const payload = JSON.stringify({ ...envelope, type: "sms.created", data });
    const env = {
      ...process.env,
      AUTHSIGNAL_URL: server.url,
      PAYLOAD: payload,
      SIGNATURE: new Webhook("sk_program").sign(payload),
    };
    const run = async (file: string) =>
      (await promisify(execFile)(process.execPath, ["--import", "tsx", file], { cwd: root, env })).stdout;
    const before = await run(original);
    const after = await run(moved);
    expect(before).toContain("401 unauthorized");
    expect(after).toBe(before);
  });
});

describe("the names of the official SDK", () => {
  const namesOf = (file: string): string[] => {
    const program = compile(file);
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} is no module`);
    return checker.getExportsOfModule(module).map(({ name }) => name);
  };

  it("exist in this package too", () => {
    const official = namesOf(join(root, "node_modules", OFFICIAL, "dist/index.d.ts"));
    const ours = new Set(namesOf(join(root, "src/index.ts")));
    expect(official.length).toBeGreaterThan(70);
    expect(official.filter((name) => !ours.has(name)).sort()).toEqual(Object.keys(LEFT_OUT).sort());
  });
});
