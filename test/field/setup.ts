import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { certificate } from "../support/certificate.ts";

const root = join(import.meta.dirname, "../..");
const field = join(root, ".field");

/** Copies the tarball and the programs into the folder of the installed packages. */
export default function setup(): void {
  const tarball = process.env.FIELD_TARBALL ?? join(root, ".tmp/authsignal-ts.tgz");
  if (!existsSync(tarball)) throw new Error(`There is no ${tarball}: run \`make package\``);
  const ours = join(field, "node_modules/authsignal-ts");
  const copies = [join(field, "programs"), join(field, "24/programs")];
  for (const folder of [ours, join(field, "reports"), ...copies]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  execFileSync("tar", ["-xzf", tarball, "-C", ours, "--strip-components=1"]);
  for (const copy of copies) cpSync(join(import.meta.dirname, "programs"), copy, { recursive: true });
  const calls = join(field, "programs/calls");
  buildSync({ entryPoints: [`${calls}.mjs`], outfile: `${calls}.cjs`, format: "cjs" });
  writeFileSync(join(field, "ca.pem"), certificate);
}
