import { onAbort, reasonOf } from "./abort.ts";
import { AttemptFailure, checkResponse } from "./attempt-failure.ts";
import type { Clock } from "./clock.ts";
import { fromNetworkError } from "./network-error.ts";
import type { Operation } from "./operation.ts";
import type { RequestData } from "./request.ts";
import type { BufferedResponse } from "./response.ts";
import type { Transport } from "./transport.ts";

/**
 * Sends a request once, reads the whole answer, headers and body, within `budget` ms, and judges it.
 * Settles as soon as the clock or the caller's signal ends it, even when the transport heeds neither; then it rejects
 * with the signal's own reason.
 */
export function attempt(
  transport: Transport,
  { url, method, headers, body, signal }: RequestData,
  operation: Operation | undefined,
  budget: number,
  clock: Clock,
): Promise<BufferedResponse | AttemptFailure> {
  return new Promise((resolve, reject) => {
    let stop: ((reason: unknown) => void) | undefined;
    const stopListening = onAbort(signal, () => {
      const reason = reasonOf(signal);
      stop?.(reason);
      reject(reason);
      settle();
    });
    const stopClock = clock.after(budget, () => {
      const stalled = new AttemptFailure(
        "timeout",
        "No response came in time. Raise the timeout, or check the way to apiUrl",
        { processed: true, retryable: true },
      );
      stop?.(stalled);
      settle(stalled);
    });

    function settle(result?: BufferedResponse | AttemptFailure): void {
      stopClock();
      stopListening();
      if (result) resolve(result);
    }

    function onStop(callback: (reason: unknown) => void): void {
      stop = callback;
    }

    transport(url, { method, headers: Object.fromEntries(headers), body, onStop })
      .then((answer) => settle(checkResponse(answer, operation)))
      .catch((error) => settle(fromNetworkError(error)));
  });
}

/** Waits, but no longer than until the caller's signal fires. */
export function pause(ms: number, signal: AbortSignal | undefined, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = onAbort(signal, end);
    const stopClock = clock.after(signal?.aborted ? 0 : ms, end);

    function end(): void {
      stopClock();
      stopListening();
      resolve();
    }
  });
}
