import { expect } from "vitest";
import { calls } from "../../contract/calls.ts";
import type { Received, Reply } from "../../contract/loopback.ts";
import { json } from "../../contract/recorder.ts";
import { firstSuccess, operationNamed } from "../../contract/spec.ts";
import { closedUrl, serveRaw } from "../../support/server.ts";
import type { CallTask, Outcome, Refusal, Transport } from "../task.ts";
import type { Address, Case, Lanes, Open } from "./case.ts";
import { prism, requestOf } from "./contract.ts";

/** A call that fails, or that succeeds after a retry. */
interface Trouble {
  readonly name: string;
  readonly open: Open;
  /** The operation; `getUser` by default. */
  readonly call?: typeof getUser;
  readonly options?: Pick<CallTask, "timeout" | "retries" | "abort">;
  readonly outcome: Outcome;
  /** The number of requests that the server receives; undefined where it cannot be counted. */
  readonly requests?: number;
}

const getUser = callOf("getUser");
/** A call that must not be retried, because it sends a code. */
const challenge = callOf("challenge");
const user = firstSuccess(getUser.operation).body;

/** Milliseconds that a call without a response may take. */
const SHORT = 500;

/**
 * Cases without a response follow others that left a connection open, and use this connection.
 *
 * @param knowsUnsent Whether the errors of the runtime distinguish a failed connection from a broken one.
 */
const troublesOf = (knowsUnsent: boolean): readonly Trouble[] => [
  refusedBy(401, { errorCode: "unauthorized", mayHaveBeenProcessed: false }),
  refusedBy(403, { errorCode: "forbidden", mayHaveBeenProcessed: false }),
  refusedBy(404, { errorCode: "not_found", mayHaveBeenProcessed: false }),
  refusedBy(429, { errorCode: "too_many_requests", mayHaveBeenProcessed: false, retryAfter: 30_000 }),
  refusedBy(500, { errorCode: "invalid_response", mayHaveBeenProcessed: true }),
  {
    name: "an answer that is not JSON",
    open: responding({ status: 200, body: "<p>Sign in to the Wi-Fi</p>" }),
    options: { retries: 0 },
    outcome: refusal({ statusCode: 200, errorCode: "invalid_response", mayHaveBeenProcessed: true }),
    requests: 1,
  },
  {
    name: "a redirect",
    open: responding({ status: 307, headers: { location: "/elsewhere" } }),
    outcome: refusal({ statusCode: 307, errorCode: "invalid_response", mayHaveBeenProcessed: false }),
    requests: 1,
  },
  {
    name: "an answer that breaks off",
    open: cutShort,
    options: { retries: 0 },
    outcome: refusal({ statusCode: 200, errorCode: "invalid_response", mayHaveBeenProcessed: true }),
  },
  {
    name: "refused connection",
    open: async () => ({ apiUrl: await closedUrl(), received: [] }),
    options: { retries: 0 },
    outcome: refusal({ errorCode: "network_error", mayHaveBeenProcessed: !knowsUnsent }),
  },
  {
    name: "no response in time",
    open: silent,
    call: challenge,
    options: { timeout: SHORT },
    outcome: refusal({ errorCode: "timeout", mayHaveBeenProcessed: true }),
    requests: 1,
  },
  {
    name: "a signal that is aborted before the call",
    open: silent,
    call: challenge,
    options: { abort: "before" },
    outcome: { refusal: { type: "the caller's reason" } },
    requests: 0,
  },
  {
    name: "two refusals before the answer",
    open: responding(busy(), busy(), json(200, user)),
    outcome: { value: user },
    requests: 3,
  },
  {
    name: "a signal that is aborted during the call",
    open: silent,
    call: challenge,
    options: { abort: "during" },
    outcome: { refusal: { type: "the caller's reason" } },
    requests: 1,
  },
];

/** Returns the cases of errors over one transport. */
export function errorCases(transport: Transport, knowsUnsent: boolean): Case[] {
  return troublesOf(knowsUnsent).map(({ name, open, call = getUser, options, outcome, requests }) => ({
    group: `errors, ${transport}`,
    name,
    open,
    task: (apiUrl) => ({
      ...{ kind: "call", client: "Authsignal", apiUrl, transport },
      ...{ operation: call.operation.name, request: call.request, ...options },
    }),
    expected: { outcome, requests: requests === undefined ? undefined : Array.from({ length: requests }, call.sent) },
  }));
}

/** An operation with its usual request, and the request on the wire. */
function callOf(name: "getUser" | "challenge") {
  const operation = operationNamed(name);
  const [[requestName, request] = []] = Object.entries<unknown>(calls[name].requests);
  const sent = () => requestOf(operation, request, operation.bodies?.[requestName ?? ""]);
  return { operation, request, sent };
}

function refusedBy(status: number, told: Partial<Refusal>): Trouble {
  return {
    name: `a ${status}`,
    open: prism("authsignal", `code=${status}`),
    options: { retries: 0 },
    outcome: refusal({ statusCode: status, ...told }),
    requests: 1,
  };
}

function refusal(told: Partial<Refusal>): Outcome {
  const common = { type: "AuthsignalError", message: expect.any(String), attempts: 1, tellsSecret: false };
  return { refusal: { ...common, ...told } };
}

function busy(): Reply {
  return json(503, { message: "Busy" }, { "retry-after": "0" });
}

/** Sends these responses in order. */
function responding(...replies: readonly Reply[]): Open {
  return (loopback) => recordWith(loopback, (count) => replies[count - 1] ?? { status: 500 });
}

function silent(loopback: Lanes): Address {
  return recordWith(loopback, () => new Promise(() => {}));
}

function recordWith({ lane }: Lanes, reply: (count: number) => Reply | Promise<Reply>): Address {
  const received: Received[] = [];
  const apiUrl = lane((request) => reply(received.push(request)));
  return { apiUrl, received };
}

/** Closes the connection in the middle of a body whose first half would be a valid response. */
async function cutShort(): Promise<Address> {
  const body = JSON.stringify(user);
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${2 * body.length}\r\n\r\n`;
  const { url, [Symbol.asyncDispose]: close } = await serveRaw((socket) => {
    socket.once("data", () => socket.end(head + body));
  });
  return { apiUrl: url, received: [], close };
}
