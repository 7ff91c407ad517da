import type { OperationName } from "./operations.ts";

/** What a name leads to: an address, several of them, or the code of the resolver's error. */
export type Lookup = readonly string[] | "ENOTFOUND" | "EAI_AGAIN";

/** What one process is told to do. */
export interface Task {
  readonly url: string;
  readonly operation: OperationName;
  readonly transport: "node:http" | "fetch";
  /** Milliseconds for the call. */
  readonly timeout: number;
  /** Whether another call goes before, so that a connection is kept. */
  readonly hasEarlierCall: boolean;
  /** What the resolver says first, second, and so on; the last one stays. */
  readonly lookups: readonly Lookup[];
}

/** What a call came to, as the process saw it. */
export interface Report {
  /** JSON of what the call resolved with; undefined when it rejected. */
  readonly value?: string;
  readonly error?: ReportedError;
  /** Milliseconds from the call to its end. */
  readonly elapsed: number;
  /** How much more memory the process held at its peak than before the call, in MB. */
  readonly growth: number;
  /** In which spellings the secret is in what a program could print of the value or the error. */
  readonly leaks: readonly string[];
  /** Whether what a program could print has the secret as the request had it: as a header or an option. */
  readonly showsCredentials: boolean;
  /** In which spellings it is in what a program could print of the client. */
  readonly clientLeaks: readonly string[];
  /** Whether an answer reached the prototype of all objects. */
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
