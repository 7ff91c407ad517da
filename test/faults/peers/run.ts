import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { readFileSync } from "node:fs";
import { GOOD } from "../catalogue/outcomes.ts";
import type { Fault } from "../fault.ts";
import { type Cell, type Program, type Run, run, sceneOf } from "../run-cell.ts";
import { type Seen, serveFault } from "../server.ts";
import { AUTHSIGNAL_OPERATIONS, apiOf, OPENAI_OPERATIONS, type PeerOperation, STRIPE_OPERATIONS } from "./apis.ts";
import type { PeerTask } from "./program.ts";
import { spoken } from "./spoken.ts";

/** A client that is compared. */
export interface Client {
  /** The name of its package. */
  readonly name: string;
  /** The program beside this file that makes its calls. */
  readonly program: string;
  /** The operations that are called. */
  readonly operations: Readonly<Record<string, PeerOperation>>;
  /** The body of an error response of its service. */
  readonly error: object;
  /** Whether its deletions resolve with nothing, so that a test cannot see the response. */
  readonly dropsResponses?: boolean;
  /** The `timeout` that is passed to the client, and the deadline after which its call must have ended, in milliseconds. */
  limits(fault: Fault, often: Cell["often"]): Limits;
}

interface Limits {
  readonly timeout: number;
  readonly deadline: number;
}

/** The limits of a client whose `timeout` is for the whole call. */
function whole(fault: Fault, often: Cell["often"]): Limits {
  const timeout = fault.isSlow ? (often === "once" ? 1_600 : 400) : 3_000;
  return { timeout, deadline: timeout };
}

/** The limits of a client whose `timeout` is for each of two attempts, which are half a second apart, or a second after `Retry-After`. */
function each(fault: Fault): Limits {
  return fault.isSlow ? { timeout: 300, deadline: 1_200 } : { timeout: 1_000, deadline: 3_000 };
}

const AUTHSIGNAL = { operations: AUTHSIGNAL_OPERATIONS, error: { error: "e", errorCode: "e", errorDescription: "m" } };
const OPENAI = { operations: OPENAI_OPERATIONS, error: { error: { message: "m", type: "e", code: "e" } } };
const STRIPE = { operations: STRIPE_OPERATIONS, error: { error: { message: "m", type: "api_error" } } };

export const CLIENTS: readonly Client[] = [
  { name: "authsignal-ts", program: "authsignal-ts.ts", ...AUTHSIGNAL, limits: whole },
  { name: "@authsignal/node", program: "authsignal-node.ts", ...AUTHSIGNAL, limits: each, dropsResponses: true },
  { name: "openai", program: "openai.ts", ...OPENAI, limits: each },
  { name: "stripe", program: "stripe.ts", ...STRIPE, limits: each },
];

/** A call without a fault, which every client must make. */
export const NO_FAULT: Fault = { name: "no fault", outcome: GOOD, passes: true };

/** One call of a client under one fault. */
export interface PeerCell {
  readonly client: Client;
  readonly fault: Fault;
  readonly operation: string;
  readonly often: Cell["often"];
}

/** How a cell ended. */
export interface PeerEnding extends Run {
  readonly cell: PeerCell;
  readonly deadline: number;
  readonly seen: Seen;
  /** Why the process had to be ended; undefined when it exited without that. */
  readonly endedFor?: "time" | "lingering" | "memory";
}

/** Milliseconds that a call may take beyond its deadline, and a process after its report. */
const GRACE = 300;
export const LINGERING = 2_000;
/** MB that a call may take before its process is ended. */
const TOO_MUCH = 300;

/** Runs one cell against a server that serves this cell only. */
export async function runPeerCell(program: Program, cell: PeerCell): Promise<PeerEnding> {
  const { client, fault, operation, often } = cell;
  await using server = await serveFault(spoken(fault, client.error), often, undefined, apiOf(client.operations));
  const { timeout, deadline } = client.limits(fault, often);
  const task: PeerTask = {
    ...sceneOf(fault, often, server.port),
    operation,
    timeout,
    printsClient: fault === NO_FAULT,
  };
  let endedFor: PeerEnding["endedFor"];
  const ending = await run(program, task, fault, (child) => {
    watch(child, deadline, (reason) => {
      endedFor ??= reason;
      child.kill("SIGKILL");
    });
  });
  return { ...ending, cell, deadline, seen: server.seen, endedFor };
}

/**
 * Whether the fault would have ended the same if it came every time: the client has sent one request only, so that later
 * responses of the server do not matter.
 */
export function endsTheSame({ cell, seen }: PeerEnding): boolean {
  return cell.fault.when !== undefined && cell.fault.lookup === undefined && seen.spared === 0;
}

/** Ends a process whose call outlasts its deadline or takes too much memory, or which does not exit after its call. */
function watch(
  child: ChildProcessWithoutNullStreams,
  deadline: number,
  end: (reason: PeerEnding["endedFor"]) => void,
): void {
  let lines = 0;
  let timer: NodeJS.Timeout | undefined;
  const scale = setInterval(() => lines === 1 && memoryOf(child.pid) > TOO_MUCH && end("memory"), 50);
  child.stdout.on("data", (text: string) => {
    lines += text.split("\n").length - 1;
    clearTimeout(timer);
    if (lines === 1) timer = setTimeout(end, deadline + GRACE, "time");
    // Between the end of the call and the report, its outcome is searched for the secret.
    if (lines > 2) timer = setTimeout(end, LINGERING, "lingering");
  });
  child.on("close", () => {
    clearTimeout(timer);
    clearInterval(scale);
  });
}

/** Returns the memory of a process in MB; 0 when the process is gone. */
function memoryOf(pid: number | undefined): number {
  try {
    const [, kilobytes = 0] = readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+)/m) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return 0;
  }
}
