import type { Clock } from "../../src/http/clock.ts";

/** A clock that a test moves, and that records the timers it was asked for. */
export class ManualClock implements Clock {
  #now = 0;
  #timers = new Set<{ at: number; callback: () => void }>();
  /** The delay of each timer in ms, in the order of creation. */
  readonly delays: number[] = [];
  /** The next random number. */
  nextRandom = 0.5;

  monotonicNow = () => this.#now;
  unixNow = () => Date.UTC(2026, 0, 15) + this.#now;
  random = () => this.nextRandom;

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.delays.push(ms);
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers run. */
  get running(): number {
    return this.#timers.size;
  }

  /** Moves to the next timer, fires it, and waits until the code has reacted. */
  async tick(): Promise<void> {
    const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
    if (!next) throw new Error("No timer runs");
    this.#timers.delete(next);
    this.#now = next.at;
    next.callback();
    await settled();
  }

  /** Moves the time without firing a timer. */
  pass(ms: number): void {
    this.#now += ms;
  }
}

/** Waits until all promises have settled that wait for no timer and no input. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
