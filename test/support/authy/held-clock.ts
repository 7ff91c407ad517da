import type { Clock } from "../../../src/authy/migrate/import/clock.ts";
import { settled } from "../manual-clock.ts";

/** A clock that moves only in `pass`. */
export class HeldClock implements Clock {
  #now = Date.UTC(2026, 0, 15);
  #waits: { until: number; end: () => void }[] = [];
  /** How long each wait was to be, in ms. */
  readonly asked: number[] = [];

  now = () => this.#now;
  random = () => 0.5;

  wait(ms: number, signal: AbortSignal): Promise<void> {
    this.asked.push(ms);
    return new Promise((resolve) => {
      this.#waits.push({ until: this.#now + ms, end: resolve });
      signal.addEventListener("abort", () => resolve());
    });
  }

  /** Lets time pass, and everything happen that follows from it. */
  async pass(ms: number): Promise<void> {
    this.#now += ms;
    const over = this.#waits.filter(({ until }) => until <= this.#now);
    this.#waits = this.#waits.filter((one) => !over.includes(one));
    for (const { end } of over) end();
    await settled();
  }
}
