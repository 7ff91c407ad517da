import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { certificate } from "../support/certificate.ts";

const root = join(import.meta.dirname, "../..");
const field = join(root, ".field");

/** Puts the tarball and the programs where they find what the manifest installed. */
export default function setup(): void {
  const tarball = process.env.FIELD_TARBALL ?? join(root, ".tmp/authsignal-ts.tgz");
  if (!existsSync(tarball)) throw new Error(`There is no ${tarball}: run \`make package\``);
  const ours = join(field, "node_modules/authsignal-ts");
  for (const folder of [ours, join(field, "programs")]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(ours);
  execFileSync("tar", ["-xzf", tarball, "-C", ours, "--strip-components=1"]);
  cpSync(join(import.meta.dirname, "programs"), join(field, "programs"), { recursive: true });
  writeFileSync(join(field, "ca.pem"), certificate);
}
