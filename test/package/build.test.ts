import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import configs from "../../tsdown.config.ts";
import { root } from "./pack.ts";

// What ships is what the tests ran: packages of others are built in as they were published.

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
