/** Changes the API in a copy of this repository and runs `make diff`, `make generate` and the compiler. */
import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import ts from "typescript";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const copy = join(root, ".tmp", `loop-${process.pid}`);

beforeEach(async () => {
  await mkdir(join(copy, "test"), { recursive: true });
  for (const name of ["openapi", "scripts", "generated", "src", "package.json", "test/contract", "test/support"]) {
    await cp(join(root, name), join(copy, name), { recursive: true });
  }
});
afterEach(() => rm(copy, { recursive: true }));

const run = (...words: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", ...words], { cwd: copy, encoding: "utf8" });

/** Runs `make diff` with a changed spec, returns its output and exit status, and replaces our spec. */
async function change(from: string, to: string): Promise<{ status: number | null; lines: string[] }> {
  const spec = await readFile(join(copy, "openapi/authsignal.yaml"), "utf8");
  if (!spec.includes(from)) throw new Error(`The description does not hold ${from}`);
  const theirs = join(copy, "theirs.yaml");
  await writeFile(theirs, spec.replaceAll(from, to));
  const { status, stdout } = run("scripts/diff/main.ts", theirs);
  await cp(theirs, join(copy, "openapi/authsignal.yaml"));
  expect(run("scripts/generate.ts").status).toBe(0);
  return { status, lines: stdout.split("\n").filter((line) => /^(BREAKING|ok)/.test(line)) };
}

/** Returns the errors of the compiler. */
function problems(user = ""): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = join(copy, "src/user.ts");
  ts.sys.writeFile(program, `import type { User } from "./index.ts";\nexport type { User };\n${user}`);
  const files = ["src/index.ts", "src/user.ts", "src/emulator/server-api/server-api.ts", "test/contract/calls.ts"];
  const found = ts.getPreEmitDiagnostics(
    ts.createProgram(
      files.map((file) => join(copy, file)),
      options,
    ),
  );
  return found.map(({ file, messageText }) => {
    return `${file ? relative(copy, file.fileName) : ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

describe("when the API changes", () => {
  it("needs no edit for a new field of a response", async () => {
    const field = "description: A user, as read by id.\n      required: [isEnrolled]\n      properties:\n";
    const said = await change(field, `${field}        favourite: { type: string }\n`);
    expect(said.lines).toContainEqual(
      expect.stringMatching(/^ok {8}field favourite added: GET \/users\/\{userId\} 200/),
    );
    expect(problems("export const read = (user: User): string | undefined => user.favourite;\n")).toEqual([]);
  });

  it("makes the compiler name the uses of a renamed field", async () => {
    const said = await change("actionCode: { type: string, deprecated: true", "code: { type: string, deprecated: true");
    expect(said).toMatchObject({ status: 1 });
    expect(said.lines).toEqual([expect.stringMatching(/^BREAKING {2}field actionCode renamed to code/)]);
    expect(problems()).toEqual([
      expect.stringMatching(/^src\/authsignal\/authsignal\.ts: .*'actionCode' does not exist/),
      expect.stringMatching(/^src\/emulator\/server-api\/challenges\.ts: .*'actionCode' does not exist/),
    ]);
  });

  it("makes the compiler name the missing method, handler and contract row of a new operation", async () => {
    const operation =
      "    put:\n      operationId: replaceUser\n      x-repeatable: never\n      responses: { '204': { description: Done. } }\n";
    const next = "    patch:\n      operationId: updateUser";
    const said = await change(next, operation + next);
    expect(said).toEqual({ status: 0, lines: ["ok        operation replaceUser added: PUT /users/{userId}"] });
    const missing = problems().filter((line) => line.includes("replaceUser"));
    for (const file of [
      "src/authsignal/authsignal.ts",
      "src/emulator/server-api/server-api.ts",
      "test/contract/calls.ts",
    ]) {
      expect(
        missing.filter((line) => line.startsWith(file)),
        file,
      ).not.toEqual([]);
    }
  });

  it("makes the compiler name a new value of an open enum", async () => {
    const said = await change("- CHALLENGE_FAILED", "- CHALLENGE_FAILED\n        - CHALLENGE_SKIPPED");
    expect(said.status).toBe(0);
    expect(said.lines).toContainEqual(expect.stringMatching(/^ok {8}enum value "CHALLENGE_SKIPPED" added in state/));
    expect(problems()).toEqual([
      expect.stringMatching(/^src\/authsignal\/enums\.ts: .*'CHALLENGE_SKIPPED' is missing/),
    ]);
    const enums = join(copy, "src/authsignal/enums.ts");
    const text = await readFile(enums, "utf8");
    await writeFile(
      enums,
      text.replace("  CHALLENGE_FAILED:", '  CHALLENGE_SKIPPED: "CHALLENGE_SKIPPED",\n  CHALLENGE_FAILED:'),
    );
    expect(problems()).toEqual([]);
  });

  it("exits with 2 when a spec cannot be read or is of another API", async () => {
    expect(run("scripts/diff/main.ts", "none.yaml")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("none.yaml"),
    });
    await writeFile(join(copy, "other.yaml"), "openapi: 3.1.0\npaths: {}\n");
    expect(run("scripts/diff/main.ts", "other.yaml")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("WITH="),
    });
  });
});
