import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin as BundlerPlugin } from "esbuild";
import type { Plugin } from "vite";

// The tests import the package from src/. With what is here, the same tests get the files that are published instead.

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The files of dist/ with the exports of these sources. */
const BUILT: Readonly<Record<string, string>> = {
  "src/index.ts": "dist/index.js",
  "src/errors.ts": "dist/index.js",
  "src/webhook/index.ts": "dist/index.js",
  "src/client.ts": "dist/client.js",
  "src/authy/index.ts": "dist/authy.js",
  "src/authy/migrate/index.ts": "dist/migrate.js",
  "src/step-up/index.ts": "dist/step-up.js",
  "src/emulator/index.ts": "dist/emulator.js",
};

/** Whether dist/ is tested instead of the sources. */
const isBuiltTested = process.env.AUTHSIGNAL_TESTED === "dist";

/**
 * Returns the built file for the import of a test; undefined when the import is no source of the package.
 * @throws Error when no file in dist/ exports it, because the test would silently run the source.
 */
function builtFor(id: string, importer: string): string | undefined {
  if (!id.startsWith(".") || !relative(root, importer).startsWith("test/")) return undefined;
  const source = relative(root, resolve(dirname(importer), id));
  if (!source.startsWith("src/")) return undefined;
  const built = BUILT[source];
  if (!built) throw new Error(`${relative(root, importer)} imports ${source}, which dist/ does not export as such`);
  return join(root, built);
}

/** Resolves the imports of tests to the built files. The vitest config makes Node load these files unchanged. */
export const builtForTests: Plugin = {
  name: "built-for-tests",
  enforce: "pre",
  resolveId: (id, importer = "") => builtFor(id, importer),
};

/** Resolves the imports of bundled programs to the built files; none where the sources are tested. */
export const builtForPrograms: BundlerPlugin[] = isBuiltTested
  ? [
      {
        name: "built-for-programs",
        setup: (build) =>
          build.onResolve({ filter: /^\./ }, ({ path, importer }) => {
            const file = builtFor(path, importer);
            return file === undefined ? undefined : { path: file, external: true };
          }),
      },
    ]
  : [];
