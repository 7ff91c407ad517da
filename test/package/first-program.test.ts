import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "./pack.ts";

const folder = join(root, ".tmp", `first-program-${process.pid}`);
const readme = readFileSync(join(root, "README.md"), "utf8");

beforeAll(() => mkdir(join(folder, "node_modules"), { recursive: true }));
afterAll(() => rm(folder, { recursive: true }));

it("runs the first program of the README with node alone, as it is there", async () => {
  const [, , code = "", output] = /```ts( run)?\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/.exec(readme) ?? [];
  await symlink(root, join(folder, "node_modules/authsignal-ts"));
  await writeFile(join(folder, "step-up.mjs"), code);
  const { stdout } = await promisify(execFile)(process.execPath, ["step-up.mjs"], { cwd: folder });
  expect(stdout).toBe(output);
});
