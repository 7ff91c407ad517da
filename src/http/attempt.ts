import { type Answer, readWhole } from "./answer.ts";
import type { Clock } from "./clock.ts";
import { AttemptFailure, failureOf } from "./failure.ts";
import type { LightRequest } from "./request.ts";
import type { Transport } from "./transport.ts";

/** Ends a wait: the caller's signal fired. Holds the caller's own reason, which is rethrown untouched. */
export class Aborted {
  constructor(readonly reason: unknown) {}
}

/**
 * Sends a request once and reads the whole answer, headers and body, within `budget` ms.
 * Settles as soon as the clock or the caller's signal ends it, even when the transport heeds neither.
 */
export function attempt(
  transport: Transport,
  { url, method, headers, payload, signal }: LightRequest,
  budget: number,
  clock: Clock,
): Promise<Answer | AttemptFailure | Aborted> {
  return new Promise((resolve) => {
    const controller = new AbortController();
    const stopClock = clock.after(budget, () => {
      const stalled = new AttemptFailure("timeout", "The service did not answer in time");
      controller.abort(stalled);
      settle(stalled);
    });
    signal?.addEventListener("abort", onAbort);

    function onAbort(): void {
      controller.abort(signal?.reason);
      settle(new Aborted(signal?.reason));
    }
    function settle(result: Answer | AttemptFailure | Aborted): void {
      stopClock();
      signal?.removeEventListener("abort", onAbort);
      resolve(result);
    }

    const body = payload === undefined ? {} : { body: payload.text };
    transport(url, { method, headers, ...body, signal: controller.signal, redirect: "manual" })
      .then((response) => readWhole(response, url))
      .then(settle, (error) => settle(failureOf(error)));
  });
}

/** Waits, but no longer than until the caller's signal fires. */
export function pause(ms: number, signal: AbortSignal | undefined, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const stopClock = clock.after(signal?.aborted ? 0 : ms, end);
    signal?.addEventListener("abort", end);

    function end(): void {
      stopClock();
      signal?.removeEventListener("abort", end);
      resolve();
    }
  });
}
