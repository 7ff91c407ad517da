import { execFile, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operations, routes, servers } from "../../generated/authsignal-data.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import type { Operation } from "../../src/http/operation.ts";
import { exampleServer } from "../support/example-server.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, ".tmp", `readme-${process.pid}`);
const readme = readFileSync(join(root, "README.md"), "utf8");

interface Block {
  name: string;
  code: string;
  /** The expected output; undefined when the block is not run. */
  output: string | undefined;
}

/** Every block of TypeScript, with the following block of text when it is marked to run. */
const blocks: Block[] = [...readme.matchAll(/```ts( run)?\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```)?/g)].map(
  ([, run, code = "", output], index) => ({
    name: `block ${index + 1}`,
    code,
    output: run ? (output ?? "") : undefined,
  }),
);

const fileOf = ({ name }: Block, kind: string): string => join(folder, `${name.replace(" ", "-")}.${kind}.ts`);

function repeatableOf(name: string): string | undefined {
  const route = Object.entries(routes).find(([operation]) => operation === name)?.[1];
  const operation: Operation | undefined = Object.entries<Operation>(operations).find(([one]) => one === route)?.[1];
  if (!operation) throw new Error(`The spec has no ${name}`);
  return operation.repeatable;
}

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  for (const block of blocks) {
    const emulated = block.code
      .replace('"authsignal-ts/emulator"', '"../../src/emulator/index.ts"')
      .replace('"authsignal-ts/authy"', '"../../src/authy/index.ts"')
      .replace('"authsignal-ts/migrate"', '"../../src/authy/migrate/index.ts"')
      .replace('"authsignal-ts/step-up"', '"../../src/step-up/index.ts"');
    const typed = emulated
      .replace('"authsignal-ts/client"', '"../../src/client.ts"')
      .replace('"authsignal-ts"', '"../../src/index.ts"');
    await writeFile(fileOf(block, "typed"), typed);
    await writeFile(
      fileOf(block, "run"),
      emulated.replace(/"authsignal-ts(\/client)?"/, '"../../test/support/readme-entry.ts"'),
    );
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe("the README", () => {
  it("has code that compiles", () => {
    expect(blocks.length).toBeGreaterThan(5);
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const program = ts.createProgram(
      blocks.map((block) => fileOf(block, "typed")),
      { ...options, noUnusedLocals: false },
    );
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    expect(problems).toEqual([]);
  });

  it.each(blocks.filter(({ output }) => output !== undefined))(
    "prints the output that it shows: $name",
    async (block) => {
      await using server = await exampleServer();
      const env = {
        PATH: process.env.PATH,
        EXAMPLE_SERVER: server.url,
        AUTHY_URL: server.url,
        AUTHY_API_KEY: "AuthyExampleKey0000000000000000A",
        AUTHSIGNAL_SECRET_KEY: "sk_readme",
        CALL_CONNECT_SECRET_KEY: "sk_calls",
        STEP_UP_SECRET: "0123456789abcdef0123456789abcdef",
      };
      const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", fileOf(block, "run")], {
        cwd: root,
        env,
      });
      expect(stdout).toBe(block.output);
    },
  );

  it.skipIf(spawnSync("curl", ["--version"]).error)("passes a challenge with nothing but HTTP", async () => {
    await using emulator = await startEmulator();
    const [, script = ""] = /A step-up without a browser[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
    const here = script.replace("http://127.0.0.1:4300", emulator.origin).replaceAll("curl ", "curl -sS --fail ");
    const { stdout } = await promisify(execFile)("bash", ["-e", "-c", here]);
    expect(stdout).toContain('"code":"123456"');
    expect(stdout).toContain('"isValid":true,"state":"CHALLENGE_SUCCEEDED"');
    expect(emulator.requests.list().map(({ operation, problem }) => [operation, problem])).toEqual([
      ["enrollVerifiedAuthenticator", undefined],
      ["track", undefined],
      ["validateChallenge", undefined],
    ]);
  });

  it("names commands and files that exist", () => {
    const makefile = readFileSync(join(root, "Makefile"), "utf8");
    for (const [, target] of readme.matchAll(/`make (\w+)`/g)) expect(makefile).toMatch(new RegExp(`^${target}:`, "m"));
    for (const [, file = ""] of readme.matchAll(/`((?:src|openapi|scripts|test)\/[\w./-]*)`/g)) {
      expect(existsSync(join(root, file)), file).toBe(true);
    }
  });

  it("shows every region with its address", () => {
    for (const [region, url] of Object.entries(servers))
      expect(readme).toMatch(new RegExp(`^\\| \`${region}\` .*\`${url}\``, "m"));
  });

  it("says of each call whether it is retried, as the spec does", () => {
    const section = readme.split("## Retries")[1]?.split("\n## ")[0] ?? "";
    const rows = [...section.matchAll(/^\| (.*?) \| retried/gm)].map(([, names = ""]) => names);
    const rules = rows.map((names) => [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => repeatableOf(name)));
    expect(rules.map((row) => [...new Set(row)])).toEqual([["always"], ["with-key"], [undefined]]);
  });

  it("shows every method of the clients", async () => {
    const { Authsignal, CallConnect } = await import("../../src/index.ts");
    for (const { prototype } of [Authsignal, CallConnect]) {
      for (const method of Object.getOwnPropertyNames(prototype)) {
        if (method !== "constructor") expect(readme, method).toMatch(new RegExp(`\`${method}[\`(]`));
      }
    }
  });
});
