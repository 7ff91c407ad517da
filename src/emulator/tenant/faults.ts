import { routes as serverApi } from "../../../generated/authsignal-data.ts";
import { routes as callConnect } from "../../../generated/call-connect-data.ts";
import type { Fault } from "./rows.ts";

/** The names of the operations that faults may hit. */
const OPERATIONS = [...Object.keys(serverApi), ...Object.keys(callConnect)];

/** Lets calls go wrong on demand. */
export class Faults {
  #faults: Fault[] = [];
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * Adds a fault. Of several that fit a call, the oldest happens.
   * @throws TypeError when it is for an operation that does not exist, or for none.
   */
  add(fault: Fault): void {
    const unknown = fault.operations?.find((name) => !OPERATIONS.includes(name));
    if (unknown !== undefined || fault.operations?.length === 0) {
      throw new TypeError(`There is no operation ${unknown ?? "in operations"}. There are ${OPERATIONS.join(", ")}`);
    }
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
