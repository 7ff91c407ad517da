/** Compiles the type tests and the README of the last release against the current source. */
import { spawnSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { afterEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = join(root, ".tmp", `yesterday-${process.pid}`);

/** The last commit of 0.1.0, which has no tag. */
const BEFORE_ALL_TAGS = "dec854a768b6cec36ad388aa9176eacc1907b67b";

/** The type tests, with their imports beside the package. */
const TESTS = /^test\/(support\/.*|(.*\/)?types\.test)\.ts$/;

/** Breaks on purpose, each named by a changeset: only a `LogBatch` has records, and `constructEvent("{}")` is none. */
const ANNOUNCED = [/^readme\/block-\d+\.ts:\d+: Property 'records' does not exist on type '[^']*UnknownEvent/];

/** The compiler's code for an unused `@ts-expect-error`, which breaks no program. */
const NOW_COMPILES = 2578;

function git(...words: string[]): string | undefined {
  const { status, stdout } = spawnSync("git", words, { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

const release = git("describe", "--tags", "--match", "v*", "--abbrev=0", "HEAD^") ?? BEFORE_ALL_TAGS;
const commit = git("rev-parse", "--verify", "--quiet", `${release}^{commit}`);
if (commit === undefined) console.warn(`Not compared with the last release: this clone has no ${release}.`);

/** Reads the files of a commit that represent programs of that time. */
function programsOf(commit: string): Map<string, string> {
  const names = git("ls-tree", "-r", "--name-only", commit, "test")?.split("\n") ?? [];
  const programs = new Map(
    names.filter((name) => TESTS.test(name)).map((name) => [name, git("show", `${commit}:${name}`) ?? ""]),
  );
  const readme = git("show", `${commit}:README.md`) ?? "";
  for (const [index, [, code = ""]] of [...readme.matchAll(/```ts(?: run)?\n([\s\S]*?)```/g)].entries()) {
    programs.set(`readme/block-${index + 1}.ts`, `${code}\nexport {};\n`);
  }
  return programs;
}

/** Returns the errors of the compiler in these files with the current source. */
async function problems(programs: ReadonlyMap<string, string>): Promise<string[]> {
  for (const [name, code] of programs) {
    const today = code.replaceAll(
      /"(?:\.\.\/)+(src|generated)\//g,
      `"${relative(dirname(join(folder, name)), root)}/$1/`,
    );
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), today);
  }
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const paths = {
    "authsignal-ts": [join(root, "src/index.ts")],
    "authsignal-ts/client": [join(root, "src/client.ts")],
    "authsignal-ts/migrate": [join(root, "src/authy/migrate/index.ts")],
    "authsignal-ts/*": [join(root, "src/*/index.ts")],
  };
  const files = [...programs.keys()].filter((name) => !name.startsWith("test/support/"));
  const program = ts.createProgram(
    files.map((name) => join(folder, name)),
    { ...options, paths, noUnusedLocals: false, noUnusedParameters: false },
  );
  return ts.getPreEmitDiagnostics(program).flatMap(({ code, file, start = 0, messageText }) => {
    if (!file?.fileName.startsWith(folder) || code === NOW_COMPILES) return [];
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `${relative(folder, file.fileName)}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("programs of the last release", () => {
  it.skipIf(commit === undefined)(`compile as they did at ${release}`, async () => {
    const programs = programsOf(commit ?? "");
    expect([...programs.keys()]).toContain("test/authsignal/types.test.ts");
    expect(programs.size).toBeGreaterThan(5);
    const breaks = (await problems(programs)).filter((one) => !ANNOUNCED.some((pattern) => pattern.test(one)));
    expect(breaks, "a break: say so in a changeset, with `npx changeset`").toEqual([]);
  });

  it("are reported with the place where they break", async () => {
    const code =
      'import { Authsignal } from "authsignal-ts";\nnew Authsignal({ apiSecretKey: "sk" }).fetchUser({ userId: "u" });\n';
    expect(await problems(new Map([["readme/block-1.ts", code]]))).toEqual([
      expect.stringMatching(/^readme\/block-1\.ts:2: Property 'fetchUser' does not exist/),
    ]);
  });
});
