import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { remove, run, temporaryFolder } from "../pack.ts";

/** The result of `npm install` of one package in an empty project. */
export interface Installed {
  readonly packages: number;
  /** The size of all files. */
  readonly bytes: number;
}

/**
 * Installs a package, named as for npm, into a temporary folder.
 * @returns undefined when npm failed, for example without a registry.
 */
export async function install(spec: string): Promise<Installed | undefined> {
  const folder = await temporaryFolder();
  try {
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--fetch-retries=0"];
    await run("npm", ["install", spec, ...flags], { cwd: folder });
    return await look(join(folder, "node_modules"));
  } catch (error) {
    console.error(`${spec} was not installed: ${error instanceof Error ? error.message : error}`);
    return undefined;
  } finally {
    await remove(folder);
  }
}

/** Counts packages and bytes of a `node_modules`, without npm's own list. */
async function look(folder: string): Promise<Installed> {
  const { packages } = JSON.parse(await readFile(join(folder, ".package-lock.json"), "utf8"));
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = files
    .filter((file) => file.isFile() && file.name !== ".package-lock.json")
    .map(async (file) => (await stat(join(file.parentPath, file.name))).size);
  return {
    packages: Object.keys(packages).length,
    bytes: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0),
  };
}
