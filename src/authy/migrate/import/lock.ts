import { MigrationError } from "./error.ts";
import { nodeModule } from "./node.ts";

const { randomUUID } = nodeModule("node:crypto");
const { linkSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } = nodeModule("node:fs");
const { hostname } = nodeModule("node:os");

/** Who holds a lock. */
interface Owner {
  readonly pid: number;
  /** When the process was started, where that can be known: ids of processes come again. */
  readonly started: string;
  readonly host: string;
  /** Where `pid` has its meaning, as far as can be known: containers count their processes each on their own. */
  readonly space: string;
  /** Tells this run from all others. */
  readonly run: string;
}

const RUN = randomUUID();
/** The locks of this run. */
const held = new Set<string>();
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
  const own = JSON.stringify(self());
  for (let tries = 0; !make(path, own); tries += 1) {
    const text = textOf(path);
    const owner = ownerIn(text);
    if (text !== undefined && !(owner ? isGone(owner, path) : isAbandoned(path))) throw taken(file, path, owner);
    if (tries >= TRIES) throw taken(file, path, owner);
    if (text !== undefined) takeAway(path, text);
  }
  held.add(path);
  return () => {
    if (held.delete(path) && textOf(path) === own) rmSync(path, { force: true });
  };
}

function self(): Owner {
  const { pid } = process;
  const boot = ifKnown(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
  const processes = ifKnown(() => readlinkSync("/proc/self/ns/pid"));
  return { pid, started: startOf(pid), host: hostname(), space: `${boot.trim()} ${processes}`, run: RUN };
}

/** When a process was started, since the machine was; empty when that cannot be known. */
function startOf(pid: number): string {
  // The name of the program comes before, in brackets, and can hold anything.
  const fields = ifKnown(() => readFileSync(`/proc/${pid}/stat`, "utf8"))
    .replace(/^.*\)/s, "")
    .split(" ");
  return fields[20] ?? "";
}

function taken(file: string, path: string, owner?: Owner): MigrationError {
  const who = owner ? `Process ${owner.pid} on ${owner.host}` : "Another process";
  return new MigrationError(
    `${who} is at work with the journal ${file}. Let it finish; if it is no migration or has ended, delete ${path}`,
  );
}

/** @returns False when there is a lock already. */
function make(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** What a lock says; undefined when there is none. */
function textOf(path: string): string | undefined {
  return ifThere(() => readFileSync(path, "utf8"));
}

/** Whom a lock names; undefined when it was not finished. */
function ownerIn(text = ""): Owner | undefined {
  try {
    const { pid, started, host, space, run } = Object(JSON.parse(text));
    const words = [started, host, space, run];
    return Number.isSafeInteger(pid) && pid > 0 && words.every((one) => typeof one === "string")
      ? { pid, started, host, space, run }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a lock that names nobody will name nobody any more. */
function isAbandoned(path: string): boolean {
  return Date.now() - (ifThere(() => statSync(path).mtimeMs) ?? 0) > LONGEST_MAKING;
}

/** Whether an owner has surely ended. Of processes on other machines and in other containers nothing can be seen. */
function isGone({ pid, started, host, space, run }: Owner, path: string): boolean {
  const own = self();
  if (run === own.run) return !held.has(path);
  if (host !== own.host || space !== own.space) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== "EPERM") return true;
  }
  const start = startOf(pid);
  return start !== "" && start !== started;
}

/** Takes a lock away, unless somebody was faster and the lock is theirs. */
function takeAway(path: string, text: string): void {
  const aside = `${path}.${RUN}`;
  ifThere(() => {
    renameSync(path, aside);
    if (textOf(aside) !== text) linkSync(aside, path);
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

/** What the system tells; empty when it does not. */
function ifKnown(work: () => string): string {
  try {
    return work();
  } catch {
    return "";
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
