import { fieldOf } from "../platform/fields.ts";
import { nodeModule } from "./file-system.ts";
import { parseJson } from "./parse-json.ts";

/** The process that holds a lock, as the lock file names it in JSON. */
export interface LockOwner {
  readonly pid: number;
  /** The start of the process, in clock ticks since the boot; process ids are reused. Empty where the system does not tell. */
  readonly started: string;
  readonly host: string;
  /** The boot of the machine and the process id namespace, in which alone `pid` has a meaning: each container has its own. */
  readonly space: string;
  /** Tells this loaded copy of the code from all others, in this process too. Empty in lock files of old emulators. */
  readonly run: string;
}

/** How to decide about an owner on another host, in another container, or from before a restart of the machine. */
export interface OwnerPolicy {
  /**
   * Whether such an owner has ended when its process id is free here, or is that of this process: a container that is started
   * again often has another name, and gives its program the same id. Default false: it counts as running.
   */
  readonly isForeignPidTrusted?: boolean | undefined;
}

/** The lock files of old emulators hold the ids of a process and of its thread. */
const OLD_FORMAT = /^([1-9]\d*) \d+$/;

let run: string | undefined;

/** Returns the owner that this process writes into its lock files. */
export function currentOwner(): LockOwner {
  const { randomUUID } = nodeModule("node:crypto");
  const { readFileSync, readlinkSync } = nodeModule("node:fs");
  const { hostname } = nodeModule("node:os");
  run ??= randomUUID();
  const { pid } = process;
  const boot = orEmpty(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  const namespace = orEmpty(() => readlinkSync("/proc/self/ns/pid"));
  return { pid, started: stateOf(pid).started, host: hostname(), space: `${boot} ${namespace}`, run };
}

/** Reads the text of a lock file; undefined when it names no process. */
export function parseOwner(text: string): LockOwner | undefined {
  const old = OLD_FORMAT.exec(text);
  if (old) return { pid: Number(old[1]), started: "", host: "", space: "", run: "" };
  const value = parseJson(text);
  const pid = fieldOf(value, "pid");
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const [started, host, space, ofRun] = ["started", "host", "space", "run"].map((name) => fieldOf(value, name));
  if (typeof started !== "string" || typeof host !== "string") return undefined;
  if (typeof space !== "string" || typeof ofRun !== "string") return undefined;
  return { pid, started, host, space, run: ofRun };
}

/**
 * Whether the owner of a lock has ended.
 * @param isHeld Whether this very run of the code holds the lock.
 */
export function hasEnded(
  owner: LockOwner,
  isHeld: boolean,
  { isForeignPidTrusted = false }: OwnerPolicy = {},
): boolean {
  const own = currentOwner();
  if (owner.run === own.run) return !isHeld;
  // No owner in the old format has the id of this process, which writes the new one.
  if (owner.run === "") return owner.pid === own.pid || !isRunning(owner);
  if (owner.host === own.host && owner.space === own.space) return !isRunning(owner);
  return isForeignPidTrusted && (owner.pid === own.pid || !isRunning({ ...owner, started: "" }));
}

/** Whether a process of this machine and container runs. Where its start is unknown, one with its id is taken for it. */
function isRunning({ pid, started }: LockOwner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // The process of another user exists as well.
    if (fieldOf(error, "code") !== "EPERM") return false;
  }
  const found = stateOf(pid);
  if (found.isZombie) return false;
  return started === "" || found.started === "" || found.started === started;
}

/** Returns what Linux tells of a process. `started` is empty elsewhere. */
function stateOf(pid: number): { readonly started: string; readonly isZombie: boolean } {
  const { readFileSync } = nodeModule("node:fs");
  // The second field is the name of the program in brackets, which can hold anything. The third one is the state, the 22nd the start.
  const [state = "", ...fields] = orEmpty(() => readFileSync(`/proc/${pid}/stat`, "utf8"))
    .replace(/^.*\) /s, "")
    .split(" ");
  return { started: fields[18] ?? "", isZombie: /^[ZXx]$/.test(state) };
}

/** Returns what the system tells; empty when it does not. */
function orEmpty(work: () => string): string {
  try {
    return work();
  } catch {
    return "";
  }
}
