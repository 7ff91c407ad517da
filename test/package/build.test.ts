import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { transformSync } from "esbuild";
import ts from "typescript";
import { expect, test } from "vitest";
import { root } from "../../scripts/pack.ts";
import configs from "../../tsdown.config.ts";

// The build ships the code that the tests ran: third-party packages are bundled as published.

test("the build has no plugin but the one that maps the emulator's own entry, and that one changes no code", () => {
  const plugins = [configs].flat(3).flatMap((config) => [Object(config).plugins ?? []].flat(3));
  expect(plugins.map((plugin) => [plugin.name, ...Object.keys(plugin)])).toEqual([
    ["from-common-js", "name", "resolveId"],
  ]);
});

test("the build replaces no module and no name", () => {
  const keys = [configs].flat(3).flatMap((config) => {
    const { resolve = {}, ...input } = Object(Object(config).inputOptions);
    return [...Object.keys(config), ...Object.keys(input), ...Object.keys(resolve)];
  });
  expect(keys).toContain("mainFields");
  expect(keys.filter((key) => /^(alias|define|inject|env|transform|hooks|banner|footer)$/.test(key))).toEqual([]);
});

test("no installed package is patched", async () => {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  expect(Object.keys(manifest)).not.toContain("patchedDependencies");
  expect(Object.keys(manifest.devDependencies)).not.toContain("patch-package");
  expect(manifest.scripts).toEqual({ prepack: "tsdown", test: "vitest run" });
});

/** Declarations that the bundler inlines, because they are used once. */
const INLINED = /^class SHA2_32B\b/;

/** Returns the top-level declarations of a module in one notation, without white space and comments. */
function declarationsOf(code: string): string[] {
  const { statements } = ts.createSourceFile("module.js", code, ts.ScriptTarget.ESNext, true);
  const declarations = statements.filter(
    (one) => ts.isFunctionDeclaration(one) || ts.isClassDeclaration(one) || ts.isVariableStatement(one),
  );
  return declarations.map((one) => {
    const text = transformSync(one.getText().replace(/^export /, ""), { minifyWhitespace: true, minifySyntax: true });
    // Bundlers write a class declaration as a variable.
    return text.code.trim().replace(/^(?:var|let|const) (\w+)=class\b(.*\});$/s, "class $1$2");
  });
}

test.each([
  ["core.js", "openapi-fetch"],
  ["core.cjs", "openapi-fetch"],
  ["webhook.js", "@noble/hashes"],
  ["webhook.cjs", "@noble/hashes"],
])("%s holds nothing of %s but what was published", async (file, name) => {
  const built = await readFile(join(root, "dist", file), "utf8");
  const regions = [...built.matchAll(/^\/\/#region (node_modules\/\S+)\n(.*?)^\/\/#endregion/gms)];
  const ours = regions.filter(([, path]) => path?.startsWith(`node_modules/${name}/`));
  expect(ours).not.toEqual([]);
  for (const [, path = "", code = ""] of ours) {
    const published = declarationsOf(await readFile(join(root, path), "utf8"));
    const changed = declarationsOf(code).filter((one) => !published.includes(one) && !INLINED.test(one));
    expect([path, changed]).toEqual([path, []]);
  }
});
