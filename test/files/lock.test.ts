import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireLock, LockedError } from "../../src/files/lock.ts";
import { currentOwner } from "../../src/files/lock-owner.ts";

const program = join(import.meta.dirname, "../support/files/lock-program.ts");
const isLinux = process.platform === "linux";

let folder: string;
let file: string;
let lockFile: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  file = join(folder, "data");
  lockFile = `${file}.lock`;
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Starts the program, and gives its lines one by one. */
function start(...words: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", program, file, ...words], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, line: async (): Promise<unknown> => (await lines.next()).value, ended: once(child, "exit") };
}

/** Writes a lock file that says that another copy of the code in this process holds the lock, but for some changes. */
function writeOwner(changes: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify({ ...currentOwner(), run: "another", ...changes });
  writeFileSync(lockFile, text);
  return text;
}

describe("acquireLock", () => {
  it("creates a lock file for its owner only, and removes it on release", () => {
    const release = acquireLock(file);
    expect(statSync(lockFile).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(lockFile, "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
    release();
    release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses a second lock in the same run, and allows one after the release", () => {
    const release = acquireLock(file);
    expect(() => acquireLock(file)).toThrow(LockedError);
    release();
    acquireLock(file)();
  });

  it("does not remove the lock file of another process on release", () => {
    const release = acquireLock(file);
    const text = writeOwner({});
    release();
    expect(readFileSync(lockFile, "utf8")).toBe(text);
  });

  it("refuses while another process lives, names it, and leaves its lock file as it is", async () => {
    const { child, line } = start("hold");
    expect(await line()).toBe("locked");
    const text = readFileSync(lockFile, "utf8");
    expect(() => acquireLock(file, { isForeignPidTrusted: true })).toThrow(
      expect.objectContaining({ lockFile, owner: expect.objectContaining({ pid: child.pid }) }),
    );
    expect(readFileSync(lockFile, "utf8")).toBe(text);
  });

  it("takes over the lock of a process that was killed", async () => {
    const { child, line, ended } = start("hold");
    expect(await line()).toBe("locked");
    child.kill("SIGKILL");
    await ended;
    expect(existsSync(lockFile)).toBe(true);
    acquireLock(file)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.runIf(isLinux)("takes over the lock of a zombie, which its parent does not wait for", async () => {
    // The shell gives its place to `sleep`, which never waits for the program.
    const shell = '"$0" --import tsx "$1" "$2" hold & exec sleep 60';
    const parent = spawn("sh", ["-c", shell, process.execPath, program, file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(parent);
    await once(createInterface(parent.stdout), "line");
    const { pid } = JSON.parse(readFileSync(lockFile, "utf8"));
    process.kill(pid, "SIGKILL");
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, "utf8")).toMatch(/\) Z /);
    acquireLock(file)();
  });

  it.runIf(isLinux)("takes over the lock of an earlier process whose id a live process has now", () => {
    writeOwner({ pid: process.ppid, started: "1" });
    acquireLock(file)();
    writeOwner({ started: "1" });
    acquireLock(file)();
  });

  it("refuses when it is unknown whether a live process is the owner", () => {
    writeOwner({ pid: process.ppid, started: "" });
    expect(() => acquireLock(file)).toThrow(LockedError);
  });

  it("refuses when another thread of the same process has the lock", async () => {
    const source = new URL("../../src/files/lock.ts", import.meta.url).href;
    const code = `(async () => {
      const { tsImport } = await import("tsx/esm/api");
      const { acquireLock } = await tsImport(${JSON.stringify(source)}, ${JSON.stringify(source)});
      acquireLock(${JSON.stringify(file)});
      require("node:worker_threads").parentPort.postMessage("locked");
    })();`;
    const worker = new Worker(code, { eval: true });
    try {
      await once(worker, "message");
      expect(() => acquireLock(file)).toThrow(`process ${process.pid} on ${hostname()} holds ${lockFile}`);
    } finally {
      await worker.terminate();
    }
  });

  it.each([
    ["on another host", { host: "elsewhere" }],
    ["in another container", { space: "another" }],
    ["from before the machine was started", { space: "00000000-0000-4000-8000-000000000000 pid:[1]" }],
  ])("refuses when the owner is %s, unless the caller trusts its process id", (_where, changes) => {
    const text = writeOwner({ pid: 999_999_999, ...changes });
    utimesSync(lockFile, 0, 0);
    expect(() => acquireLock(file)).toThrow(LockedError);
    expect(readFileSync(lockFile, "utf8")).toBe(text);
    acquireLock(file, { isForeignPidTrusted: true })();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes a process with its own id in another container for its earlier life only if the caller says so", () => {
    writeOwner({ host: "elsewhere", space: "another", started: "1" });
    expect(() => acquireLock(file)).toThrow(LockedError);
    acquireLock(file, { isForeignPidTrusted: true })();
  });

  it("refuses when a process with the id of an owner in another container runs here", () => {
    writeOwner({ pid: process.ppid, space: "another" });
    expect(() => acquireLock(file, { isForeignPidTrusted: true })).toThrow(LockedError);
  });

  it.each(["", "rubbish", "0", "-1 0", "{}", '{"pid":1}', "null"])(
    "takes over an old lock file with the text %j",
    (text) => {
      writeFileSync(lockFile, text);
      utimesSync(lockFile, 0, 0);
      acquireLock(file)();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it("waits for the name of an owner that has just created its lock file", async () => {
    writeFileSync(lockFile, "");
    const text = JSON.stringify({ ...currentOwner(), run: "another" });
    const writer = spawn("sh", ["-c", 'sleep 0.3; printf %s "$0" > "$1"', text, lockFile]);
    children.push(writer);
    expect(() => acquireLock(file)).toThrow(LockedError);
    expect(readFileSync(lockFile, "utf8")).toBe(text);
  });

  it("takes over a lock file that names no owner in time", () => {
    writeFileSync(lockFile, "");
    acquireLock(file)();
  });

  it("reads the lock files of earlier emulators", () => {
    writeFileSync(lockFile, `${process.ppid} 0`);
    expect(() => acquireLock(file)).toThrow(
      expect.objectContaining({ owner: expect.objectContaining({ pid: process.ppid }) }),
    );
    const { pid } = spawnSync(process.execPath, ["--version"]);
    for (const gone of [pid, process.pid]) {
      writeFileSync(lockFile, `${gone} 0`);
      acquireLock(file)();
    }
  });

  it("continues when a process was killed while it took over a stale lock", () => {
    writeOwner({ pid: 999_999_999 });
    writeFileSync(`${lockFile}.takeover`, readFileSync(lockFile));
    acquireLock(file)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("waits while a live process takes over a stale lock, and then refuses", () => {
    writeOwner({ pid: process.ppid, started: "" });
    const guard = readFileSync(lockFile);
    const text = writeOwner({ pid: 999_999_999 });
    writeFileSync(`${lockFile}.takeover`, guard);
    expect(() => acquireLock(file)).toThrow(LockedError);
    expect(readFileSync(lockFile, "utf8")).toBe(text);
  });
});

describe("a lock file that is no regular file", () => {
  const words = `data.lock is a link, a folder or a device, and no lock file. Remove it`;

  it("is refused when it is a symbolic link, which is not followed", () => {
    const target = join(folder, "target");
    symlinkSync(target, lockFile);
    expect(() => acquireLock(file)).toThrow(words);
    expect(existsSync(target)).toBe(false);
    writeFileSync(target, "mine");
    utimesSync(target, 0, 0);
    expect(() => acquireLock(file)).toThrow(words);
    expect(readFileSync(target, "utf8")).toBe("mine");
  });

  it("is refused when it is a folder", () => {
    mkdirSync(lockFile);
    expect(() => acquireLock(file)).toThrow(words);
  });

  it.skipIf(process.platform === "win32")("is refused without waiting when it is a FIFO", () => {
    execFileSync("mkfifo", [lockFile]);
    expect(() => acquireLock(file)).toThrow(words);
    expect(statSync(lockFile).isFIFO()).toBe(true);
  });
});

describe("processes that race for a lock", () => {
  it("get a stale one once", async () => {
    for (let round = 0; round < 3; round += 1) {
      writeOwner({ pid: 999_999_999, round });
      const racers = Array.from({ length: 4 }, () => start("once"));
      await Promise.all(racers.map(({ line }) => line()));
      for (const { child } of racers) child.stdin?.write("go\n");
      const results = await Promise.all(racers.map(({ line }) => line()));
      expect(results.filter((result) => result === "locked")).toHaveLength(1);
      for (const { child } of racers) child.stdin?.write("exit\n");
      await Promise.all(racers.map(({ ended }) => ended));
    }
  }, 60_000);

  it("exclude each other, so that no increment of a number in a file is lost", async () => {
    writeFileSync(file, "0");
    const racers = Array.from({ length: 3 }, () => start("count", "100"));
    expect(await Promise.all(racers.map(({ ended }) => ended))).toEqual(Array(3).fill([0, null]));
    expect(readFileSync(file, "utf8")).toBe("300");
    expect(readdirSync(folder)).toEqual(["data"]);
  }, 60_000);
});
