import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmulator } from "../../../src/emulator/emulator.ts";

const program = join(import.meta.dirname, "../../support/emulator/data-file-program.ts");
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
  file = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function stored() {
  await using emulator = createEmulator({ dataFile: file });
  return emulator.export();
}

describe("an emulator that is killed", () => {
  const start = (mode: string) =>
    spawn(process.execPath, ["--import", "tsx", program, file, mode], { stdio: ["ignore", "pipe", "inherit"] });

  /** Gives what was acknowledged until the end, which comes after `count` of them. */
  async function acknowledged(child: ChildProcess, count: number): Promise<string[]> {
    const ended = once(child, "close");
    const ids: string[] = [];
    if (!child.stdout) throw new Error("The program has no output");
    for await (const id of createInterface(child.stdout)) {
      if (ids.push(id) === count) child.kill("SIGKILL");
    }
    expect((await ended)[1]).toBe("SIGKILL");
    return ids;
  }

  it.each(["many", "reopen"])("loses nothing that it has acknowledged (%s)", async (mode) => {
    const all: string[] = [];
    for (const count of [1, 7, 60]) {
      all.push(...(await acknowledged(start(mode), count)));
      const { users: held } = await stored();
      const users = new Set(held?.map(({ userId }) => userId));
      expect(all.filter((id) => !users.has(id))).toEqual([]);
      expect(users.size).toBeLessThanOrEqual(all.length + 25 * 3);
    }
    expect(all.length).toBeGreaterThanOrEqual(68);
  });
});

describe("a disk that is full", () => {
  it("undoes what cannot be written, and keeps what can", async () => {
    const command = ["-c", 'ulimit -f 400; exec "$0" "$@"', process.execPath, "--import", "tsx", program, file, "fill"];
    const env = { ...process.env, TSX_DISABLE_CACHE: "1" };
    const { problem, refused, state } = JSON.parse(execFileSync("sh", command, { encoding: "utf8", env }));
    expect(problem).toMatch(/EFBIG/);
    const users: { userId: string }[] = state.users;
    const ids = users.map(({ userId }) => userId);
    expect(ids).toContain("usr_small");
    expect(ids).not.toContain(refused);
    expect(readFileSync(file, "utf8")).toMatch(/usr_small.*\n$/);
    expect(await stored()).toEqual(state);
  });
});
