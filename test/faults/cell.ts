/** Makes one call that meets a fault, and prints what it came to. Nothing ends this process but itself. */
import dns from "node:dns";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { Authsignal, AuthsignalError } from "../../src/index.ts";
import { SECRET } from "../support/clients.ts";
import { EARLIER_USER, OPERATIONS } from "./operations.ts";
import { leaksIn } from "./spellings.ts";
import type { Lookup, Report, ReportedError, Task } from "./task.ts";

const task: Task = JSON.parse(process.argv[2] ?? "");
resolveNames(task.lookups);

const authsignal = new Authsignal({
  apiSecretKey: SECRET,
  apiUrl: task.url,
  timeout: task.timeout,
  fetch: task.transport === "fetch" ? (request) => fetch(request) : undefined,
});
// The platform loads its `fetch` on first sight, which is no part of the call.
new Request(task.url);
if (task.hasEarlierCall) await authsignal.getUser({ userId: EARLIER_USER });

const memory = memoryPeak();
const start = performance.now();
const outcome = await OPERATIONS[task.operation].call(authsignal).then(
  (value) => ({ value }),
  (error: unknown) => ({ error }),
);
const elapsed = performance.now() - start;
const growth = memoryPeak() - memory;

const report: Report = {
  ...("value" in outcome ? { value: JSON.stringify(outcome.value) } : { error: describe(outcome.error) }),
  elapsed,
  growth,
  leaks: leaksIn(printed(outcome) + printed(authsignal)),
  isPolluted: "admin" in {},
};
console.log(JSON.stringify(report));

/** The most memory that this process ever held, in MB. (`maxRSS` would be that of the parent, which it copies.) */
function memoryPeak(): number {
  const [, kilobytes] = readFileSync("/proc/self/status", "utf8").match(/^VmHWM:\s+(\d+)/m) ?? [];
  return Number(kilobytes) / 1024;
}

function describe(error: unknown): ReportedError {
  if (!(error instanceof AuthsignalError)) return { isTyped: false, message: inspect(error) };
  const { message, statusCode, errorCode, attempts, mayHaveBeenProcessed } = error;
  return { isTyped: true, message, statusCode, errorCode, attempts, mayHaveBeenProcessed };
}

/** Everything that a logger could print of a value. */
function printed(value: object): string {
  const parts = [inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true })];
  let error: unknown = "error" in value ? value.error : undefined;
  for (; error instanceof Error; error = error.cause) {
    parts.push(String(error), error.stack ?? "", JSON.stringify(error), JSON.stringify({ ...error }));
  }
  return parts.join("\n");
}

/** Answers for the resolver, so that no name leaves this machine. */
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
