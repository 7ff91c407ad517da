import { type Builtins, builtinModule } from "../platform/builtin.ts";
import { fieldOf } from "../platform/fields.ts";

/**
 * Returns a module of Node. This folder has no `import` statement for one, because bundlers for browsers and edge runtimes
 * would then refuse every package that can reach this folder, even if it is never used there.
 * @throws Error where the runtime has no such module.
 */
export function nodeModule<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  const found = builtinModule(name);
  if (!found) throw new Error(`This runtime has no ${name}. Use Node 20.19 or newer`);
  return found;
}

/**
 * Returns the one path of a file, whatever symbolic links lead to it, so that all its names share one lock. The file itself
 * may be missing.
 * @throws Error when the folder is missing, or a link leads nowhere.
 */
export function canonicalPath(file: string): string {
  const { lstatSync, realpathSync, statSync } = nodeModule("node:fs");
  const { basename, dirname, join } = nodeModule("node:path");
  if (statSync(file, { throwIfNoEntry: false })) return realpathSync(file);
  if (lstatSync(file, { throwIfNoEntry: false })) throw new Error("it is a link to a file that does not exist");
  const folder = dirname(file);
  if (!statSync(folder, { throwIfNoEntry: false })) throw new Error(`there is no folder ${folder}`);
  return join(realpathSync(folder), basename(file));
}

/** A path leads to something else than a regular file: a symbolic link, a folder, a FIFO, a socket or a device. */
export class NotRegularFileError extends Error {
  constructor() {
    super("that is no file");
  }
}

/**
 * Opens an existing regular file; returns undefined when there is none. Follows no symbolic link and never waits, as
 * opening a FIFO without a writer would.
 * @throws NotRegularFileError for anything else.
 */
export function openRegularFile(path: string, access: "read" | "write"): number | undefined {
  const { closeSync, constants, fstatSync, lstatSync, openSync } = nodeModule("node:fs");
  const known = lstatSync(path, { throwIfNoEntry: false });
  if (!known) return undefined;
  if (!known.isFile()) throw new NotRegularFileError();
  // The path may have been replaced since. Windows has neither of the two flags.
  const { O_RDONLY, O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const flags = (access === "read" ? O_RDONLY : O_RDWR) | O_NOFOLLOW | O_NONBLOCK;
  const descriptor = ifExists(() => openSync(path, flags));
  if (descriptor === undefined || fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new NotRegularFileError();
}

/** Writes all bytes at a position of an open file. The system may take fewer at a time. */
export function writeFully(descriptor: number, bytes: Uint8Array, position: number): void {
  const { writeSync } = nodeModule("node:fs");
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}

/** Returns the result of some work on a file; undefined when the file does not exist. */
export function ifExists<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Whether an error of the system has a code, such as `EEXIST`. Under Jest it is no `Error` of this realm. */
export function hasCode(error: unknown, code: string): boolean {
  return fieldOf(error, "code") === code;
}
