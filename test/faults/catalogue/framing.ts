import type { Fault, Outcome, Scene } from "../fault.ts";
import { CHUNKED, chunks, goodResponse, head, json, LAST_CHUNK, response } from "../responses.ts";
import { CLOSE, type Step } from "../script.ts";
import { BROKEN_HEAD, GOOD, goodOr, LATE, maybe, NO_HTTP, unusable } from "./outcomes.ts";

/** The service carries out the request and sends a response in an unusual form. */
function responding(name: string, outcome: Outcome, script: (text: string, scene: Scene) => Step[]): Fault {
  return {
    name,
    when: "request",
    acts: true,
    script: (scene) => script(JSON.stringify(scene.good), scene),
    outcome,
    passes: true,
  };
}

function bodyWith(length: string | number): (text: string) => Step[] {
  return (text) => [head(200, `content-length: ${length}`), text];
}

const byteLength = (text: string) => Buffer.byteLength(text);

/** Violations of HTTP after the status line. Parsers find them early or late. */
const FORBIDDEN = maybe(BROKEN_HEAD, 200);

const lengths: Fault[] = [
  responding("short content-length", FORBIDDEN, bodyWith(5)),
  responding("content-length short of spaces", goodOr(FORBIDDEN), (text) => [
    head(200, `content-length: ${byteLength(text)}`),
    `${text}       `,
  ]),
  responding("long content-length, then close", unusable(), (text) => [
    head(200, `content-length: ${byteLength(text) + 1}`),
    text,
    CLOSE,
  ]),
  {
    ...responding("long content-length, then silence", maybe(LATE, 200), (text) => [
      head(200, `content-length: ${byteLength(text) + 1}`),
      text,
    ]),
    isSlow: true,
  },
  responding("the same content-length twice", goodOr(NO_HTTP), (text) => [
    head(200, `content-length: ${byteLength(text)}`, `content-length: ${byteLength(text)}`),
    text,
  ]),
  responding("two content-lengths", NO_HTTP, (text) => [
    head(200, `content-length: ${byteLength(text)}`, "content-length: 5"),
    text,
  ]),
  responding("garbage content-length", NO_HTTP, bodyWith("many")),
  responding("endless content-length", NO_HTTP, bodyWith("9".repeat(40))),
  responding("negative content-length", NO_HTTP, bodyWith(-1)),
  responding("content-length zero", FORBIDDEN, bodyWith(0)),
  responding("content-length beside chunks", NO_HTTP, (text) => [
    head(200, CHUNKED, `content-length: ${byteLength(text)}`),
    chunks(text),
    LAST_CHUNK,
  ]),
];

const chunked: Fault[] = [
  responding("good chunks", GOOD, (text) => [head(200, CHUNKED), chunks(text.slice(0, 9), text.slice(9)), LAST_CHUNK]),
  responding("chunks with extensions and trailers", GOOD, (text) => [
    head(200, CHUNKED),
    chunks(text).replace("\r\n", ";a=b\r\n"),
    "0\r\ntrailer: t\r\n\r\n",
  ]),
  responding("garbage for the size of a chunk", FORBIDDEN, () => [head(200, CHUNKED), "zz\r\n{}\r\n", LAST_CHUNK]),
  responding("huge size of a chunk", FORBIDDEN, () => [head(200, CHUNKED), `${"f".repeat(20)}\r\n{}\r\n`]),
  responding("chunk longer than its size", FORBIDDEN, (text) => [head(200, CHUNKED), `4\r\n${text}\r\n`, LAST_CHUNK]),
  responding("chunks without an end, then garbage", FORBIDDEN, (text) => [
    head(200, CHUNKED),
    chunks(text),
    "\0\0\r\n",
  ]),
  responding("unknown transfer-encoding", FORBIDDEN, (text) => [head(200, "transfer-encoding: rot13"), text, CLOSE]),
].map((fault) => (fault.name.startsWith("unknown") ? { ...fault, outcome: goodOr(FORBIDDEN) } : fault));

const headers: Fault[] = [
  ["NUL in a header", NO_HTTP, "x: a\0b"],
  ["header without a colon", NO_HTTP, "nonsense"],
  ["header with a space in its name", goodOr(NO_HTTP), "x y: z"],
  ["header without a name", goodOr(NO_HTTP), ": z"],
  ["folded header", goodOr(NO_HTTP), "x: a\r\n b"],
  ["header that is not ASCII", GOOD, "x: \u00e9\u00ff"],
  ["header of 1 MB", NO_HTTP, `x: ${"a".repeat(1024 * 1024)}`],
  ["10,000 headers", NO_HTTP, Array.from({ length: 10_000 }, (_, index) => `x-${index}: y`).join("\r\n")],
].map(([name, outcome, line]) =>
  responding(String(name), Object(outcome), (text) => [response(200, text, String(line))]),
);

const starts: Fault[] = [
  responding("no HTTP at all", NO_HTTP, () => ["SSH-2.0-OpenSSH_9.6\r\n", CLOSE]),
  responding("a response of HTTP/2", NO_HTTP, () => [new Uint8Array([0, 0, 0, 4, 0, 0, 0, 0, 0]), CLOSE]),
  responding("a body without headers", NO_HTTP, (text) => [text, CLOSE]),
  responding("response of HTTP/1.0, ended by the connection", GOOD, (text) => ["HTTP/1.0 200 OK\r\n\r\n", text, CLOSE]),
  responding("cut response of HTTP/1.0", unusable(), (text) => ["HTTP/1.0 200 OK\r\n\r\n", text.slice(0, -4), CLOSE]),
  responding("response of HTTP/9.9", goodOr(NO_HTTP), (text) => [
    `HTTP/9.9 200 OK\r\ncontent-length: ${byteLength(text)}\r\n\r\n`,
    text,
  ]),
  responding("lines that end without a carriage return", goodOr(NO_HTTP), (text) => [
    `${head(200, `content-length: ${byteLength(text)}`).replaceAll("\r", "")}${text}`,
  ]),
  responding("empty lines before the response", goodOr(NO_HTTP), (_text, { good }) => ["\r\n\r\n", goodResponse(good)]),
  responding("status without a reason", GOOD, (text) => [response("200", text)]),
  responding("status of four digits", NO_HTTP, (text) => [response(2000, text)]),
  responding("status 000", maybe(NO_HTTP, 0), (text) => [response("000 Zero", text)]),
  { ...responding("status 099", maybe(NO_HTTP, 99), (text) => [response("099 Low", text)]), passes: false },
  { ...responding("status 999", unusable(999), (text) => [response(999, text)]), passes: false },
];

const LINES = Buffer.from("x: y\r\n".repeat(1_000));
const TINY_CHUNKS = Buffer.from(chunks("x").repeat(9_999));
const LETTERS = Buffer.alloc(64 * 1024, "x");

/** Responses without end that are sent as fast as they are read. */
const endless: Fault[] = [
  responding("headers without end", NO_HTTP, () => ["HTTP/1.1 200 OK\r\n", { flood: LINES }]),
  responding("body without end", unusable(), () => [head(200), { flood: LETTERS }]),
  responding("body of an error without end", unusable(500), () => [head(500), { flood: LETTERS }]),
  // A parser may also read these until the deadline.
  ...[
    responding("tiny chunks without end", FORBIDDEN, () => [head(200, CHUNKED), { flood: TINY_CHUNKS }]),
    responding("reason without end", NO_HTTP, () => ["HTTP/1.1 200 ", { flood: LETTERS }]),
    responding("trailers without end", FORBIDDEN, () => [head(200, CHUNKED), "0\r\n", { flood: LINES }]),
  ].map((fault) => ({
    ...fault,
    outcome: { ...fault.outcome, codes: [...fault.outcome.codes, "timeout"] },
    isSlow: true,
  })),
];

/** A client may fail at once or wait until its deadline. */
const NEVER: Outcome = { codes: [...LATE.codes, ...NO_HTTP.codes], statuses: [undefined] };

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const EARLY = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n";
const UPGRADE = head("101 Switching Protocols", "connection: upgrade", "upgrade: websocket");

const informational: Fault[] = [
  responding("100, then the response", GOOD, (_text, { good }) => [CONTINUE, goodResponse(good)]),
  responding("102, then the response", GOOD, (_text, { good }) => [
    "HTTP/1.1 102 Processing\r\n\r\n",
    goodResponse(good),
  ]),
  responding("103, then the response", GOOD, (_text, { good }) => [EARLY, goodResponse(good)]),
  responding("100 a thousand times, then the response", GOOD, (_text, { good }) => [
    CONTINUE.repeat(1_000),
    goodResponse(good),
  ]),
  responding("100, then close", BROKEN_HEAD, () => [CONTINUE, CLOSE]),
  { ...responding("100, then silence", LATE, () => [CONTINUE]), isSlow: true },
  { ...responding("100 for ever, slowly", LATE, () => [{ trickle: CONTINUE }]), isSlow: true },
  { ...responding("100 for ever, fast", NEVER, () => [{ flood: Buffer.from(CONTINUE.repeat(100)) }]), isSlow: true },
  responding("unasked 101", maybe(BROKEN_HEAD, 101), () => [UPGRADE]),
  responding("unasked 101, then the response", maybe(BROKEN_HEAD, 101), (_text, { good }) => [
    UPGRADE,
    goodResponse(good),
  ]),
  responding("unasked 101 without an upgrade", goodOr(maybe(BROKEN_HEAD, 101)), (_text, { good }) => [
    "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    goodResponse(good),
  ]),
];

/** Successes that are not 200. */
const successes: Fault[] = [
  responding("201 with the body", GOOD, (_text, { good }) => [json(201, good)]),
  responding("204 without a body", unusable(204), () => [head(204)]),
  responding("204 with a body", { codes: ["invalid_response"], statuses: [204, undefined] }, (text) => [
    response(204, text),
  ]),
  responding("205 without a body", unusable(205), () => [response(205, "")]),
  responding("205 with a body", goodOr(unusable(205)), (text) => [response(205, text)]),
  responding("206 without a body", unusable(206), () => [response(206, "")]),
  responding("206 with a part of the body", unusable(206), (text) => [response(206, text.slice(0, 8))]),
  responding("206 with the whole body", goodOr(unusable(206)), (text) => [response(206, text)]),
];

export const FRAMING: Fault[] = [
  ...lengths,
  ...chunked,
  ...headers,
  ...starts,
  ...endless,
  ...informational,
  ...successes,
];
