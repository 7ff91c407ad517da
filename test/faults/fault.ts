import type { TLSSocketOptions } from "node:tls";
import type { WholeRequest } from "./request-reader.ts";
import type { Step } from "./script.ts";
import type { Lookup, Task } from "./task.ts";

/** The context of a script. */
export interface Scene {
  /** The request that was read; undefined when the fault comes before that. */
  readonly request: WholeRequest | undefined;
  /** The body of a good response. */
  readonly good: object;
  /** The port of another origin, which no client should call. */
  readonly otherPort: number;
}

/** A fault of the network or the service, and how a call may end under it. */
export interface Fault {
  readonly name: string;
  /** When the fault comes: with the connection, with the first bytes of a request, or with its last; never when undefined. */
  readonly when?: "connection" | "first bytes" | "request";
  /** The steps of the server at that moment; none when undefined. */
  readonly script?: (scene: Scene) => Step[];
  /** Whether the server carries out the request although the fault comes. */
  readonly acts?: boolean;
  /** Whether a second deletion gets a 404. */
  readonly isGoneForGood?: boolean;
  /** The steps of the server at an earlier call; there is an earlier call only if this is defined. */
  readonly earlier?: (good: Uint8Array) => Step[];
  /** Whether the client connects by TLS. */
  readonly isEncrypted?: boolean;
  /** The TLS options of the server, where its handshake is part of the fault. */
  readonly tls?: TLSSocketOptions;
  /** Whether the client trusts the server's certificate. */
  readonly isTrusted?: boolean;
  /** The host name in the URL; an IP address when undefined. */
  readonly host?: string;
  /** The result of the resolver for that name when the fault comes. */
  readonly lookup?: Lookup;
  /** Whether the fault uses up the time of an attempt. */
  readonly isSlow?: boolean;

  /** How the call may end. */
  readonly outcome: Outcome;
  /** Whether a repeatable call succeeds when the fault comes once. */
  readonly passes: boolean;
  /** The transports that can tell that the service did nothing; their error must say so. */
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
