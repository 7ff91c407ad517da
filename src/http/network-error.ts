import { fieldOf } from "../platform/fields.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { isPermanent, isUnsent } from "./retry.ts";

/** Names of the errors that a bug throws. A `fetch` throws a TypeError for a lost connection, too. */
const BUG_NAMES = /^(Type|Reference|Range|Syntax|Eval|URI)Error$/;

/** Messages of V8, JavaScriptCore and SpiderMonkey for a value of a type that the code does not expect. */
const BUG_MESSAGES =
  /is not (a|an|iterable|defined)\b|^cannot (read|set|destructure|convert|access)|undefined is|null is|has no properties/i;

/** Messages of a `fetch` for a lost connection, where the error has neither code nor cause. */
const NETWORK_MESSAGES =
  /fetch|network|connection|socket|internet|sending request|load failed|terminated|timed? ?out|abort/i;

/** Codes of the parser of `node:http` and of undici for bytes that are not HTTP. */
const NOT_HTTP_CODES = /^HPE_|HEADERS_OVERFLOW/;

/** The depth to which the causes of an error are read: causes can form a cycle. */
const MAX_CAUSES = 5;

const NOT_HTTP = "The response is not HTTP. Does apiUrl lead to the service, with the right protocol and port?";
const CONNECTION_LOST = "The connection broke off before a response came";
const NOT_CONNECTED = "No connection was made. Check apiUrl, the network and any proxy";

/** What to change if no connection was made, by the code of the error. */
const HINTS: readonly [code: RegExp, hint: string][] = [
  [
    /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/,
    "The certificate of the service is not trusted. Check apiUrl, or trust its issuer with NODE_EXTRA_CA_CERTS",
  ],
  [/^(ENOTFOUND|EAI_AGAIN)$/, "The host of apiUrl was not found. Check apiUrl and the name server"],
  [/^ERR_INVALID_PROTOCOL$/, "The agent is for another protocol than that of apiUrl. Pass one for https:"],
];

/**
 * Creates the failure for an error of `node:http` or of a `fetch`.
 * @param mayHaveBeenSent Whether bytes of the request may have been sent. Default: true, unless the codes of the error rule
 *   that out.
 */
export function fromNetworkError(cause: unknown, mayHaveBeenSent = !isBeforeSending(codesOf(cause))): AttemptFailure {
  // Only a `fetch` can fail with a bug here: all errors of `node:http` have a code, and a bug has none.
  if (isBug(cause)) return fromCallerBug(cause, mayHaveBeenSent, "The fetch function");
  const codes = codesOf(cause);
  const isNotHttp = codes.some((code) => NOT_HTTP_CODES.test(code));
  const problem = isNotHttp ? NOT_HTTP : connectionProblem(codes, mayHaveBeenSent);
  return new AttemptFailure(
    isNotHttp ? "invalid_response" : "network_error",
    codes[0] ? `${problem} (${codes[0]})` : problem,
    // A permanent code before sending is a TLS handshake that fails each time. Bytes are sent after the handshake only: then
    // the same code means bytes that were damaged on their way, and a retry may succeed.
    { mayHaveBeenProcessed: mayHaveBeenSent, isRetryable: mayHaveBeenSent || !isPermanent(codes), cause },
  );
}

/**
 * Creates the failure for an error that was thrown before a promise was returned, so that nothing was sent. The failure is
 * retryable only if its code or message is one of the network.
 * @param thrower Names the code that threw it, for the message.
 */
export function fromSynchronousThrow(cause: unknown, thrower: string): AttemptFailure {
  if (isBug(cause)) return fromCallerBug(cause, false, thrower);
  const { errorCode, description, isRetryable } = fromNetworkError(cause, false);
  // The unsent codes are all codes of the network.
  const isOfNetwork = isUnsent(codesOf(cause)) || NETWORK_MESSAGES.test(textOf(cause, "message"));
  return new AttemptFailure(errorCode, description, {
    mayHaveBeenProcessed: false,
    isRetryable: isRetryable && isOfNetwork,
    cause,
  });
}

/**
 * Creates the failure for a bug of code that the caller passed, which a retry would not avoid. Its code is `network_error`,
 * because no response came.
 * @param thrower Names the code, for the message.
 */
export function fromCallerBug(cause: unknown, mayHaveBeenProcessed: boolean, thrower: string): AttemptFailure {
  const error = `${textOf(cause, "name")}: ${textOf(cause, "message")}`;
  const description = `${thrower} failed with an error of its own, which has to be fixed: ${error}`;
  return new AttemptFailure("network_error", description, { mayHaveBeenProcessed, isRetryable: false, cause });
}

/** Whether one of these error codes means that the error happened before a byte of the request was sent. */
function isBeforeSending(codes: readonly string[]): boolean {
  return isUnsent(codes) || isPermanent(codes);
}

function connectionProblem(codes: readonly string[], mayHaveBeenSent: boolean): string {
  if (mayHaveBeenSent) return CONNECTION_LOST;
  const [, hint] = HINTS.find(([pattern]) => codes.some((code) => pattern.test(code))) ?? [];
  return hint ?? NOT_CONNECTED;
}

/**
 * Whether an error is a bug of the code that threw it: an error without code and cause, with the name of a bug. A `fetch`
 * throws a TypeError for a failed connection, too: its message tells the two apart.
 */
function isBug(error: unknown): boolean {
  const name = textOf(error, "name");
  const message = textOf(error, "message");
  if (codeOf(error) !== undefined || causesOf(error).length > 0 || !BUG_NAMES.test(name)) return false;
  const isOfNetwork = name === "TypeError" && NETWORK_MESSAGES.test(message) && !BUG_MESSAGES.test(message);
  return !isOfNetwork;
}

/** Returns the codes of an error and of its causes, outermost first. */
function codesOf(error: unknown, depth = MAX_CAUSES): string[] {
  if (depth === 0) return [];
  const code = codeOf(error);
  const codesOfCauses = causesOf(error).flatMap((cause) => codesOf(cause, depth - 1));
  return code === undefined ? codesOfCauses : [code, ...codesOfCauses];
}

function codeOf(error: unknown): string | undefined {
  const code = fieldOf(error, "code");
  return typeof code === "string" ? code : undefined;
}

/** Returns the errors behind an error: its cause, or those of an `AggregateError`. */
export function causesOf(error: unknown): readonly unknown[] {
  const errors = fieldOf(error, "errors");
  if (Array.isArray(errors)) return errors;
  const cause = fieldOf(error, "cause");
  return cause === undefined || cause === null ? [] : [cause];
}

function textOf(error: unknown, field: "name" | "message"): string {
  const text = fieldOf(error, field);
  return typeof text === "string" ? text : "";
}
