import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";

/** The locks of this thread. */
const held = new Set<string>();
/** Who holds the locks that this thread makes. */
const OWNER = `${process.pid} ${threadId}`;
/** How often to try to get a lock that others let go of or fight for. */
const TRIES = 10;
/** How long a process may take from making a lock to writing its name into it, in milliseconds. */
const PATIENCE = 100;

/**
 * Takes a file for this process alone, by a file beside it. What a process that is gone has left behind counts for nothing.
 * @returns What gives the file free again.
 * @throws Error that names the process which has it.
 */
export function lock(file: string): () => void {
  const path = `${file}.lock`;
  explained(file, () => take(path));
  held.add(path);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    held.delete(path);
    if (ownerOf(path) === OWNER) rmSync(path, { force: true });
  };
}

function take(path: string): void {
  let owner: string | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (make(path)) return;
    owner = ownerOf(path);
    if (owner === undefined) continue;
    if (isThere(owner, path)) break;
    takeAway(path, owner);
  }
  const [pid] = owner?.split(" ") ?? [];
  throw new Error(`process ${pid} has it open. End that one or, if it is no emulator, delete ${path}`);
}

/** @returns False when there is a lock already. */
function make(path: string): boolean {
  try {
    writeFileSync(path, OWNER, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** What a lock says; empty when it was not finished, undefined when there is none. */
function ownerOf(path: string): string | undefined {
  try {
    const owner = readFileSync(path, "utf8");
    if (owner !== "") return owner;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isThere(owner: string, path: string): boolean {
  // A container that was killed and started again often has the same process id as before.
  if (owner === OWNER) return held.has(path);
  const pid = Number.parseInt(owner, 10);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Takes a lock away, unless somebody was faster and the lock is theirs. */
function takeAway(path: string, owner: string): void {
  const aside = `${path}.${process.pid}.${threadId}`;
  try {
    renameSync(path, aside);
    if (ownerOf(aside) !== owner) linkSync(aside, path);
    rmSync(aside);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** Does some work with a file. What goes wrong then is told with the name of the file. */
export function explained<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`Cannot keep data in ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return String(Object(error).message ?? error);
}

function codeOf(error: unknown): unknown {
  return Object(error).code;
}
