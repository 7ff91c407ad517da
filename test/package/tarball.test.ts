import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack, remove, root, run, temporaryFolder } from "../../scripts/pack.ts";

/** The files that an entry imports statically; others are imported on demand. */
const ENTRIES: Record<string, string[]> = {
  index: [
    "call-connect",
    "core",
    "enums",
    "errors",
    "facade",
    "authy-data",
    "platform",
    "retry",
    "snake-case",
    "webhook",
  ],
  client: ["core", "errors", "facade", "platform", "retry", "webhook"],
  authy: ["authy-core", "authy-data", "authy-parts", "core", "errors", "phone", "platform", "retry", "webhook"],
  migrate: ["authy-parts", "errors", "migrate-error", "phone", "platform"],
  "step-up": ["errors", "platform", "webhook"],
};
const CODE = [...new Set([...Object.entries(ENTRIES).flat(2), "migrate-import"])];
const COMMON_JS = ["migrate-authy-cli"];
const TYPES = ["authy-types", "authy", "client", "facade", "index", "migrate", "step-up", "types"];
const EMULATOR = [".js", ".cjs", ".d.ts", ".d.cts", "-cli.cjs", "-core.cjs", "-seed.schema.json"];

/** The program that migrates users, which runs on Node only. */
const PROGRAM = "dist/migrate-authy-cli.cjs";

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
      "llms.txt",
      ...(existsSync(join(root, "README.md")) ? ["README.md"] : []),
      "THIRD_PARTY_NOTICES.md",
      "package.json",
      ...CODE.flatMap((name) => [`dist/${name}.js`, `dist/${name}.cjs`]),
      ...COMMON_JS.map((name) => `dist/${name}.cjs`),
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
      "./authy",
      "./migrate",
      "./emulator",
      "./step-up",
      "./emulator-seed.schema.json",
      "./package.json",
    ]);
    for (const hook of ["preinstall", "install", "postinstall", "prepare"]) {
      expect(manifest.scripts).not.toHaveProperty(hook);
    }
  });

  test("has a client that imports files of the client only, without Node's modules and the emulator", async () => {
    for (const [file, text] of await readAll(/\.c?js$/)) {
      if (isOfEmulator(file) || file === PROGRAM) continue;
      expect([file, importsOf(text).filter((path) => !path.startsWith("./") || isOfEmulator(path))]).toEqual([
        file,
        [],
      ]);
    }
  });

  test("has an emulator that imports Node's modules and files of the emulator only", async () => {
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

  test("has a program for migrations that imports Node's modules and the client only", async () => {
    const foreign = (path: string) => !isBuiltin(path) && (!path.startsWith("./") || isOfEmulator(path));
    expect(importsOf(await read(PROGRAM)).filter(foreign)).toEqual([]);
  });

  test.each(["js", "cjs"])("has entries (.%s) that import statically exactly what they need", async (extension) => {
    for (const [entry, needed] of Object.entries(ENTRIES)) {
      const seen = new Set<string>();
      const follow = async (name: string): Promise<void> => {
        for (const path of importsAtOnce(await read(`dist/${name}.${extension}`))) {
          const next = path.replace(/^\.\/|\.c?js$/g, "");
          if (seen.has(next)) continue;
          seen.add(next);
          await follow(next);
        }
      };
      await follow(entry);
      expect([entry, [...seen].sort()]).toEqual([entry, [...needed].sort()]);
    }
  });

  test("has the code of each bundled package once, in the file that uses it", async () => {
    const places = new Map<string, Set<string>>();
    for (const [file, text] of await readAll(/\.c?js$/)) {
      if (isOfEmulator(file)) continue;
      const name = file.replace(/^dist\/|\.c?js$/g, "");
      for (const one of packagesIn(text).keys()) places.set(one, (places.get(one) ?? new Set()).add(name));
    }
    const expected = [
      ["openapi-fetch", "core"],
      ["@noble/hashes", "webhook"],
      ["libphonenumber-js", "phone"],
      ["csv-parse", "migrate-import"],
    ];
    expect([...places].map(([name, files]) => [name, ...files]).sort()).toEqual(expected.sort());
  });

  test("has programs that can be executed", async () => {
    const { bin } = JSON.parse(await read("package.json"));
    expect(bin).toEqual({ "authsignal-emulator": "dist/emulator-cli.cjs", "authsignal-migrate-authy": PROGRAM });
    for (const file of Object.values<string>(bin)) {
      expect(await read(file)).toMatch(/^#!\/usr\/bin\/env node\n/);
      expect((await stat(join(folder, "package", file))).mode & 0o111).not.toBe(0);
    }
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
    for (const file of ["index.d.ts", "index.d.cts", "facade.d.ts", "facade.d.cts"].map((name) => `dist/${name}`)) {
      expect(matches(await read(file), /openapi-fetch|\bClient<|\bAuthsignalClient\b|\bFetchResponse\b/g)).toEqual([]);
    }
  });

  test("keeps the types of openapi-fetch out of the Authy client and the bridge", async () => {
    for (const [, text] of await readAll(/\/(authy-types|migrate)\.d\.c?ts$/)) {
      expect(matches(text, /\bConnection\b/g)).toEqual([]);
      expect(matches(text, /.*(\bClient<|\bAuthyClient\b|\bFetchResponse\b).*/g).filter(isNoTypedClient)).toEqual([]);
    }
  });

  test("has the license of each bundled package", async () => {
    const notices = await read("THIRD_PARTY_NOTICES.md");
    const homes = new Map<string, string>();
    for (const [, text] of await readAll(/\.c?[jt]s$/)) {
      for (const [name, home] of packagesIn(text)) homes.set(name, home);
    }
    // The validators hold parts of these two.
    const all = [...homes.keys(), "ajv", "ajv-formats"];
    const listed = [...notices.matchAll(/^- (.+?): /gm)].flatMap(([, names = ""]) => names.split(", "));
    expect(listed.sort()).toEqual(all.sort());
    for (const name of all) {
      const { holders, terms } = await licenseOf(name, homes.get(name));
      expect(plain(notices)).toContain(terms);
      const line = notices.split("\n").find((one) => one.startsWith("- ") && one.split(/[ ,:]+/).includes(name));
      expect(line).toMatch(/: Copyright /);
      expect(plain(`${line}`).endsWith(`: ${holders}`), `${line} ends with ${holders}`).toBe(true);
    }
  });
});

/** Returns the names and folders of the packages whose code is in a file. */
function packagesIn(text: string): Map<string, string> {
  const marks = text.matchAll(/^\/\/#region ((?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/\n]+))/gm);
  return new Map([...marks].map(([, home = "", name = ""]) => [name, home]));
}

/** Whether a line is not about the typed client, which is made with openapi-fetch. */
function isNoTypedClient(line: string): boolean {
  return !/^(type AuthyClient = |declare function createAuthyClient\(|export \{|import \{)/.test(line);
}

/** Reads the copyright and the license of a package. */
async function licenseOf(name: string, home = `node_modules/${name}`): Promise<{ holders: string; terms: string }> {
  // The only package that names its license without its text.
  if (name === "boolbase") {
    return { holders: "Copyright (c) Felix Boehm <me@feedic.com>", terms: (await licenseOf("semver")).terms };
  }
  const [file = "LICENSE"] = (await readdir(join(root, home))).filter((one) => /^licen[cs]e/i.test(one)).sort();
  const text = plain(await readFile(join(root, home, file), "utf8"));
  const start = text.search(/Permission is hereby|Permission to use|Redistribution and use|Apache License/);
  const [holders = ""] = /Copyright .*/.exec(text.slice(0, start)) ?? /Copyright \d.*?(?= Licensed)/.exec(text) ?? [];
  return { holders: holders.trim(), terms: text.slice(start) };
}

/** Normalizes line breaks and quotation marks. */
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

  test.each([
    ["authsignal", "types", 300],
    ["authy", "authy-types", 300],
  ])("keep every doc comment that the spec of %s gave", async (spec, file, least) => {
    const published = documented(await read(`dist/${file}.d.ts`));
    const generated = documented(await readFile(join(root, `generated/${spec}.ts`), "utf8"));
    expect(generated.size).toBeGreaterThan(least);
    expect([...generated].filter((name) => !published.has(name))).toEqual([]);
  });
});

/** Returns the matches of a pattern outside of comments. */
function matches(code: string, pattern: RegExp): string[] {
  return code.replaceAll(/\/\*[\s\S]*?\*\//g, "").match(pattern) ?? [];
}

function importsOf(code: string): string[] {
  const pattern =
    /^(?:import|export)\s*(?:[^;"']*\bfrom\s*)?["']([^"']+)["']|\b(?:require|import)\(\s*["'`]([^"'`]+)["'`]/gm;
  return [...code.matchAll(pattern)].map(([, statement, call]) => statement ?? call ?? "");
}

/** Returns the static imports of a file. */
function importsAtOnce(code: string): string[] {
  const pattern = /^(?:(?:import|export)\b[^;"']*?["']([^"']+)["']|(?:const|let) \w+ = require\("([^"]+)"\))/gm;
  return [...code.matchAll(pattern)].map(([, statement, call]) => statement ?? call ?? "");
}
