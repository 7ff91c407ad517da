import type { Clock } from "../../src/http/clock.ts";

/** A clock that a test moves, and that records its timers. */
export class ManualClock implements Clock {
  #now = 0;
  #timers = new Set<{ at: number; callback: () => void }>();
  /** The durations of all timers in ms, in the order of their creation. */
  readonly asked: number[] = [];
  chance = 0.5;

  now = () => this.#now;
  date = () => Date.UTC(2026, 0, 15) + this.#now;
  random = () => this.chance;

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.asked.push(ms);
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get running(): number {
    return this.#timers.size;
  }

  /** Moves the clock to the next timer, runs it, and waits until its effects have settled. */
  async tick(): Promise<void> {
    const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
    if (!next) throw new Error("No timer runs");
    this.#timers.delete(next);
    this.#now = next.at;
    next.callback();
    await settled();
  }

  /** Moves the clock without running a timer. */
  pass(ms: number): void {
    this.#now += ms;
  }
}

/** Waits until all promises that can settle without a timer have settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
