import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../../scripts/pack.ts";
import { bundle, CONDITIONS, makeConsumer } from "./consumer.ts";

// Bundles every entry that is not for Node alone, for Workers, the edge and browsers.

const ENTRIES = [
  "authsignal-ts",
  "authsignal-ts/client",
  "authsignal-ts/authy",
  "authsignal-ts/migrate",
  "authsignal-ts/step-up",
];
const folder = join(root, ".tmp/bundles");

beforeAll(() => makeConsumer(folder));

describe.each(Object.entries(CONDITIONS))("esbuild for %s", (_place, conditions) => {
  describe("bundles", () => {
    it.each(ENTRIES)("%s without a warning, and without an import that is left", async (entry) => {
      const { warnings, metafile } = await bundle(folder, `export * from "${entry}";`, conditions);
      expect(warnings).toEqual([]);
      const outputs = Object.values(metafile?.outputs ?? {});
      expect(outputs.map(({ imports }) => imports)).toEqual([[]]);
      expect(outputs[0]?.exports).not.toEqual([]);
    });
  });
});
