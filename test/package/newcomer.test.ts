import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pack, remove, root, run, temporaryFolder } from "../../scripts/pack.ts";

// The first steps of a new user with README.md: `mkdir step-up`, `cd step-up`, and its first two commands with its first program.
// So four commands lead from an empty folder to a validated challenge.

test("the first two commands of the README lead from an empty folder to a validated challenge", async () => {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const [, install = ""] = /```sh\n(npm install authsignal-ts)\b/.exec(readme) ?? [];
  const [, start = "", file = ""] = /run `(node ([\w-]+\.mjs))`/.exec(readme) ?? [];
  const [, program = "", printed] = /```ts run\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/.exec(readme) ?? [];
  const folder = await temporaryFolder();
  try {
    const { tarball } = await pack(folder);
    const cwd = join(folder, "step-up");
    await mkdir(cwd);
    await run("sh", ["-c", install.replace("authsignal-ts", `--offline ${tarball}`)], { cwd });
    await writeFile(join(cwd, file), program);
    expect((await run("sh", ["-c", start], { cwd, timeout: 20_000 })).stdout).toBe(printed);
  } finally {
    await remove(folder);
  }
});
