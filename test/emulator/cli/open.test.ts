import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serve } from "../../support/server.ts";

const root = join(import.meta.dirname, "../../..");

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator-open-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

/** Puts a program first in the PATH under the name of the one that opens addresses. */
async function opener(code: string): Promise<void> {
  for (const name of ["xdg-open", "open"]) {
    await writeFile(join(folder, name), `#!${process.execPath}\n${code}\n`);
    await chmod(join(folder, name), 0o755);
  }
}

/** Starts the program. It finds other programs in the folder only, or there first. */
function start(argv: string[], path = folder): { child: ChildProcess; out: Interface; err: Interface } {
  const { WSL_DISTRO_NAME: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(root, "src/emulator/cli.ts"), "--port", "0", "--json", ...argv],
    { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { ...env, PATH: path } },
  );
  children.push(child);
  const { stdout, stderr } = child;
  return { child, out: createInterface({ input: stdout }), err: createInterface({ input: stderr }) };
}

async function firstOf(lines: Interface): Promise<string> {
  for await (const line of lines) return line;
  throw new Error("Nothing was printed");
}

describe("--open", () => {
  it("opens the inspector in the browser of the machine", async () => {
    let open = (_query: string) => {};
    const opened = new Promise<string>((resolve) => {
      open = resolve;
    });
    await using browser = await serve((response, { path }) => {
      open(path);
      response.end();
    });
    await opener(`fetch("${browser.url}/?" + encodeURIComponent(JSON.stringify(process.argv.slice(2))));`);
    const { out } = start(["--open"], [folder, process.env.PATH].join(delimiter));
    const { origin } = JSON.parse(await firstOf(out));
    expect(JSON.parse(decodeURIComponent((await opened).slice(2)))).toEqual([`${origin}/`]);
  });

  it.each([
    ["there is none", undefined, /ENOENT/],
    ["it fails", "process.exit(3)", /open ended with 3/],
  ])("says where to look, and goes on, when %s", async (_case, code, reason) => {
    if (code !== undefined) await opener(code);
    const { child, out, err } = start(["--open"]);
    const [line, problem] = await Promise.all([firstOf(out), firstOf(err)]);
    const { origin, inspectorUrl } = JSON.parse(line);
    expect(problem).toMatch(/^No browser could be opened \(/);
    expect(problem).toMatch(reason);
    expect(problem).toContain(`Open ${inspectorUrl} yourself.`);
    expect((await fetch(`${origin}/health`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
