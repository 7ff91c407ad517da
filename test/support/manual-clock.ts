import type { Clock } from "../../src/http/clock.ts";

/** A clock that moves only when told to, and writes down what it was asked for. */
export class ManualClock implements Clock {
  #now = 0;
  #timers = new Set<{ at: number; callback: () => void }>();
  /** How long each timer was to run, in ms, in the order of their making. */
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

  /** Moves on to the next timer and lets everything that follows from it happen. */
  async tick(): Promise<void> {
    const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
    if (!next) throw new Error("No timer runs");
    this.#timers.delete(next);
    this.#now = next.at;
    next.callback();
    await settled();
  }

  /** Lets time pass without any timer going off. */
  pass(ms: number): void {
    this.#now += ms;
  }
}

/** Waits until all promises that can settle by themselves have. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
