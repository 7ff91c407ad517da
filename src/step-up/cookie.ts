import { isEqualInConstantTime } from "../platform/constant-time.ts";
import { hmacSha256 } from "../platform/hmac.ts";
import { headerValues } from "../platform/request-headers.ts";

/** An attempt that a browser has begun: the signed part of its cookie. */
export interface BegunAttempt {
  readonly idempotencyKey: string;
  readonly userId: string;
  readonly action: string;
  /** In Unix milliseconds. */
  readonly expiresAt: number;
}

/** A cookie of this handler, as a browser sends it back. */
export interface AttemptCookie extends BegunAttempt {
  /** The token of the challenge; empty before the user comes back from the challenge. */
  readonly token: string;
}

/** `step-up=<payload>:<signature>:<token>`; the token may be empty. */
const COOKIE = /(?:^|;)\s*step-up=([^;:]+):([^;:]+):([\w.-]*)(?=\s*(?:;|$))/g;
const TOKEN = /^[\w.-]+$/;

/**
 * Returns the cookie of an attempt, as `name=value`. The payload is signed; the token is not, because the service validates it.
 * A token with characters that no token has is left out.
 */
export function attemptCookie(secret: string, attempt: BegunAttempt, token = ""): string {
  const { idempotencyKey, userId, action, expiresAt } = attempt;
  const payload = encodeURIComponent(JSON.stringify([idempotencyKey, userId, action, expiresAt]));
  return `step-up=${payload}:${signatureOf(secret, payload)}:${TOKEN.test(token) ? token : ""}`;
}

/** Returns the cookies in a request that this secret has signed. */
export function attemptCookies(request: unknown, secret: string): AttemptCookie[] {
  const header = headerValues(request, "cookie").join("; ");
  return [...header.matchAll(COOKIE)].flatMap(([, payload = "", signature = "", token = ""]) => {
    if (!isEqualInConstantTime(signatureOf(secret, payload), signature)) return [];
    // The payload has this form, because it is signed and only `attemptCookie` signs payloads.
    const fields: [string, string, string, number] = JSON.parse(decodeURIComponent(payload));
    const [idempotencyKey, userId, action, expiresAt] = fields;
    return [{ idempotencyKey, userId, action, expiresAt, token }];
  });
}

/** Signs a payload. The signed text begins with its purpose, so that no other text signed with the secret passes for a cookie. */
function signatureOf(secret: string, payload: string): string {
  return hmacSha256(secret, `authsignal-step-up:${payload}`);
}
