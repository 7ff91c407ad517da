import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack, remove, root, run, temporaryFolder } from "./pack.ts";

const CODE = ["call-connect", "client", "core", "enums", "errors", "facade", "index", "snake-case", "webhook"];
const TYPES = ["client", "index", "types"];
const EMULATOR = [".js", ".cjs", ".d.ts", ".d.cts", "-cli.cjs", "-core.cjs", "-seed.schema.json"];

const isOfEmulator = (file: string): boolean => /^(\.|dist)\/emulator\b/.test(file);

let folder: string;
let files: string[];

beforeAll(async () => {
  folder = await temporaryFolder();
  const packed = await pack(folder);
  files = packed.files;
  await run("tar", ["-xzf", packed.tarball, "-C", folder]);
});

afterAll(() => remove(folder));

function read(file: string): Promise<string> {
  return readFile(join(folder, "package", file), "utf8");
}

async function readAll(pattern: RegExp): Promise<[file: string, text: string][]> {
  const matching = files.filter((file) => pattern.test(file));
  expect(matching).not.toEqual([]);
  return Promise.all(matching.map(async (file): Promise<[string, string]> => [file, await read(file)]));
}

describe("the tarball", () => {
  test("holds these files and no others", () => {
    const expected = [
      "CHANGELOG.md",
      "LICENSE",
      ...(existsSync(join(root, "README.md")) ? ["README.md"] : []),
      "THIRD_PARTY_NOTICES.md",
      "package.json",
      ...CODE.flatMap((name) => [`dist/${name}.js`, `dist/${name}.cjs`]),
      ...TYPES.flatMap((name) => [`dist/${name}.d.ts`, `dist/${name}.d.cts`]),
      ...EMULATOR.map((name) => `dist/emulator${name}`),
    ];
    expect([...files].sort()).toEqual(expected.sort());
  });

  test("needs nothing at run time, and offers no deep paths", async () => {
    const manifest = JSON.parse(await read("package.json"));
    expect(manifest).not.toHaveProperty("dependencies");
    expect(manifest).not.toHaveProperty("peerDependencies");
    expect(manifest).not.toHaveProperty("optionalDependencies");
    expect(manifest.engines).toEqual({ node: ">=20.19" });
    expect(manifest.sideEffects).toBe(false);
    expect(Object.keys(manifest.exports)).toEqual([
      ".",
      "./client",
      "./emulator",
      "./emulator-seed.schema.json",
      "./package.json",
    ]);
    for (const hook of ["preinstall", "install", "postinstall", "prepare"]) {
      expect(manifest.scripts).not.toHaveProperty(hook);
    }
  });

  test("has a client that imports its own files only: not even Node's modules, and nothing of the emulator", async () => {
    for (const [file, text] of await readAll(/\.c?js$/)) {
      if (isOfEmulator(file)) continue;
      expect([file, importsOf(text).filter((path) => !path.startsWith("./") || isOfEmulator(path))]).toEqual([
        file,
        [],
      ]);
    }
  });

  test("has an emulator that imports Node's modules and its own files only", async () => {
    const foreign = (path: string) => !isBuiltin(path) && !isOfEmulator(path);
    const code = (await readAll(/\.c?js$/)).filter(([file]) => isOfEmulator(file));
    expect(code.map(([file]) => file).sort()).toEqual([
      "dist/emulator-cli.cjs",
      "dist/emulator-core.cjs",
      "dist/emulator.cjs",
      "dist/emulator.js",
    ]);
    for (const [file, text] of code) expect([file, importsOf(text).filter(foreign)]).toEqual([file, []]);
  });

  test("has a program that can be executed", async () => {
    const { bin } = JSON.parse(await read("package.json"));
    expect(bin).toEqual({ "authsignal-emulator": "dist/emulator-cli.cjs" });
    expect(await read("dist/emulator-cli.cjs")).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect((await stat(join(folder, "package/dist/emulator-cli.cjs"))).mode & 0o111).not.toBe(0);
  });

  test("has the schema of seed files", async () => {
    const schema = await read("dist/emulator-seed.schema.json");
    expect(schema).toBe(await readFile(join(root, "generated/emulator-seed.schema.json"), "utf8"));
  });

  test("has types that import its own files only, and refer to no others", async () => {
    for (const [file, text] of await readAll(/\.d\.c?ts$/)) {
      const isForeign = (path: string) => !path.startsWith("./") || isOfEmulator(path) !== isOfEmulator(file);
      expect([file, importsOf(text).filter(isForeign)]).toEqual([file, []]);
      expect([file, matches(text, /^\/\/\/ *<reference.*|\bNodeJS\.|\bBuffer\b/gm)]).toEqual([file, []]);
      expect([file, matches(text, /^\/\/#region node_modules\/(?!openapi-).*/gm)]).toEqual([file, []]);
    }
  });

  test("keeps the types of openapi-fetch out of the facade's", async () => {
    for (const file of ["dist/index.d.ts", "dist/index.d.cts"]) {
      expect(matches(await read(file), /openapi-fetch|\bClient<|\bAuthsignalClient\b|\bFetchResponse\b/g)).toEqual([]);
    }
  });

  test("brings the license of each package that is built into it", async () => {
    const notices = await read("THIRD_PARTY_NOTICES.md");
    const built = new Set<string>();
    for (const [, text] of await readAll(/\.c?[jt]s$/)) {
      for (const [, name = ""] of text.matchAll(/^\/\/#region node_modules\/((?:@[^/]+\/)?[^/]+)/gm)) built.add(name);
    }
    // Rolldown drops the mark of the first one, and the validators hold parts of the others.
    const all = [...built, "@stablelib/sha256", "ajv", "ajv-formats"];
    const listed = [...notices.matchAll(/^- (.+?): /gm)].flatMap(([, names = ""]) => names.split(", "));
    expect(listed.sort()).toEqual(all.sort());
    for (const name of all) {
      const { holders, terms } = await licenseOf(name);
      expect(plain(notices)).toContain(terms);
      const line = notices.split("\n").find((one) => one.startsWith("- ") && one.split(/[ ,:]+/).includes(name));
      expect(line).toMatch(/: Copyright /);
      expect(plain(`${line}`).endsWith(`: ${holders}`), `${line} ends with ${holders}`).toBe(true);
    }
  });
});

/** Who holds the copyright of a package, and what they permit. */
async function licenseOf(name: string): Promise<{ holders: string; terms: string }> {
  // The only one that has no license in its package but the name of one.
  if (name === "boolbase") {
    return { holders: "Copyright (c) Felix Boehm <me@feedic.com>", terms: (await licenseOf("semver")).terms };
  }
  const home = join(root, "node_modules", name);
  const file = (await readdir(home)).find((one) => /^licen[cs]e/i.test(one));
  const text = plain(await readFile(join(home, file ?? "LICENSE"), "utf8"));
  const start = text.search(/Permission is hereby|Permission to use|Redistribution and use|Apache License/);
  const [holders = ""] = /Copyright .*/.exec(text.slice(0, start)) ?? /Copyright \d.*?(?= Licensed)/.exec(text) ?? [];
  return { holders: holders.trim(), terms: text.slice(start) };
}

/** A text in which line breaks and kinds of quotation marks do not matter. */
function plain(text: string): string {
  return text
    .replaceAll(/[\u201c\u201d']/g, '"')
    .replaceAll(/\s+/g, " ")
    .trim();
}

describe("the declarations", () => {
  const documented = (text: string): Set<string> => {
    const names = new Set<string>();
    const visit = (node: ts.Node, path: string): void => {
      const named = "name" in node && node.name ? `${path}.${Object(node.name).text}` : path;
      if (named !== path && ts.getJSDocCommentsAndTags(node).length > 0) names.add(named);
      ts.forEachChild(node, (child) => visit(child, named));
    };
    visit(ts.createSourceFile("types.d.ts", text, ts.ScriptTarget.ESNext, true), "");
    return names;
  };

  test("keep every doc comment that the spec gave", async () => {
    const published = documented(await read("dist/types.d.ts"));
    const generated = documented(await readFile(join(root, "generated/authsignal.ts"), "utf8"));
    expect(generated.size).toBeGreaterThan(300);
    expect([...generated].filter((name) => !published.has(name))).toEqual([]);
  });
});

/** What a pattern finds outside of comments. */
function matches(code: string, pattern: RegExp): string[] {
  return code.replaceAll(/\/\*[\s\S]*?\*\//g, "").match(pattern) ?? [];
}

function importsOf(code: string): string[] {
  const pattern =
    /^(?:import|export)\s*(?:[^;"']*\bfrom\s*)?["']([^"']+)["']|\b(?:require|import)\(\s*["'`]([^"'`]+)["'`]/gm;
  return [...code.matchAll(pattern)].map(([, statement, call]) => statement ?? call ?? "");
}
