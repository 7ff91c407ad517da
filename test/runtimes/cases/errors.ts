import { expect } from "vitest";
import { calls } from "../../contract/calls.ts";
import type { Received, Reply } from "../../contract/loopback.ts";
import { json } from "../../contract/recorder.ts";
import { firstSuccess, operationNamed } from "../../contract/spec.ts";
import { closedUrl, serveRaw } from "../../support/server.ts";
import type { CallTask, Carrier, Outcome, Refusal } from "../task.ts";
import type { Address, Case, Lanes, Open } from "./case.ts";
import { prism, requestOf } from "./contract.ts";

/** A call that goes wrong, or that nearly does. */
interface Trouble {
  readonly name: string;
  readonly open: Open;
  /** `getUser`, unless it is another. */
  readonly call?: typeof getUser;
  readonly options?: Pick<CallTask, "timeout" | "retries" | "abort">;
  readonly outcome: Outcome;
  /** How many requests the server receives; undefined where that is not seen. */
  readonly requests?: number;
}

const getUser = callOf("getUser");
/** A call that must never be sent twice: each one sends a code. */
const challenge = callOf("challenge");
const user = firstSuccess(getUser.operation).body;

/** Milliseconds that a call without a response may take. */
const SHORT = 500;

/**
 * Those that end without an answer follow others that left a connection open, on which they are sent.
 *
 * @param knowsUnsent Whether the runtime tells a connection that could not be made from one that broke off.
 */
const troublesOf = (knowsUnsent: boolean): readonly Trouble[] => [
  refusedBy(401, { errorCode: "unauthorized", mayHaveBeenProcessed: false }),
  refusedBy(403, { errorCode: "forbidden", mayHaveBeenProcessed: false }),
  refusedBy(404, { errorCode: "not_found", mayHaveBeenProcessed: false }),
  refusedBy(429, { errorCode: "too_many_requests", mayHaveBeenProcessed: false, retryAfter: 30_000 }),
  refusedBy(500, { errorCode: "invalid_response", mayHaveBeenProcessed: true }),
  {
    name: "an answer that is not JSON",
    open: answering({ status: 200, body: "<p>Sign in to the Wi-Fi</p>" }),
    options: { retries: 0 },
    outcome: refusal({ statusCode: 200, errorCode: "invalid_response", mayHaveBeenProcessed: true }),
    requests: 1,
  },
  {
    name: "a redirect",
    open: answering({ status: 307, headers: { location: "/elsewhere" } }),
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
    open: answering(busy(), busy(), json(200, user)),
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

/** Calls that go wrong, over one carrier. */
export function errorCases(carrier: Carrier, knowsUnsent: boolean): Case[] {
  return troublesOf(knowsUnsent).map(({ name, open, call = getUser, options, outcome, requests }) => ({
    group: `errors, ${carrier}`,
    name,
    open,
    task: (apiUrl) => ({
      ...{ kind: "call", client: "Authsignal", apiUrl, carrier },
      ...{ operation: call.operation.name, request: call.request, ...options },
    }),
    expected: { outcome, requests: requests === undefined ? undefined : Array.from({ length: requests }, call.sent) },
  }));
}

/** An operation with its usual request, and what that sends. */
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

/** Gives these answers, one after the other. */
function answering(...replies: readonly Reply[]): Open {
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

/** Closes the connection in the middle of a body whose first half would do as an answer. */
async function cutShort(): Promise<Address> {
  const body = JSON.stringify(user);
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${2 * body.length}\r\n\r\n`;
  const { url, [Symbol.asyncDispose]: close } = await serveRaw((socket) => {
    socket.once("data", () => socket.end(head + body));
  });
  return { apiUrl: url, received: [], close };
}
