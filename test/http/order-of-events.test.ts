import { describe, expect, it } from "vitest";
import { operations } from "../../generated/authsignal-data.ts";
import { AuthsignalError } from "../../src/errors.ts";
import { createPipeline } from "../../src/http/call.ts";
import { chooseTransport } from "../../src/http/client.ts";
import { routeFinder } from "../../src/http/operation.ts";
import { RequestData } from "../../src/http/request.ts";
import type { Transport } from "../../src/http/transport.ts";
import { refused } from "../faults/catalogue/outcomes.ts";
import { FAULTS } from "../faults/catalogue.ts";
import type { Fault } from "../faults/fault.ts";
import { OPERATIONS, type OperationName } from "../faults/operations.ts";
import { head, json, response } from "../faults/responses.ts";
import { CLOSE, type Step } from "../faults/script.ts";
import { serveFault } from "../faults/server.ts";
import { TRANSPORTS } from "../support/clients.ts";
import { ManualClock } from "../support/manual-clock.ts";

const TIMEOUT = 10_000;
const api = { findOperation: routeFinder(operations), ErrorClass: AuthsignalError };
const reason = new Error("The user went away");

const REQUESTS: Record<OperationName, [method: string, path: string, body?: object]> = {
  getUser: ["GET", "/users/u"],
  track: ["POST", "/users/u/actions/withdraw", { idempotencyKey: "one" }],
  challenge: ["POST", "/challenge", { verificationMethod: "SMS", action: "in", phoneNumber: "+64270000000" }],
  deleteUser: ["DELETE", "/users/u"],
};
const names = Object.keys(OPERATIONS).filter((name): name is OperationName => name in OPERATIONS);

/** Makes a call over a real transport to a server with a fault. The clock moves only when client and server wait for it. */
async function start(fault: Fault, often: "once" | "always", operation: OperationName, fetch: Fetch) {
  const log: string[] = [];
  const server = await serveFault(fault, often, () => log.push("received"));
  const baseUrl = `http://127.0.0.1:${server.port}`;
  const clock = new ManualClock();
  const realTransport = chooseTransport(baseUrl, fetch, undefined);
  const transport: Transport = (url, init) => {
    log.push("sent");
    return realTransport(url, init);
  };
  const pipeline = createPipeline({ api, baseUrl, transport, redact: (text) => text, clock });

  const controller = new AbortController();
  const [method, path, body] = REQUESTS[operation];
  const payload = body && JSON.stringify(body);
  const { signal } = controller;
  const request = new RequestData(`${baseUrl}${path}`, { method, headers: new Headers(), body: payload, signal });
  let isOver = false;
  const outcome = pipeline(request, { timeout: TIMEOUT, retries: 2 })
    .then(({ error, value }) => (error ? { error } : { value }))
    .catch((error: unknown) => ({ error }))
    .finally(() => {
      isOver = true;
    });

  /** Moves the clock until the call is over, or until the log has so many events. */
  async function run(length = Number.POSITIVE_INFINITY): Promise<void> {
    while (!isOver && log.length < length) {
      await turn();
      // Every second timer is that of a wait: attempts and waits alternate.
      const isWaiting = clock.delays.length % 2 === 0;
      if (isOver || clock.running === 0) continue;
      if (isWaiting) log.push(`waits ${clock.delays.at(-1)} ms`);
      else if (!fault.isSlow || log.at(-1) !== "received" || (await hasMoved())) continue;
      if (log.length < length) await clock.tick();
    }
  }

  /** Lets both sides read what was written. Returns whether the call went on. */
  async function hasMoved(): Promise<boolean> {
    const { length } = clock.delays;
    for (let count = 0; count < 10; count++) await turn();
    return isOver || clock.delays.length > length;
  }

  return { log, server, clock, outcome, run, abort: () => controller.abort(reason) };
}

type Fetch = (typeof TRANSPORTS)[number][1]["fetch"];

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Which calls are retried after a fault, and after which waits. */
interface Row {
  readonly retried: "every call" | "repeatable calls" | "no call";
  readonly waits?: readonly [first: number, second: number];
  /** The wait that the error reports if there is no time for it, in ms. */
  readonly retryAfter?: number;
  /** Whether the server reads the request before the fault. */
  readonly isRead?: boolean;
}

/** One of every kind of fault. */
const FAULT_ROWS: Record<string, Row> = {
  "close inside the request": { retried: "repeatable calls", isRead: false },
  "close after the request": { retried: "repeatable calls" },
  "reset after the request": { retried: "repeatable calls" },
  "close inside the headers": { retried: "repeatable calls" },
  "close inside the body": { retried: "repeatable calls" },
  "cut response of HTTP/1.0": { retried: "repeatable calls" },
  "garbage content-length": { retried: "repeatable calls" },
  "no HTTP at all": { retried: "repeatable calls" },
  "100, then close": { retried: "repeatable calls" },
  "200 with HTML": { retried: "repeatable calls" },
  "200 with {}": { retried: "repeatable calls" },
  "200 in bytes that are not UTF-8": { retried: "repeatable calls" },
  "204 without a body": { retried: "repeatable calls" },
  "302 to another origin": { retried: "no call" },
  "304 to the same origin": { retried: "no call" },
  "hang after the request": { retried: "repeatable calls" },
  "hang inside the headers": { retried: "repeatable calls" },
  "hang inside the body": { retried: "repeatable calls" },
  "hang in the body of an error": { retried: "repeatable calls" },
  "trickle in the headers": { retried: "repeatable calls" },
  "trickle in the body": { retried: "repeatable calls" },
  "trickle in the body of an error": { retried: "repeatable calls" },
};

/** Values of `Retry-After` at 00:00:00 of the clock's day, which is a Thursday. */
const RETRY_AFTER_ROWS: Record<string, Pick<Row, "waits" | "retryAfter">> = {
  "2": { waits: [2_000, 2_000] },
  "Thu, 15 Jan 2026 00:00:03 GMT": { waits: [3_000, 0] },
  "Wed, 14 Jan 2026 00:00:00 GMT": { waits: [0, 0] },
  "-5": {},
  soon: {},
  "86400": { retryAfter: 86_400_000 },
  "Fri, 16 Jan 2026 00:00:00 GMT": { retryAfter: 86_400_000 },
};

function faultNamed(name: string): Fault {
  const fault = FAULTS.find((one) => one.name === name);
  if (!fault) throw new Error(`There is no such fault: ${name}`);
  return fault;
}

function busy(status: number, code: string, retryAfter: string): Fault {
  return {
    name: `${status} with Retry-After: ${retryAfter}`,
    when: "request",
    acts: status === 503,
    script: () => [json(status, {}, `retry-after: ${retryAfter}`)],
    outcome: refused(status, code),
    passes: true,
  };
}

const rows = [
  ...Object.entries(FAULT_ROWS).map(([name, row]): [Fault, Row] => [faultNamed(name), row]),
  ...Object.entries(RETRY_AFTER_ROWS).flatMap(([header, row]): [Fault, Row][] => {
    const isTooLong = row.retryAfter !== undefined;
    return [
      [busy(503, "invalid_response", header), { ...row, retried: isTooLong ? "no call" : "repeatable calls" }],
      [busy(429, "too_many_requests", header), { ...row, retried: isTooLong ? "no call" : "every call" }],
    ];
  }),
];
const cases = rows.flatMap(([fault, row]) => names.map((operation) => ({ name: fault.name, operation, fault, row })));

/** The events of a call in their order, if the fault comes so often. */
function expectedLog({ retried, waits = [150, 300], isRead = true }: Row, operation: OperationName, often: string) {
  const struck = isRead ? ["sent", "received"] : ["sent"];
  const isRetried = retried === "every call" || (retried === "repeatable calls" && OPERATIONS[operation].isRepeatable);
  if (!isRetried) return struck;
  const [first, second] = waits.map((ms) => `waits ${ms} ms`);
  if (often === "once") return [...struck, first, "sent", "received"];
  return [...struck, first, ...struck, second, ...struck];
}

describe.each(TRANSPORTS)("over %s", (_name, { fetch }) => {
  it.each(cases)(
    "$operation is retried in order and in time, or not at all: $name",
    async ({ operation, fault, row }) => {
      for (const often of ["once", "always"] as const) {
        const call = await start(fault, often, operation, fetch);
        await using server = call.server;
        await call.run();
        const outcome = await call.outcome;
        const log = expectedLog(row, operation, often);
        expect(call.log).toEqual(log);
        expect(call.clock.running).toBe(0);

        const attempts = log.filter((event) => event === "sent").length;
        if (often === "once" && attempts > 1) expect(outcome).toEqual({ value: OPERATIONS[operation].good });
        else {
          const error = "error" in outcome ? outcome.error : undefined;
          expect(error).toMatchObject({ attempts, ...(row.retryAfter && { retryAfter: row.retryAfter }) });
          const { errorCode, statusCode } = Object(error);
          expect(fault.outcome.codes).toContain(errorCode);
          expect(fault.outcome.statuses).toContain(statusCode);
        }
        if (fault.isSlow && often === "always") expect(call.clock.monotonicNow()).toBe(TIMEOUT);
        expect(new Set(server.seen.processed.map(({ key }) => key)).size).toBeLessThan(2);
        expect(server.seen.strays).toEqual([]);
        await turn();
        expect(call.log).toEqual(log);
      }
    },
  );

  it.each([
    ["during the first attempt", 2],
    ["during the wait", 3],
    ["during the second attempt", 5],
  ])("nothing is sent after the signal has fired %s", async (_when, events) => {
    const call = await start(faultNamed("hang after the request"), "always", "track", fetch);
    await using _server = call.server;
    await call.run(events);
    call.abort();
    expect(await call.outcome).toEqual({ error: reason });
    await turn();
    expect(call.log).toEqual(["sent", "received", "waits 150 ms", "sent", "received"].slice(0, events));
    expect(call.clock.running).toBe(0);
  });
});

/** Bodies of a failure. Only the first names an error code. */
const BODIES: Record<string, (status: number) => Step[]> = {
  JSON: (status) => [json(status, { errorCode: "special" })],
  "a message": (status) => [json(status, { message: "Sorry" })],
  HTML: (status) => [response(status, "<html>Sorry</html>")],
  null: (status) => [json(status, null)],
  nothing: (status) => [response(status, "")],
  "half a body": (status) => [head(status, "content-length: 99"), '{"errorCode":"spec', CLOSE],
};

/** Statuses that mean the service did nothing. */
const NOT_PROCESSED = [400, 401, 403, 404, 409, 422, 429];
/** Statuses that are retried. */
const RETRYABLE = [408, 429, 500, 502, 503, 504];

describe.each(TRANSPORTS)("every status from 400 to 599 over %s", (name, { fetch }) => {
  // The `fetch` of Node reports no 407, and sends the request again after a 421.
  const ofFetch = [407, 421];
  const all = Array.from({ length: 200 }, (_, index) => 400 + index);
  const statuses = name === "fetch" ? all.filter((status) => !ofFetch.includes(status)) : all;

  it.each(Object.entries(BODIES))("is reported as it came, with %s", async (_kind, script) => {
    for (const statusCode of statuses) {
      const fault = { ...busy(statusCode, "", ""), script: () => script(statusCode) };
      const call = await start(fault, "always", "challenge", fetch);
      await using _server = call.server;
      await call.run();
      const mayHaveBeenProcessed = !NOT_PROCESSED.includes(statusCode);
      const attempts = statusCode === 429 ? 3 : 1;
      expect(await call.outcome).toMatchObject({ error: { statusCode, attempts, mayHaveBeenProcessed } });
    }
  });

  it("is retried if it is one of the retryable statuses, and only then", async () => {
    for (const status of statuses) {
      const call = await start(busy(status, "", "1"), "always", "getUser", fetch);
      await using _server = call.server;
      await call.run();
      expect(call.log.filter((event) => event === "waits 1000 ms")).toHaveLength(RETRYABLE.includes(status) ? 2 : 0);
    }
  });
});
