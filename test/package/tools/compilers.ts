import { appendFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../../scripts/pack.ts";
import { authyWorked, compile, emulated, useConsumers, worked } from "../consumer.ts";
import { tool } from "./tool.ts";

// Projects of consumers, compiled with declarations checked, by every TypeScript from the oldest that works.

interface Compiler {
  readonly version: string;
  readonly folder: string;
  /** How it is made to look for modules as before Node 12; undefined when it no longer does. */
  readonly node10: string[] | undefined;
}

const COMPILERS: Compiler[] = [
  { version: "5.4", folder: tool("typescript-5.4"), node10: [] },
  { version: "5.9", folder: join(root, "node_modules/typescript"), node10: [] },
  { version: "6.0", folder: tool("typescript-6"), node10: ["--ignoreDeprecations", "6.0"] },
  { version: "7.0", folder: tool("typescript-7"), node10: undefined },
];

const { install, start } = useConsumers();

describe.each(COMPILERS)("TypeScript $version", ({ version, folder, node10 }) => {
  const projects: [title: string, project: string, options: string[]][] = [
    ["ESM", "esm-typescript", []],
    ["ESM for a bundler", "esm-typescript", ["--module", "preserve", "--moduleResolution", "bundler"]],
    ["CommonJS", "commonjs-typescript", []],
  ];
  if (node10) {
    projects.push(["CommonJS as of old", "commonjs-typescript", ["-p", "tsconfig.node10.json", ...node10]]);
  }

  test("is what it is meant to be", async () => {
    expect(await compile(root, ["--version"], folder)).toMatch(new RegExp(`^Version ${version}\\.`));
  });

  test.each(projects)("compiles %s, which works", async (_title, name, options) => {
    const project = await install(name, { nodeTypes: true });
    expect(await compile(project, options, folder)).toBe("");
    expect(await start(project, "main.js")).toEqual(worked);
    expect(await start(project, "authy.js")).toEqual(authyWorked);
    expect(await start(project, "emulator.js")).toEqual(emulated);
  });

  test("compiles ESM with the types of a browser, and reads and checks what it is meant to", async () => {
    const project = await realpath(await install("dom-typescript"));
    expect(await compile(project, [], folder)).toBe("");

    const files = (await compile(project, ["--listFilesOnly"], folder)).trim().split("\n");
    const declarations = join(project, "node_modules/authsignal-ts/dist/index.d.ts");
    expect(files).toContain(declarations);
    const foreign = files.filter((file) => !file.startsWith(project));
    expect(foreign.filter((file) => !/\/lib\/lib\.[\w.]+\.d\.ts$/.test(file))).toEqual([]);

    await appendFile(declarations, "export declare const spoilt: Missing;\n");
    expect(await compile(project, [], folder)).toMatch(/dist\/index\.d\.ts\(\d+,\d+\): error TS2304: .*'Missing'/);
  });
});
