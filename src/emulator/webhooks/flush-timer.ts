import { LONGEST_TIMER } from "../../platform/timers.ts";
import type { TenantClock } from "../state/clock.ts";

/** Calls a function that sends what is due: in a microtask after a request, and at a time by the clock of the tenant. */
export class FlushTimer {
  readonly #clock: TenantClock;
  readonly #flush: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isRequested = false;
  #isClosed = false;

  /** @param flush Must not throw. */
  constructor(clock: TenantClock, flush: () => void) {
    this.#clock = clock;
    this.#flush = flush;
  }

  /** Whether the function is about to be called. */
  get isRequested(): boolean {
    return this.#isRequested;
  }

  /** Calls the function in a microtask, once for all requests until then. */
  request(): void {
    if (this.#isRequested || this.#isClosed) return;
    this.#isRequested = true;
    queueMicrotask(() => {
      this.#isRequested = false;
      if (!this.#isClosed) this.#flush();
    });
  }

  /**
   * Requests a call at a time, in milliseconds since 1970; infinity means never. The time replaces an earlier one.
   * While the clock is frozen nothing becomes due, so no timer is started; a change of the clock requests a call.
   */
  set(time: number): void {
    clearTimeout(this.#timer);
    if (time === Number.POSITIVE_INFINITY || this.#clock.isFrozen) return;
    this.#timer = setTimeout(() => this.request(), Math.min(time - this.#clock.milliseconds, LONGEST_TIMER));
    this.#timer.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
