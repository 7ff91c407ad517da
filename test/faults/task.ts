import type { OperationName } from "./operations.ts";

/** The result of a lookup: addresses, or the code of the resolver's error. */
export type Lookup = readonly string[] | "ENOTFOUND" | "EAI_AGAIN";

/** The task of one process. */
export interface Task {
  readonly url: string;
  readonly operation: OperationName;
  readonly transport: "node:http" | "fetch";
  /** Milliseconds for the call. */
  readonly timeout: number;
  /** Whether an earlier call is made, so that a connection is kept. */
  readonly hasEarlierCall: boolean;
  /** The results of the resolver in order; the last one repeats. */
  readonly lookups: readonly Lookup[];
}

/** The outcome of a call, as its process observed it. */
export interface Report {
  /** JSON of what the call resolved with; undefined when it rejected. */
  readonly value?: string;
  readonly error?: ReportedError;
  /** Milliseconds from the call to its end. */
  readonly elapsed: number;
  /** The peak memory of the process above that before the call, in MB. */
  readonly growth: number;
  /** The spellings in which a program could print the secret from the value or the error. */
  readonly leaks: readonly string[];
  /** Whether a program could print the secret as the request had it: as a header or an option. */
  readonly showsCredentials: boolean;
  /** The spellings in which a program could print the secret from the client. */
  readonly clientLeaks: readonly string[];
  /** Whether a response changed the prototype of all objects. */
  readonly isPolluted: boolean;
}

export interface ReportedError {
  readonly isTyped: boolean;
  readonly message: string;
  readonly statusCode?: number;
  readonly errorCode?: string;
  readonly attempts?: number;
  readonly mayHaveBeenProcessed?: boolean;
}
