import { BOTH, type Fault } from "../fault.ts";
import { CHUNKED, chunks, goodResponse, head, response } from "../responses.ts";
import { CLOSE, RESET, type Step } from "../script.ts";
import { BROKEN_HEAD, GOOD, goodOr, LATE, maybe, UNANSWERED, unusable } from "./outcomes.ts";

/** An address of this machine without a listener. */
const NO_LISTENER = "127.0.0.2";

const BODY = '{"isEnrolled":true,"success":true,"state":"ALLOW"';
const LONGER = `content-length: ${BODY.length + 20}`;

/** There is no connection. */
const unreachable: Fault[] = [
  { name: "refused connection", host: "refused.localhost", lookup: [NO_LISTENER] },
  { name: "unknown host", host: "unknown.localhost", lookup: "ENOTFOUND" as const },
  { name: "silent name server", host: "unknown.localhost", lookup: "EAI_AGAIN" as const },
].map((fault) => ({ ...fault, outcome: UNANSWERED, passes: true, harmlessTo: BOTH }));

/** The name resolves to two addresses, the first without a listener. */
const halfReachable: Fault = {
  name: "refused connection to the first of two addresses",
  host: "refused.localhost",
  lookup: [NO_LISTENER, "127.0.0.1"],
  outcome: GOOD,
  passes: true,
};

/** The server ends the connection; the bytes before that decide how much of the response the client has. */
function ending(name: string, before: (good: object) => Step[], outcome: Fault["outcome"]): Fault[] {
  return [CLOSE, RESET].map((end) => ({
    name: `${end.end} ${name}`,
    when: "request",
    acts: true,
    script: ({ good }) => [...before(good), end],
    // A reset may overtake what was sent before.
    outcome:
      end === RESET
        ? { ...outcome, codes: [...outcome.codes, ...UNANSWERED.codes], statuses: [...outcome.statuses, undefined] }
        : outcome,
    passes: true,
  }));
}

const broken: Fault[] = [
  { name: "close on accept", when: "connection", script: () => [CLOSE], outcome: UNANSWERED, passes: true },
  { name: "reset on accept", when: "connection", script: () => [RESET], outcome: UNANSWERED, passes: true },
  { name: "close inside the request", when: "first bytes", script: () => [CLOSE], outcome: UNANSWERED, passes: true },
  { name: "reset inside the request", when: "first bytes", script: () => [RESET], outcome: UNANSWERED, passes: true },
  ...ending("after the request", () => [], UNANSWERED),
  ...ending("inside the status line", () => ["HTTP/1.1 20"], BROKEN_HEAD),
  ...ending("inside the headers", () => ["HTTP/1.1 200 OK\r\ncontent-le"], BROKEN_HEAD),
  ...ending("after the headers", () => [head(200, LONGER)], unusable()),
  ...ending("inside the body", () => [head(200, LONGER), BODY], unusable()),
  ...ending("inside a chunk", () => [head(200, CHUNKED), `40\r\n${BODY}`], unusable()),
  ...ending("before the last chunk", (good) => [head(200, CHUNKED), chunks(JSON.stringify(good))], unusable()),
  ...ending("after the response", (good) => [goodResponse(good)], GOOD),
];

/** The server does not wait for the request before it responds. */
const hasty: Fault[] = [
  { name: "503 on accept, then close", when: "connection" as const, script: () => [response(503, ""), CLOSE] },
  {
    name: "503 inside the request, then close",
    when: "first bytes" as const,
    script: () => [response(503, ""), CLOSE],
  },
].map((fault) => ({ ...fault, outcome: maybe(BROKEN_HEAD, 503), passes: true }));

/** The first deletion is carried out and gets no response, so that the retry gets a 404, whose error must not deny the first. */
const gone: Fault[] = [
  { name: "close after a deletion, which the next one misses", end: CLOSE },
  { name: "reset after a deletion, which the next one misses", end: RESET },
].map(({ name, end }) => ({
  name,
  when: "request",
  acts: true,
  isGoneForGood: true,
  script: () => [end],
  outcome: { codes: ["network_error", "not_found"], statuses: [undefined, 404] },
  passes: false,
}));

/** The connection stays open, and the response does not end. */
function hanging(name: string, script: () => Step[], outcome = LATE): Fault {
  return { name, when: "request", acts: true, script, outcome, passes: true, isSlow: true };
}

const slow: Fault[] = [
  { name: "accept without reading", when: "connection", outcome: LATE, passes: true, isSlow: true },
  hanging("hang after the request", () => []),
  hanging("hang inside the status line", () => ["HTTP/1.1 20"]),
  hanging("hang inside the headers", () => ["HTTP/1.1 200 OK\r\ncontent-le"]),
  hanging("hang after the headers", () => [head(200, LONGER)], maybe(LATE, 200)),
  hanging("hang inside the body", () => [head(200, LONGER), BODY], maybe(LATE, 200)),
  hanging("hang inside a chunk", () => [head(200, CHUNKED), `40\r\n${BODY}`], maybe(LATE, 200)),
  hanging("hang before the last chunk", () => [head(200, CHUNKED), chunks(`${BODY}}`)], maybe(LATE, 200)),
  hanging("hang in the body of an error", () => [head(500, LONGER), BODY], maybe(LATE, 500)),
  hanging(
    "trickle in the body of an error",
    () => [head(500, "content-length: 1000000"), { trickle: " " }],
    maybe(LATE, 500),
  ),
  hanging("trickle in the status line", () => ["HTTP/1.1 200 ", { trickle: "o" }]),
  hanging("trickle in the headers", () => ["HTTP/1.1 200 OK\r\n", { trickle: "a: b\r\n" }]),
  hanging("trickle in the body", () => [head(200, "content-length: 1000000"), { trickle: " " }], maybe(LATE, 200)),
  hanging("trickle in chunks", () => [head(200, CHUNKED), { trickle: "1\r\n \r\n" }], maybe(LATE, 200)),
];

/** A connection that was kept from an earlier call. */
const kept: Fault[] = [
  { name: "kept connection closed with the earlier response", earlier: (good: Uint8Array) => [good, CLOSE] },
  { name: "kept connection closed at the next request", when: "first bytes" as const, script: () => [CLOSE] },
  { name: "kept connection reset at the next request", when: "first bytes" as const, script: () => [RESET] },
  {
    name: "kept connection closed after the next request",
    when: "request" as const,
    script: () => [CLOSE],
    acts: true,
  },
  { name: "kept connection reset after the next request", when: "request" as const, script: () => [RESET], acts: true },
].map((fault) => ({
  earlier: (good: Uint8Array) => [good],
  outcome: fault.when ? UNANSWERED : goodOr(UNANSWERED),
  passes: true,
  ...fault,
}));

/** Bytes after the earlier response may be read as the response to the next request. */
const poisoned: Fault[] = [
  {
    name: "two responses to the earlier request",
    earlier: (good) => [Buffer.concat([good, goodResponse({ isEnrolled: false })])],
    outcome: goodOr(BROKEN_HEAD),
    passes: true,
  },
  {
    name: "408 behind the earlier response, then close",
    earlier: (good) => [Buffer.concat([good, response(408, "")]), CLOSE],
    outcome: goodOr(maybe(BROKEN_HEAD, 408)),
    passes: true,
  },
];

export const CONNECTIONS: Fault[] = [
  ...unreachable,
  halfReachable,
  ...broken,
  ...hasty,
  ...gone,
  ...slow,
  ...kept,
  ...poisoned,
];
