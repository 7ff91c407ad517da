/** Why an attempt ended without a whole answer. Stays inside the road, which turns it into the error that callers see. */
export class AttemptFailure extends Error {
  readonly kind: "network_error" | "timeout" | "invalid_response";
  /** Whether any byte of the request can have reached the service. */
  sent: boolean;
  /** Whether another attempt would meet the same end. */
  readonly final: boolean;

  constructor(
    kind: AttemptFailure["kind"],
    message: string,
    { sent = true, final = false, cause }: { sent?: boolean; final?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.kind = kind;
    this.sent = sent;
    this.final = final;
  }
}

/** Codes of errors that come before the first byte leaves, as Node, Bun, Deno and undici name them. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
  "FailedToOpenSocket",
]);

/** Codes of a TLS handshake that was refused, by Node and OpenSSL. */
const UNTRUSTED = /^(CERT_|DEPTH_ZERO_|ERR_SSL_|ERR_TLS_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/;

/** Reads from an error of `node:http` or of a `fetch` what it says about the request. */
export function failureOf(error: unknown, sent?: boolean): AttemptFailure {
  if (error instanceof AttemptFailure) return error;
  const codes = codesOf(error);
  const untrusted = codes.some((code) => UNTRUSTED.test(code));
  const unsent = codes.length > 0 && codes.every((code) => NEVER_SENT.has(code) || UNTRUSTED.test(code));
  if (codes.some((code) => code.startsWith("HPE_"))) {
    return new AttemptFailure("invalid_response", "The answer is not HTTP", { cause: error });
  }
  const left = sent ?? !unsent;
  const message = untrusted
    ? "The service's certificate is not trusted, so nothing was sent"
    : left
      ? "The connection broke off before an answer came"
      : "The service could not be reached";
  const code = codes[0] === undefined ? "" : ` (${codes[0]})`;
  return new AttemptFailure("network_error", message + code, { sent: left, final: untrusted, cause: error });
}

function codesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  const codes = inner.flatMap((one) => codesOf(one, depth + 1));
  const own = "code" in error && typeof error.code === "string" ? [error.code] : [];
  return [...own, ...codes];
}
