import type { Clock } from "./clock.ts";
import { Interrupted, MigrationError } from "./error.ts";

/** How long the service may let nobody in before the migration gives up, in ms. */
const LONGEST_PAUSE = 15 * 60_000;

/** Holds all calls back while the service asks to wait. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #changed: (pausedUntil: number | undefined) => void;
  #closedUntil = 0;
  #lastPassed: number;

  /** @param changed Is told until when the gate is closed, and when that is over. */
  constructor(clock: Clock, signal: AbortSignal, changed: (pausedUntil: number | undefined) => void) {
    this.#clock = clock;
    this.#signal = signal;
    this.#changed = changed;
    this.#lastPassed = clock.now();
  }

  /** Waits until a call may be made. @throws Interrupted when the migration ends meanwhile. */
  async acquire(): Promise<void> {
    for (let left = this.#left(); left > 0; left = this.#left()) {
      await this.#clock.wait(left, this.#signal);
      if (this.#signal.aborted) throw new Interrupted();
    }
    if (this.#closedUntil === 0) return;
    this.#closedUntil = 0;
    this.#changed(undefined);
  }

  /** Tells that the service has let a call through. */
  recordSuccess(): void {
    this.#lastPassed = this.#clock.now();
  }

  /** Closes the gate for some milliseconds. @throws MigrationError when that takes too long. */
  pause(ms: number): void {
    const until = this.#clock.now() + ms;
    if (until - this.#lastPassed > LONGEST_PAUSE) {
      throw new MigrationError(
        `Authsignal asks to wait for longer than ${LONGEST_PAUSE / 60_000} minutes. Run the migration again later, or with less concurrency: it goes on where it was`,
      );
    }
    if (until <= this.#closedUntil) return;
    this.#closedUntil = until;
    if (ms > 0) this.#changed(until);
  }

  #left(): number {
    return this.#closedUntil - this.#clock.now();
  }
}
