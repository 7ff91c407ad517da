import { version } from "../../../generated/version.ts";
import { Webhook } from "../../webhook/webhook.ts";
import type { DeliveryAttempt } from "../state/rows.ts";

/** Carries a request to a receiver. */
export type Carrier = (request: Request) => Response | Promise<Response>;

/** What to send, where, and how. */
export interface Letter {
  readonly url: string;
  readonly body: string;
  /** The secret keys that sign it. */
  readonly keys: readonly string[];
  /** How long the whole answer may take, in milliseconds. */
  readonly timeout: number;
  readonly carrier: Carrier;
  /** Ends the attempt when it is aborted. */
  readonly ending: AbortController;
  /** Whether somebody waits, so that the process stays alive until the timeout. */
  readonly isAwaited: boolean;
}

/** How an attempt ended. */
export type Outcome = Omit<DeliveryAttempt, "at">;

/** How much of an answer is kept, in bytes. */
const MOST_KEPT = 2_000;

/** Whether an attempt was a success: the answer was 2xx, and whole. */
export function isSuccess({ status = 0, error }: Outcome): boolean {
  return error === undefined && status >= 200 && status < 300;
}

/**
 * Posts a body once. It is signed with real time, by which receivers tell how old it is; the tenant's clock may show
 * another one. Redirects are not followed.
 */
export async function attempt(letter: Letter): Promise<Outcome> {
  const { timeout, ending, isAwaited } = letter;
  const start = performance.now();
  const outcome: { status?: number | undefined; response?: string | undefined; error?: string | undefined } = {};
  const timer = setTimeout(() => ending.abort(new Error(`There was no whole answer within ${timeout} ms`)), timeout);
  if (!isAwaited) timer.unref();
  try {
    const response = await unless(ending.signal, carry(letter));
    outcome.status = response.status;
    const text = await unless(ending.signal, beginningOf(response, ending.signal));
    if (text !== "") outcome.response = text;
  } catch (error) {
    outcome.error = reasonOf(error);
  } finally {
    clearTimeout(timer);
  }
  return { ...outcome, duration: Math.round((performance.now() - start) * 1_000) / 1_000 };
}

async function carry({ url, body, keys, carrier, ending: { signal } }: Letter): Promise<Response> {
  const response = await carrier(
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
  if (typeof Object(response).status !== "number") throw new TypeError("The function fetch gave no Response");
  // Nobody reads an answer that comes too late.
  if (signal.aborted) await response.body?.cancel();
  return response;
}

/** Waits for something, but no longer than until a signal. @throws the reason of the signal. */
async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
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

/** Reads the beginning of an answer as text, and lets go of the rest. */
async function beginningOf({ body }: Response, signal: AbortSignal): Promise<string> {
  const reader = body?.getReader();
  if (!reader) return "";
  const letGo = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", letGo);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < MOST_KEPT) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
    }
  } finally {
    signal.removeEventListener("abort", letGo);
    letGo();
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MOST_KEPT), { stream: true });
}

/** Why there was no answer. What `fetch` throws has the reason as its cause. */
function reasonOf(error: unknown): string {
  const { cause, name } = Object(error);
  const { message, code } = Object(Object(cause).message === undefined ? error : cause);
  return String(message || code || name || "The function fetch failed");
}
