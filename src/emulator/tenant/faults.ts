import { routes as serverApi } from "../../../generated/authsignal-data.ts";
import { routes as callConnect } from "../../../generated/call-connect-data.ts";
import { routes as clientApi } from "../../../generated/client-api-data.ts";
import { bodies } from "../../../generated/emulator-validators.js";
import { validateFault } from "../http/faults.ts";
import { describeProblems } from "../http/validation.ts";
import type { Fault } from "../state/rows.ts";

/** The names of the operations that faults may hit. */
export const OPERATIONS = [...Object.keys(serverApi), ...Object.keys(callConnect), ...Object.keys(clientApi)];

/** Lets calls go wrong on demand. */
export interface Faults {
  /**
   * Adds a fault. Of several that fit a call, the oldest happens.
   * @throws TypeError when it is for an operation that does not exist, or asks for what no answer can have.
   */
  add(fault: Fault): void;
  /** The faults that are still to come. */
  list(): Fault[];
  /** Lets all calls succeed again. */
  clear(): void;
}

/** The faults of a tenant as the emulator itself sees them. */
export class TenantFaults implements Faults {
  #faults: Fault[] = [];
  readonly #random: () => number;
  readonly #changed: () => void;

  /** @param changed Is called after each change. */
  constructor(random: () => number, changed: () => void) {
    this.#random = random;
    this.#changed = changed;
  }

  add(fault: Fault): void {
    if (!bodies.addFault(fault)) throw new TypeError(describeProblems(bodies.addFault.errors ?? [], "fault"));
    const unknown = fault.operations?.find((name) => !OPERATIONS.includes(name));
    if (unknown !== undefined)
      throw new TypeError(`There is no operation ${unknown}. There are ${OPERATIONS.join(", ")}`);
    validateFault(fault);
    this.#faults.push(structuredClone(fault));
    this.#changed();
  }

  list(): Fault[] {
    return structuredClone(this.#faults);
  }

  clear(): void {
    this.#faults = [];
    this.#changed();
  }

  /** The fault that happens to a call, if any; it is one less to come. */
  take(operation: string): Fault | undefined {
    const fault = this.#faults.find(
      ({ operations, probability }) =>
        (operations?.includes(operation) ?? true) && (probability === undefined || this.#random() < probability),
    );
    if (!fault) return undefined;
    this.#faults = this.#faults.flatMap((one) => {
      if (one !== fault || one.times === undefined) return [one];
      return one.times > 1 ? [{ ...one, times: one.times - 1 }] : [];
    });
    this.#changed();
    return fault;
  }
}
