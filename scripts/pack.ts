import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const run = promisify(execFile);

export const root = fileURLToPath(new URL("../", import.meta.url));

/** Makes a folder outside of this project, where its node_modules cannot be resolved. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "authsignal-ts-"));
}

export function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

export interface Packed {
  readonly tarball: string;
  readonly files: string[];
  /** Bytes of the tarball. */
  readonly packed: number;
  /** Bytes of its files. */
  readonly unpacked: number;
}

/** Packs the build as `npm publish` does. @throws Error when the build is older than its sources. */
export async function pack(folder: string): Promise<Packed> {
  await checkBuilt();
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: root,
  });
  const [result] = JSON.parse(stdout);
  const files = result.files.map(({ path }: { path: string }) => path);
  return { tarball: join(folder, result.filename), files, packed: result.size, unpacked: result.unpackedSize };
}

/** @throws Error when the build does not exist or is older than its sources. */
export async function checkBuilt(): Promise<void> {
  const built = await stat(join(root, "dist/index.js")).catch(() => undefined);
  if (!built) throw new Error("There is no dist/: run `make build`");
  if (built.mtimeMs < (await newest())) throw new Error("dist/ is older than its sources: run `make build`");
}

async function newest(): Promise<number> {
  const folders = ["src", "generated"].map(async (folder) =>
    (await readdir(join(root, folder), { recursive: true })).map((file) => join(folder, file)),
  );
  const sources = [...(await Promise.all(folders)).flat(), "package.json", "tsdown.config.ts"];
  const times = sources.filter((file) => /\.(js|ts|json)$/.test(file)).map((file) => stat(join(root, file)));
  return Math.max(...(await Promise.all(times)).map(({ mtimeMs }) => mtimeMs));
}
