/**
 * Writes the reference: `generated/reference/`, which typedoc makes from the doc comments of all entries of the package, and
 * `api.md`, which lists the operations of the specs and their methods. `--check` writes nothing and fails on any difference. A
 * missing doc comment and a broken link are errors.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { apiIndex } from "./api.ts";
import { readEntries } from "./entries.ts";
import { referenceOf } from "./reference.ts";

const root = new URL("../../", import.meta.url);
const FOLDER = "generated/reference/";

async function outputs(): Promise<Map<string, string>> {
  await mkdir(new URL(".tmp/", root), { recursive: true });
  const scratch = await mkdtemp(fileURLToPath(new URL(".tmp/reference-", root)));
  try {
    const reference = await referenceOf(await readEntries(), scratch);
    const pages = [...reference.pages].map(([name, text]) => [FOLDER + name, text] as const);
    return new Map([...pages, ["api.md", await apiIndex(reference, FOLDER)]]);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

const check = process.argv.includes("--check");
const files = await outputs();
await mkdir(new URL(FOLDER, root), { recursive: true });
const superfluous = (await readdir(new URL(FOLDER, root)))
  .map((name) => FOLDER + name)
  .filter((file) => !files.has(file));

const stale = [...superfluous];
for (const [name, text] of files) {
  const file = new URL(name, root);
  if (!check) await writeFile(file, text);
  else if ((await readFile(file, "utf8").catch(() => undefined)) !== text) stale.push(name);
}
if (!check) {
  for (const name of superfluous) await rm(new URL(name, root));
} else if (stale.length > 0) {
  console.error(`Not what src/ and the specs say, run \`make docs\`: ${stale.join(", ")}`);
  process.exitCode = 1;
}
