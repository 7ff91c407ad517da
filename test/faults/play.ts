import dns from "node:dns";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { leaksIn, showsCredentials } from "./spellings.ts";
import type { Lookup, Report, ReportedError, Task } from "./task.ts";

/** A client under a fault, and its calls. */
export interface Player {
  /** Printed at the end to find the secret in it; undefined when that does not matter. */
  readonly client?: object;
  /** The earlier call, for faults on a kept connection. */
  earlier(): Promise<unknown>;
  call(): Promise<unknown>;
  describe(error: unknown): ReportedError;
}

/** Reads the task from the command line. */
export function readTask<T extends object = Task>(): T {
  return JSON.parse(process.argv[2] ?? "");
}

/** Makes the call and prints its outcome: an empty line when it begins, another when it ends, and then a report. */
export async function play(task: Pick<Task, "url" | "hasEarlierCall" | "lookups">, player: Player): Promise<void> {
  resolveNames(task.lookups);
  // The platform loads its `fetch` at the first use of one of its classes, which is no part of the call.
  new Request(task.url);
  if (task.hasEarlierCall) await player.earlier();

  process.stdout.write("\n");
  const memory = memoryPeak();
  const start = performance.now();
  const outcome = await player.call().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const elapsed = performance.now() - start;
  const growth = memoryPeak() - memory;
  process.stdout.write("\n");

  const text = printed(outcome);

  const report: Report = {
    ...("value" in outcome ? { value: JSON.stringify(outcome.value) } : { error: player.describe(outcome.error) }),
    elapsed,
    growth,
    leaks: leaksIn(text),
    showsCredentials: showsCredentials(text),
    clientLeaks: player.client ? leaksIn(printed(player.client)) : [],
    isPolluted: "admin" in {},
  };
  console.log(JSON.stringify(report));
}

/** Returns the peak memory of this process in MB. (`maxRSS` would start with that of the parent process.) */
function memoryPeak(): number {
  const [, kilobytes] = readFileSync("/proc/self/status", "utf8").match(/^VmHWM:\s+(\d+)/m) ?? [];
  return Number(kilobytes) / 1024;
}

/** Returns everything that a logger could print of a value. */
function printed(value: object): string {
  const parts = [inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true })];
  let error: unknown = "error" in value ? value.error : undefined;
  for (; error instanceof Error; error = error.cause) {
    parts.push(String(error), error.stack ?? "", jsonOf(error), jsonOf({ ...error }));
  }
  return parts.join("\n");
}

/** Returns the JSON of a value; an empty text for circular values such as certificates. */
function jsonOf(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "";
  }
}

/** Replaces the resolver, so that no name leaves this machine. */
function resolveNames(lookups: readonly Lookup[]): void {
  let count = 0;
  type Callback = (error: Error | null, address?: unknown, family?: number) => void;
  const lookup = (hostname: string, options: { all?: boolean }, callback: Callback) => {
    const found = lookups[Math.min(count++, lookups.length - 1)] ?? ["127.0.0.1"];
    process.nextTick(() => {
      if (typeof found === "string") {
        callback(Object.assign(new Error(`getaddrinfo ${found} ${hostname}`), { code: found, hostname }));
      } else if (options.all)
        callback(
          null,
          found.map((address) => ({ address, family: 4 })),
        );
      else callback(null, found[0], 4);
    });
  };
  Object.assign(dns, { lookup });
}
