import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { MigrationError } from "./error.ts";

/** The locks of this thread. */
const held = new Set<string>();
/** Who holds the locks that this thread makes. */
const OWNER = `${process.pid} ${threadId}`;
/** How often to try to get a lock that others let go of or fight for. */
const TRIES = 10;
/** How old a lock is that nobody will write a name into any more, in ms. */
const LONGEST_MAKING = 2_000;

/**
 * Takes a file for this migration alone, by a file beside it. What a process that is gone has left behind counts for nothing.
 * @returns What gives the file free again.
 * @throws MigrationError when another migration has it.
 */
export function lock(file: string): () => void {
  const path = `${file}.lock`;
  for (let tries = 0; !make(path); tries += 1) {
    const owner = ownerOf(path);
    if (owner !== undefined && !isGone(owner, path)) throw taken(file, path, owner);
    if (tries >= TRIES) throw taken(file, path, owner);
    if (owner !== undefined) takeAway(path, owner);
  }
  held.add(path);
  return () => {
    if (held.delete(path) && ownerOf(path) === OWNER) rmSync(path, { force: true });
  };
}

function taken(file: string, path: string, owner = ""): MigrationError {
  const [pid = ""] = owner.split(" ");
  const who = pid === "" ? "Another process" : `Process ${pid}`;
  return new MigrationError(
    `${who} is at work with the journal ${file}. Let it finish; if it is no migration, delete ${path}`,
  );
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
  return ifThere(() => readFileSync(path, "utf8"));
}

function isGone(owner: string, path: string): boolean {
  if (owner === "") return Date.now() - (ifThere(() => statSync(path).mtimeMs) ?? 0) > LONGEST_MAKING;
  // A container that was killed and started again often has the same process id as before.
  if (owner === OWNER) return !held.has(path);
  const pid = Number.parseInt(owner, 10);
  if (!(pid > 0)) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) !== "EPERM";
  }
}

/** Takes a lock away, unless somebody was faster and the lock is theirs. */
function takeAway(path: string, owner: string): void {
  const aside = `${path}.${process.pid}.${threadId}`;
  ifThere(() => {
    renameSync(path, aside);
    if (ownerOf(aside) !== owner) linkSync(aside, path);
    rmSync(aside);
  });
}

function ifThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
