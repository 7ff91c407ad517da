import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack, remove, root, run, temporaryFolder } from "./pack.ts";

const CODE = ["call-connect", "client", "core", "enums", "errors", "facade", "index", "snake-case", "webhook"];
const TYPES = ["client", "index", "types"];

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
    expect(Object.keys(manifest.exports)).toEqual([".", "./client", "./package.json"]);
    for (const hook of ["preinstall", "install", "postinstall", "prepare"]) {
      expect(manifest.scripts).not.toHaveProperty(hook);
    }
  });

  test("has code that imports its own files only, not even Node's modules", async () => {
    for (const [file, text] of await readAll(/\.c?js$/)) {
      expect([file, importsOf(text).filter((path) => !path.startsWith("./"))]).toEqual([file, []]);
    }
  });

  test("has types that import its own files only, and refer to no others", async () => {
    for (const [file, text] of await readAll(/\.d\.c?ts$/)) {
      expect([file, importsOf(text).filter((path) => !path.startsWith("./"))]).toEqual([file, []]);
      expect([file, matches(text, /^\/\/\/ *<reference.*|\bNodeJS\.|\bBuffer\b/gm)]).toEqual([file, []]);
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
    expect([...built].sort()).toEqual([
      ...["binary", "hash", "hmac", "wipe"].map((name) => `@stablelib/${name}`),
      "openapi-fetch",
      "openapi-typescript-helpers",
    ]);
    // Rolldown drops the mark of the last one.
    for (const name of [...built, "@stablelib/sha256"]) {
      expect(notices).toContain(`- ${name}: `);
      const license = await readFile(join(root, "node_modules", name, "LICENSE"), "utf8");
      expect(notices).toContain(license.trim());
    }
  });
});

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
