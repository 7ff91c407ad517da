import { fieldOf } from "../platform/fields.ts";
import { LONGEST_TIMER } from "../platform/timers.ts";
import type { AttemptFailure } from "./attempt-failure.ts";
import type { Clock } from "./clock.ts";
import type { Operation } from "./operation.ts";
import type { RequestData } from "./request.ts";

/**
 * The retry policy. A failed attempt is retried when all of this is true:
 *
 * 1. The call has retries left.
 * 2. The failure is retryable: its status is in `RETRYABLE_STATUSES`, its 2xx is not a response of the spec, or the network
 *    failed for a reason other than `PERMANENT_ERROR_CODES`.
 * 3. A retry is harmless: the operation is repeatable, or the service did not act on the request (`NOT_PROCESSED_STATUSES`,
 *    `UNSENT_ERROR_CODES`).
 * 4. The wait, and an attempt as long as the last one, end before the deadline.
 */

/** Statuses after which another attempt may succeed. */
const RETRYABLE_STATUSES = [408, 429, 500, 502, 503, 504];

/** Statuses that mean the service did not act on the request. A retry is harmless then, whatever the operation. */
const NOT_PROCESSED_STATUSES = [400, 401, 403, 404, 409, 422, 429];

/** Codes of errors that happen before the first byte is sent, as Node, Bun, Deno and undici name them. */
const UNSENT_ERROR_CODES =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket)$/;

/**
 * Codes of errors that happen before the first byte is sent, and again in every retry: a certificate that is not trusted, an
 * agent for another protocol.
 */
const PERMANENT_ERROR_CODES = /^(CERT_|DEPTH_ZERO_|ERR_INVALID_|ERR_SSL_|ERR_TLS_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/;

/** The upper bound of the first wait, in ms. It doubles with every retry, up to the longest. */
const FIRST_BACKOFF = 300;
const LONGEST_BACKOFF = 8_000;

/** Whether another attempt may succeed after a response of this status. */
export function isRetryableStatus(status: number): boolean {
  return RETRYABLE_STATUSES.includes(status);
}

/** Whether a response of this status means that the service did not act on the request. */
export function isNotProcessedStatus(status: number): boolean {
  return NOT_PROCESSED_STATUSES.includes(status);
}

/** Whether one of these error codes means that no byte of the request was sent. */
export function isUnsent(errorCodes: readonly string[]): boolean {
  return errorCodes.some((code) => UNSENT_ERROR_CODES.test(code));
}

/** Whether one of these error codes means that every retry would fail in the same way, before anything is sent. */
export function isPermanent(errorCodes: readonly string[]): boolean {
  return errorCodes.some((code) => PERMANENT_ERROR_CODES.test(code));
}

/** Whether a request may be sent twice without harm. The spec says so by `x-repeatable` of the operation. */
export function isRepeatable(request: RequestData, operation: Operation | undefined): boolean {
  if (operation?.repeatable === "with-key") return Boolean(fieldOf(request.value, "idempotencyKey"));
  return operation?.repeatable === "always";
}

/**
 * Returns the timeout of an attempt, in ms.
 * @param canRetryTimeout Whether a retry may follow a timeout: then the attempt gets half of the time that is left.
 */
export function attemptTimeout(timeLeft: number, canRetryTimeout: boolean): number {
  return canRetryTimeout ? timeLeft / 2 : timeLeft;
}

/** A failed attempt, and the call that it belongs to. */
export interface FailedAttempt {
  readonly failure: AttemptFailure;
  /** Undefined when no response came. */
  readonly response: { readonly headers: Headers } | undefined;
  /** How long the attempt took, in ms. */
  readonly duration: number;
  /** How many attempts of the call were made so far. */
  readonly attempts: number;
  /** How many retries the call may make. */
  readonly retries: number;
  /** Whether the request may be sent twice without harm. */
  readonly isRepeatable: boolean;
  /** The time until the deadline of the call, in ms. */
  readonly timeLeft: number;
}

/** Returns how long to wait before the next attempt, in ms; undefined if the call must end with this attempt. */
export function waitBeforeRetry(attempt: FailedAttempt, clock: Clock): number | undefined {
  const { failure, response, duration, attempts, retries, timeLeft } = attempt;
  const isHarmless = attempt.isRepeatable || !failure.mayHaveBeenProcessed;
  if (attempts > retries || !failure.isRetryable || !isHarmless) return undefined;
  const wait = retryAfter(response, clock.unixNow()) ?? backoff(attempts, clock);
  // The next response may take as long as this one. Without a response, the duration of an attempt predicts nothing.
  const timeNeeded = response ? wait + duration : wait;
  return timeNeeded < timeLeft ? wait : undefined;
}

/** Returns a random wait (full jitter) below an upper bound that doubles with every attempt. */
function backoff(attempts: number, clock: Clock): number {
  return clock.random() * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempts - 1));
}

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3: seconds or a date) as milliseconds from `now`, at most what a timer can hold.
 * Undefined if the header is missing or invalid.
 */
export function retryAfter(response: { readonly headers: Headers } | undefined, now: number): number | undefined {
  const text = response?.headers.get("retry-after")?.trim() ?? "";
  const wait = /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text) * 1000) : parseDate(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), LONGEST_TIMER);
}

/** Parses an HTTP date; NaN for any other text. `Date.parse` alone would take some texts, such as "Later 5", for a date. */
function parseDate(text: string): number {
  return /^[A-Z].*:\d/.test(text) ? Date.parse(text) : Number.NaN;
}
