import { version } from "../../../generated/version.ts";
import { fieldOf } from "../../platform/fields.ts";
import { Webhook } from "../../webhook/webhook.ts";
import type { DeliveryAttempt } from "../state/rows.ts";

/** Sends a request to the receiver of events. */
export type WebhookFetch = (request: Request) => Response | Promise<Response>;

/** One signed request to a receiver. */
export interface WebhookRequest {
  readonly url: string;
  readonly body: string;
  /** The secret keys that sign it. */
  readonly keys: readonly string[];
  /** How long the whole response may take, in milliseconds. */
  readonly timeout: number;
  readonly fetch: WebhookFetch;
  /** Ends the attempt when it is aborted. */
  readonly abort: AbortController;
  /** Whether the timeout keeps the process alive, because a caller waits for the result. */
  readonly isAwaited: boolean;
}

/** How an attempt ended. */
export type AttemptResult = Omit<DeliveryAttempt, "at">;

/** How much of a response is kept, in bytes. */
const MAX_KEPT_BYTES = 2_000;

/** Whether an attempt was a success: the response was 2xx, and complete. */
export function isSuccess({ status = 0, error }: AttemptResult): boolean {
  return error === undefined && status >= 200 && status < 300;
}

/**
 * Sends a request once. The signature has real time, because receivers compare it with their own clock; the tenant's clock
 * may show another one. Redirects are not followed.
 */
export async function attempt(request: WebhookRequest): Promise<AttemptResult> {
  const { timeout, abort, isAwaited } = request;
  const start = performance.now();
  const result: { status?: number | undefined; response?: string | undefined; error?: string | undefined } = {};
  const timer = setTimeout(() => abort.abort(new Error(`There was no whole answer within ${timeout} ms`)), timeout);
  if (!isAwaited) timer.unref();
  try {
    const response = await orAbort(abort.signal, send(request));
    result.status = response.status;
    const text = await orAbort(abort.signal, readBeginning(response, abort.signal));
    if (text !== "") result.response = text;
  } catch (error) {
    result.error = reasonOf(error);
  } finally {
    clearTimeout(timer);
  }
  return { ...result, duration: Math.round((performance.now() - start) * 1_000) / 1_000 };
}

async function send({ url, body, keys, fetch, abort: { signal } }: WebhookRequest): Promise<Response> {
  const response = await fetch(
    new Request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": `authsignal-emulator/${version}`,
        "x-signature-v2": new Webhook(keys).sign(body),
      },
      body,
      redirect: "manual",
      signal,
    }),
  );
  if (typeof fieldOf(response, "status") !== "number") throw new TypeError("The function fetch gave no Response");
  // The body of a late response is never read: cancel it, so that its connection is released.
  if (signal.aborted) await response.body?.cancel();
  return response;
}

/** Waits for a promise until a signal is aborted. @throws the reason of the signal. */
async function orAbort<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Reads the beginning of a body as text, and cancels the rest. */
async function readBeginning({ body }: Response, signal: AbortSignal): Promise<string> {
  const reader = body?.getReader();
  if (!reader) return "";
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < MAX_KEPT_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
  // `stream` leaves out a character that is cut in two.
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MAX_KEPT_BYTES), { stream: true });
}

/** Returns why there was no response. `fetch` throws errors whose cause has the reason. */
function reasonOf(error: unknown): string {
  const cause = fieldOf(error, "cause");
  const source = fieldOf(cause, "message") === undefined ? error : cause;
  const reason = [fieldOf(source, "message"), fieldOf(source, "code"), fieldOf(error, "name")].find(
    (text) => typeof text === "string" && text !== "",
  );
  return typeof reason === "string" ? reason : "The function fetch failed";
}
