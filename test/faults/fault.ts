import type { TLSSocketOptions } from "node:tls";
import type { WholeRequest } from "./request-reader.ts";
import type { Step } from "./script.ts";
import type { Lookup, Task } from "./task.ts";

/** What a script can make use of. */
export interface Scene {
  /** The request that is answered; undefined when the fault comes before it was read. */
  readonly request: WholeRequest | undefined;
  /** What a good answer would hold. */
  readonly good: object;
  /** The port of another origin, which nobody should call. */
  readonly otherPort: number;
}

/** A thing that goes wrong, and what a careful client makes of it. */
export interface Fault {
  readonly name: string;
  /** When it comes: with the connection, with the first bytes of a request, or with its last; never when undefined. */
  readonly when?: "connection" | "first bytes" | "request";
  /** What the server does then; nothing when undefined. */
  readonly script?: (scene: Scene) => Step[];
  /** Whether the server carries out the request that it meets with the fault. */
  readonly acts?: boolean;
  /** Whether what was deleted is gone: another deletion gets a 404. */
  readonly isGoneForGood?: boolean;
  /** What the server does in answer to the call that goes before; there is one only if this is defined. */
  readonly earlier?: (good: Uint8Array) => Step[];
  /** Whether the client calls by TLS. */
  readonly isEncrypted?: boolean;
  /** How the server shakes hands, where it does not do so soundly. */
  readonly tls?: TLSSocketOptions;
  /** Whether the client trusts the server's certificate. */
  readonly isTrusted?: boolean;
  /** The name by which the client calls; an address when undefined. */
  readonly host?: string;
  /** What the resolver makes of that name when the fault comes. */
  readonly lookup?: Lookup;
  /** Whether it uses up the time of an attempt. */
  readonly isSlow?: boolean;

  /** What the call may end with. */
  readonly outcome: Outcome;
  /** Whether a repeatable call succeeds when the fault comes once. */
  readonly passes: boolean;
  /** The transports that can know that nothing was done: the error must say so. */
  readonly harmlessTo?: readonly Task["transport"][];
}

/** The ways in which a call may end that meets a fault every time. */
export interface Outcome {
  /** The values it may resolve with; none when undefined. */
  readonly values?: (good: object) => unknown[];
  /** The codes that its error may have; it must resolve when there are none. */
  readonly codes: readonly string[];
  /** The statuses that its error may have. */
  readonly statuses: readonly (number | undefined)[];
}

export const BOTH: readonly Task["transport"][] = ["node:http", "fetch"];
