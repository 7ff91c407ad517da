import { AttemptFailure } from "./attempt-failure.ts";
import { errorFields } from "./error-fields.ts";

/** Codes of errors that come before the first byte leaves, as Node, Bun, Deno and undici name them. */
const UNSENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket)$/;

/** The same, of errors that would come again: a certificate that is not trusted, an agent of another protocol. */
const PERMANENT = /^(CERT_|DEPTH_ZERO_|ERR_INVALID_|ERR_SSL_|ERR_TLS_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/;

/** Classes whose errors are bugs of the code that throws them, unless they tell of the network. */
const BUG = /^(Type|Reference|Range|Syntax|Eval|URI)Error$/;

/** What V8, JavaScriptCore and SpiderMonkey say of a value that is not what the code takes it for. */
const MISUSE =
  /is not (a|an|iterable|defined)\b|^cannot (read|set|destructure|convert|access)|undefined is|null is|has no properties/i;

/** What the errors of `fetch` say of a lost connection where they have neither code nor cause. */
const NETWORK = /fetch|network|connection|socket|internet|sending request|load failed|terminated|timed? ?out|abort/i;

const NO_HTTP = "The response is not HTTP. Does apiUrl lead to the service, with the right protocol and port?";
const LOST = "The connection broke off before a response came";
const NO_CONNECTION = "No connection was made. Check apiUrl, the network and any proxy";

/** What to change where no connection was made, by the code of the error. */
const HINTS: readonly [code: RegExp, hint: string][] = [
  [
    /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/,
    "The certificate of the service is not trusted. Check apiUrl, or trust its issuer with NODE_EXTRA_CA_CERTS",
  ],
  [/^(ENOTFOUND|EAI_AGAIN)$/, "The host of apiUrl was not found. Check apiUrl and the name server"],
  [/^ERR_INVALID_PROTOCOL$/, "The agent is for another protocol than that of apiUrl. Pass one for https:"],
];

/** Reads from an error of `node:http` or of a `fetch` what became of the request; `sent` is what a transport knows itself. */
export function fromNetworkError(cause: unknown, sent?: boolean): AttemptFailure {
  if (cause instanceof AttemptFailure) return cause;
  const codes = codesOf(cause);
  const has = (pattern: RegExp) => codes.some((code) => pattern.test(code));
  const processed = sent ?? !(has(UNSENT) || has(PERMANENT));
  if (isBug(cause)) return fromCallersBug(cause, processed);
  const isNoHttp = has(/^HPE_|HEADERS_OVERFLOW/);
  const what = isNoHttp ? NO_HTTP : processed ? LOST : (HINTS.find(([pattern]) => has(pattern))?.[1] ?? NO_CONNECTION);
  const description = codes[0] ? `${what} (${codes[0]})` : what;
  return new AttemptFailure(isNoHttp ? "invalid_response" : "network_error", description, {
    processed,
    retryable: sent || !has(PERMANENT),
    cause,
  });
}

/**
 * The same for what a transport threw at once: nothing was sent, and only an error of the network can go away.
 * @param thrower What threw it, as the caller knows it.
 */
export function fromThrow(cause: unknown, thrower: string): AttemptFailure {
  const { errorCode, description, retryable } = isBug(cause)
    ? fromCallersBug(cause, false, thrower)
    : fromNetworkError(cause, false);
  const isOfNetwork = codesOf(cause).some((code) => UNSENT.test(code)) || NETWORK.test(partsOf(cause).message);
  return new AttemptFailure(errorCode, description, { processed: false, retryable: retryable && isOfNetwork, cause });
}

/** A bug of the caller's `fetch` is no lost connection, and would come again. */
export function fromCallersBug(cause: unknown, processed: boolean, thrower = "The fetch function"): AttemptFailure {
  const { name, message } = partsOf(cause);
  const description = `${thrower} failed with an error of its own, which has to be fixed: ${name}: ${message}`;
  return new AttemptFailure("network_error", description, { processed, retryable: false, cause });
}

/** Whether an error tells of a bug in the code that threw it: a TypeError without code, cause or a word of the network. */
function isBug(error: unknown): boolean {
  const { name, message, code, inner } = partsOf(error);
  if (code !== undefined || inner.length > 0 || !BUG.test(name)) return false;
  return name !== "TypeError" || MISUSE.test(message) || !NETWORK.test(message);
}

/** The codes of an error and of its causes. */
function codesOf(error: unknown, depth = 0): string[] {
  if (!error || depth > 4) return [];
  const { code, inner } = partsOf(error);
  return [...(code === undefined ? [] : [code]), ...inner.flatMap((one) => codesOf(one, depth + 1))];
}

interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  /** The errors behind this one. */
  readonly inner: readonly unknown[];
}

/** Reads an error of any realm, whatever it is. */
function partsOf(error: unknown): ErrorParts {
  const { name, message, code, errors, cause } = errorFields(error);
  return {
    name: textOf(name) ?? "",
    message: textOf(message) ?? "",
    code: textOf(code),
    inner: Array.isArray(errors) ? errors : cause === undefined || cause === null ? [] : [cause],
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
