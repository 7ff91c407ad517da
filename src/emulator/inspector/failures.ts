import type { Fault } from "../state/rows.ts";

/** A fault that the inspector offers. */
export interface Failure {
  readonly name: string;
  readonly text: string;
  readonly fault: Fault;
}

/** The faults that the inspector offers. */
export const FAILURES: readonly Failure[] = [
  { name: "500", text: "500 Internal Server Error", fault: { status: 500 } },
  { name: "503", text: "503 Service Unavailable", fault: { status: 503 } },
  { name: "429", text: "429 Too Many Requests", fault: { status: 429, retryAfter: 1 } },
  { name: "401", text: "401 Unauthorized", fault: { status: 401 } },
  { name: "404", text: "404 Not Found", fault: { status: 404 } },
  { name: "reset", text: "Connection reset", fault: { connection: "reset" } },
  { name: "cut", text: "Response cut off after the operation", fault: { connection: "cut" } },
  { name: "slow", text: "Response delayed by 5 s", fault: { latency: 5_000 } },
];
