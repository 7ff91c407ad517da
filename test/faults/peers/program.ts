import { inspect } from "node:util";
import { play, readTask } from "../play.ts";
import type { ReportedError, Task } from "../task.ts";
import type { PeerOperation } from "./apis.ts";

/** The task of the process of a client. */
export interface PeerTask extends Pick<Task, "url" | "timeout" | "hasEarlierCall" | "lookups"> {
  readonly operation: string;
  /** Whether the process prints its client at the end. */
  readonly printsClient: boolean;
}

/** How often each client may retry a call. */
export const RETRIES = 1;

/** A client, and its calls under the names of the operations. */
export interface Peer<Name extends string> {
  readonly client: object;
  readonly calls: Readonly<Record<Name, () => Promise<unknown>>>;
  earlier(): Promise<unknown>;
  /** Whether an error is of a class of this client. */
  isOwn(error: unknown): boolean;
}

/** Makes a call of a client under a fault and prints its outcome. */
export async function playPeer<Name extends string>(
  operations: Readonly<Record<Name, PeerOperation>>,
  make: (task: PeerTask) => Peer<Name>,
): Promise<void> {
  const task = readTask<PeerTask>();
  const { client, calls, earlier, isOwn } = make(task);
  const name = Object.keys(operations).find((one): one is Name => one === task.operation);
  if (!name) throw new Error(`There is no operation ${task.operation}`);
  await play(task, {
    client: task.printsClient ? client : undefined,
    earlier,
    call: async () => promised(await calls[name](), operations[name].good),
    describe: (error) => describe(error, isOwn(error)),
  });
}

/** Reduces a value to the fields that the service promises; other fields are no defect. */
function promised(value: unknown, good: object): unknown {
  if (typeof value === "string") return value.slice(0, 200);
  if (Array.isArray(value)) return value.slice(0, 10);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(good, name)));
}

function describe(error: unknown, isTyped: boolean): ReportedError {
  const message = inspect(error, { depth: 0 }).slice(0, 300);
  return { isTyped, message, errorCode: error instanceof Error ? error.name : undefined, statusCode: statusOf(error) };
}

/** Reads the status of an error, which SDKs name differently. */
function statusOf(error: unknown): number | undefined {
  const { statusCode, status }: { statusCode?: unknown; status?: unknown } = Object(error);
  const told = statusCode ?? status;
  return typeof told === "number" ? told : undefined;
}
