import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildResult, build } from "esbuild";
import { root, run } from "../../scripts/pack.ts";

/** The tarball of `make package`. */
const TARBALL = join(root, ".tmp/authsignal-ts.tgz");

/** The `exports` conditions of bundlers, by target. */
export const CONDITIONS = {
  workers: ["workerd", "worker", "browser"],
  edge: ["edge-light", "worker", "browser"],
  browser: ["browser"],
  neutral: [],
};

/** Makes a project of a consumer with the tarball as the only package, and copies the programs into it. */
export async function makeConsumer(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  await run("npm", ["install", TARBALL, "--offline", "--no-audit", "--no-fund"], { cwd: folder });
  await build({
    entryPoints: ["process.mjs", "worker.mjs"].map((file) => join(import.meta.dirname, "program", file)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    target: "es2022",
    external: ["authsignal-ts", "cloudflare:*"],
    logLevel: "error",
  });
}

/** Bundles a program of a consumer with the package, as the tools for Workers and the edge do. */
export function bundle(folder: string, code: string, conditions: readonly string[]): Promise<BuildResult> {
  return build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    conditions: [...conditions],
    external: ["cloudflare:*"],
    logLevel: "silent",
  });
}
