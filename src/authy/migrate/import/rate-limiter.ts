import type { Clock } from "./clock.ts";
import { Interrupted, MigrationError } from "./error.ts";

/** How long all calls may be delayed since the last success before the migration ends, in ms. */
const LONGEST_PAUSE = 15 * 60_000;

/** Delays all calls after a response with 429 or `Retry-After`. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #onChange: (pausedUntil: number | undefined) => void;
  #pausedUntil = 0;
  #lastSuccess: number;

  /** @param onChange Called with the end of each pause, and with undefined when the pause is over. */
  constructor(clock: Clock, signal: AbortSignal, onChange: (pausedUntil: number | undefined) => void) {
    this.#clock = clock;
    this.#signal = signal;
    this.#onChange = onChange;
    this.#lastSuccess = clock.now();
  }

  /** Waits until a call may be made. @throws Interrupted when the migration ends meanwhile. */
  async acquire(): Promise<void> {
    for (let left = this.#left(); left > 0; left = this.#left()) {
      await this.#clock.wait(left, this.#signal);
      if (this.#signal.aborted) throw new Interrupted();
    }
    if (this.#pausedUntil === 0) return;
    this.#pausedUntil = 0;
    this.#onChange(undefined);
  }

  /** Records a successful call. */
  recordSuccess(): void {
    this.#lastSuccess = this.#clock.now();
  }

  /** Delays all calls for some milliseconds. @throws MigrationError when no call has succeeded for too long. */
  pause(ms: number): void {
    const until = this.#clock.now() + ms;
    if (until - this.#lastSuccess > LONGEST_PAUSE) {
      throw new MigrationError(
        `Authsignal asks to wait for longer than ${LONGEST_PAUSE / 60_000} minutes. Run the migration again later, or with less concurrency: it goes on where it was`,
      );
    }
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    if (ms > 0) this.#onChange(until);
  }

  #left(): number {
    return this.#pausedUntil - this.#clock.now();
  }
}
