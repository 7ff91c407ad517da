import { AttemptFailure } from "./attempt-failure.ts";
import type { Clock } from "./clock.ts";
import { fromNetworkError } from "./network-error.ts";
import type { Operation } from "./operation.ts";
import type { CallerSignal, RequestData } from "./request.ts";
import { type BufferedResponse, checkResponse } from "./response.ts";
import type { Stop, Transport } from "./transport.ts";

/** The result of an attempt: a success always has a response, a failure may have one, such as a 503. */
export type AttemptResult =
  | { readonly response: BufferedResponse; readonly failure: undefined }
  | { readonly response: BufferedResponse | undefined; readonly failure: AttemptFailure };

/**
 * Sends a request once, reads the whole response, headers and body, and checks it.
 * Settles when the timeout is over or the caller's signal fires, even if the transport ignores both.
 *
 * @param timeout For the whole attempt, in ms.
 * @throws The reason of the caller's signal, when it fires.
 */
export function attempt(
  transport: Transport,
  { url, method, headers, body, signal }: RequestData,
  operation: Operation | undefined,
  timeout: number,
  clock: Clock,
): Promise<AttemptResult> {
  return new Promise((resolve, reject) => {
    // A hook may have fired the signal just before.
    throwIfAborted(signal);
    // Stops the transport, and returns whether bytes of the request may have been sent. Replaced by `onStop`.
    let stop: Stop = () => true;
    const stopListening = onAbort(signal, () => {
      end();
      const reason = abortReason(signal);
      stop(reason);
      reject(reason);
    });
    const stopTimer = clock.after(timeout, () => {
      end();
      const mayHaveBeenSent = stop(new DOMException("No response came in time", "TimeoutError"));
      resolve(failed(timeoutFailure(mayHaveBeenSent)));
    });

    function end(): void {
      stopTimer();
      stopListening();
    }

    function onStop(callback: Stop): void {
      stop = callback;
    }

    transport(url, { method, headers: Object.fromEntries(headers), body, onStop })
      .then((result) => (result instanceof AttemptFailure ? failed(result) : checked(result, operation)))
      // `checked` may throw as well: it reads headers, which the caller's `fetch` may have made.
      .catch((error: unknown) => failed(fromNetworkError(error)))
      .then((result) => {
        end();
        resolve(result);
      });
  });
}

function failed(failure: AttemptFailure): AttemptResult {
  return { response: undefined, failure };
}

function checked(response: BufferedResponse, operation: Operation | undefined): AttemptResult {
  return { response, failure: checkResponse(response, operation) };
}

function timeoutFailure(mayHaveBeenProcessed: boolean): AttemptFailure {
  const description = "No response came in time. Raise the timeout, or check the way to apiUrl";
  return new AttemptFailure("timeout", description, { mayHaveBeenProcessed, isRetryable: true });
}

/** The only listener of this module on a signal, and the callbacks that the listener calls. */
interface AbortListener {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const listeners = new WeakMap<CallerSignal, AbortListener>();

/**
 * Calls `callback` when a signal fires. Returns a function that removes the callback.
 * All callbacks of a signal share one listener, because Node warns of a leak at eleven listeners. The listener is removed with
 * the last callback.
 */
export function onAbort(signal: CallerSignal | undefined, callback: () => void): () => void {
  if (!signal) return () => {};
  const found = listeners.get(signal) ?? newListener();
  const { callbacks, listener } = found;
  callbacks.add(callback);
  listeners.set(signal, found);
  // Has no effect if the signal has this listener already.
  signal.addEventListener("abort", listener);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) signal.removeEventListener("abort", listener);
  };
}

function newListener(): AbortListener {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const callback of callbacks) callback();
  };
  return { callbacks, listener };
}

/** @throws The reason of a signal that has fired. Signals of older libraries have no method `throwIfAborted`. */
export function throwIfAborted(signal: CallerSignal | undefined): void {
  if (signal?.aborted) throw abortReason(signal);
}

/** Returns the reason of a signal; an `AbortError` for signals of older libraries, which have none. */
function abortReason(signal: CallerSignal | undefined): unknown {
  return signal?.reason ?? new DOMException("This operation was aborted", "AbortError");
}
