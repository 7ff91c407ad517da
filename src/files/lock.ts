import { hasCode, ifExists, NotRegularFileError, nodeModule, openRegularFile, writeFully } from "./file-system.ts";
import { currentOwner, hasEnded, type LockOwner, type OwnerPolicy, parseOwner } from "./lock-owner.ts";

/** The lock files of this run. */
const held = new Set<string>();
/** How often to try when other processes take and release the lock meanwhile. */
const MOST_ATTEMPTS = 10;
/** How long to wait before the next attempt while another process works on the lock file, in ms. */
const PAUSE = 20;
/** How long a process may take from creating its lock file to writing its name into it, in ms. */
const LONGEST_CREATION = 2_000;
/** More than the text of any lock file, in bytes. */
const LONGEST_TEXT = 4_096;

/** Another process holds a lock. */
export class LockedError extends Error {
  /** The lock file. Deleting it releases the lock. */
  readonly lockFile: string;
  /** Undefined when the lock file names no process. */
  readonly owner: LockOwner | undefined;

  constructor(lockFile: string, owner: LockOwner | undefined) {
    super(`${owner ? `process ${owner.pid} on ${owner.host}` : "another process"} holds ${lockFile}`);
    this.lockFile = lockFile;
    this.owner = owner;
  }
}

/**
 * Locks a file for this run alone, by a lock file beside it that names the process. A lock whose owner has surely ended is
 * taken away.
 * @returns Releases the lock. Calls after the first one do nothing.
 * @throws LockedError when another owner holds the lock.
 * @throws Error when the lock file cannot be used, such as a symbolic link.
 */
export function acquireLock(file: string, policy: OwnerPolicy = {}): () => void {
  return acquire(`${file}.lock`, policy);
}

function acquire(lockFile: string, policy: OwnerPolicy): () => void {
  const text = JSON.stringify(currentOwner());
  for (let attempt = 1; !create(lockFile, text); attempt += 1) {
    const found = readFinished(lockFile);
    const owner = found === undefined ? undefined : parseOwner(found);
    const isStale = owner === undefined || hasEnded(owner, held.has(lockFile), policy);
    if (!isStale || attempt === MOST_ATTEMPTS) throw new LockedError(lockFile, owner);
    if (found !== undefined) removeStale(lockFile, found, policy);
  }
  held.add(lockFile);
  return () => {
    if (held.delete(lockFile) && read(lockFile)?.text === text) remove(lockFile);
  };
}

/** @returns Whether the lock file was created; false when there is one already. */
function create(lockFile: string, text: string): boolean {
  const { closeSync, openSync } = nodeModule("node:fs");
  let descriptor: number;
  try {
    descriptor = openSync(lockFile, "wx", 0o600);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
  try {
    writeFully(descriptor, Buffer.from(text), 0);
  } catch (error) {
    remove(lockFile);
    throw error;
  } finally {
    closeSync(descriptor);
  }
  // A process that was stopped for long before it wrote its name may have lost the file to another one.
  return read(lockFile)?.text === text;
}

/**
 * Removes a stale lock file. A second lock guards it: without that, a process that was slow between reading and removing
 * would remove the new lock file of another one.
 */
function removeStale(lockFile: string, text: string, policy: OwnerPolicy): void {
  let release: () => void;
  try {
    release = acquire(`${lockFile}.takeover`, policy);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    pause();
    return;
  }
  try {
    if (read(lockFile)?.text === text) remove(lockFile);
  } finally {
    release();
  }
}

/** Reads a lock file, and waits until it names its owner or surely never will. Undefined when there is none. */
function readFinished(lockFile: string): string | undefined {
  const start = performance.now();
  for (;;) {
    const found = read(lockFile);
    if (!found || parseOwner(found.text)) return found?.text;
    const age = Math.max(Date.now() - found.changedAt, performance.now() - start);
    if (age > LONGEST_CREATION) return found.text;
    pause();
  }
}

function read(lockFile: string): { readonly text: string; readonly changedAt: number } | undefined {
  const { closeSync, fstatSync, readSync } = nodeModule("node:fs");
  const descriptor = openLockFile(lockFile);
  if (descriptor === undefined) return undefined;
  try {
    const bytes = Buffer.alloc(LONGEST_TEXT);
    const length = readSync(descriptor, bytes, 0, LONGEST_TEXT, 0);
    return { text: bytes.toString("utf8", 0, length), changedAt: fstatSync(descriptor).mtimeMs };
  } finally {
    closeSync(descriptor);
  }
}

function openLockFile(lockFile: string): number | undefined {
  try {
    return openRegularFile(lockFile, "read");
  } catch (error) {
    if (!(error instanceof NotRegularFileError)) throw error;
    throw new Error(`${lockFile} is a link, a folder or a device, and no lock file. Remove it`);
  }
}

function remove(file: string): void {
  const { unlinkSync } = nodeModule("node:fs");
  ifExists(() => unlinkSync(file));
}

/** Blocks the thread for a moment: opening a file is synchronous here. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
}
