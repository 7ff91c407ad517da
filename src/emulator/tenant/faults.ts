import { routes as serverApi } from "../../../generated/authsignal-data.ts";
import { routes as callConnect } from "../../../generated/call-connect-data.ts";
import { routes as clientApi } from "../../../generated/client-api-data.ts";
import { bodies } from "../../../generated/emulator-validators.js";
import { validateFault } from "../http/faults.ts";
import { describeProblems } from "../http/validation.ts";
import type { Fault } from "../state/rows.ts";

/** The names of the operations that can have faults. */
export const OPERATIONS = [...Object.keys(serverApi), ...Object.keys(callConnect), ...Object.keys(clientApi)];

/** Faults: calls that fail, break or are slow on demand. */
export interface Faults {
  /**
   * Adds a fault. Of several that apply to a call, the oldest one is used.
   * @throws TypeError for an operation that does not exist, or for a response that cannot be sent.
   */
  add(fault: Fault): void;
  /** Returns the faults that are not used up. */
  list(): Fault[];
  /** Removes all faults. */
  clear(): void;
}

/** The faults of a tenant, with what only the emulator needs. */
export class TenantFaults implements Faults {
  #faults: Fault[] = [];
  readonly #random: () => number;
  readonly #onChange: () => void;

  /** @param onChange Is called after each change. */
  constructor(random: () => number, onChange: () => void) {
    this.#random = random;
    this.#onChange = onChange;
  }

  add(fault: Fault): void {
    if (!bodies.addFault(fault)) throw new TypeError(describeProblems(bodies.addFault.errors ?? [], "fault"));
    const unknown = fault.operations?.find((name) => !OPERATIONS.includes(name));
    if (unknown !== undefined)
      throw new TypeError(`There is no operation ${unknown}. There are ${OPERATIONS.join(", ")}`);
    validateFault(fault);
    this.#faults.push(structuredClone(fault));
    this.#onChange();
  }

  list(): Fault[] {
    return structuredClone(this.#faults);
  }

  clear(): void {
    this.#faults = [];
    this.#onChange();
  }

  /** Returns the fault to apply to a call and counts its use; undefined when no fault applies. */
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
    this.#onChange();
    return fault;
  }
}
