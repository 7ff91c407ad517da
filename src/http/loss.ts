import { Verdict } from "./verdict.ts";

/** Codes of errors that come before the first byte leaves, as Node, Bun, Deno and undici name them. */
const UNSENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket)$/;

/** The same, of errors that would come again: a certificate that is not trusted, an agent of another protocol. */
const HOPELESS = /^(CERT_|DEPTH_ZERO_|ERR_INVALID_|ERR_SSL_|ERR_TLS_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/;

/** Reads from an error of `node:http` or of a `fetch` what became of the request; `sent` is what a transport knows itself. */
export function lossOf(cause: unknown, sent?: boolean): Verdict {
  if (cause instanceof Verdict) return cause;
  const codes = codesOf(cause);
  const has = (pattern: RegExp) => codes.some((code) => pattern.test(code));
  const processed = sent ?? !(has(UNSENT) || has(HOPELESS));
  const [errorCode, what] = has(/^HPE_|HEADERS_OVERFLOW/)
    ? ["invalid_response", "The answer is not HTTP"]
    : ["network_error", processed ? "The connection broke off" : "No connection was made"];
  const description = codes[0] ? `${what} (${codes[0]})` : what;
  return new Verdict(errorCode, description, { processed, passing: sent || !has(HOPELESS), cause });
}

/** The codes of an error and of its causes, whatever realm they come from. */
function codesOf(error: unknown, depth = 0): string[] {
  if (!error || depth > 4) return [];
  const { code, errors, cause }: { code?: unknown; errors?: unknown; cause?: unknown } = Object(error);
  const inner = Array.isArray(errors) ? errors : [cause];
  return [...(typeof code === "string" ? [code] : []), ...inner.flatMap((one) => codesOf(one, depth + 1))];
}
