import type { Fault } from "./rows.ts";

/** Lets calls go wrong on demand. */
export class Faults {
  #faults: Fault[] = [];
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Adds a fault. Of several that fit a call, the oldest happens. */
  add(fault: Fault): void {
    this.#faults.push({ ...fault });
  }

  /** The faults that are still to come. */
  list(): readonly Fault[] {
    return this.#faults;
  }

  /** Lets all calls succeed again. */
  clear(): void {
    this.#faults = [];
  }

  /** The fault that happens to a call, if any; it is one less to come. */
  take(operation: string): Fault | undefined {
    const fault = this.#faults.find(
      ({ operations, probability = 1 }) => (operations?.includes(operation) ?? true) && this.#random() < probability,
    );
    if (!fault) return undefined;
    this.#faults = this.#faults.flatMap((one) => {
      if (one !== fault || one.times === undefined) return [one];
      return one.times > 1 ? [{ ...one, times: one.times - 1 }] : [];
    });
    return fault;
  }
}
