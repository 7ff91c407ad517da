import type { Outcome } from "../fault.ts";

/** The right value, and nothing else. */
export const GOOD: Outcome = { values: (good) => [good], codes: [], statuses: [] };

/** There was no response. */
export const UNANSWERED: Outcome = { codes: ["network_error"], statuses: [undefined] };

/** There was no response in time. */
export const LATE: Outcome = { codes: ["timeout"], statuses: [undefined] };

/** The bytes are no HTTP. */
export const NO_HTTP: Outcome = { codes: ["invalid_response"], statuses: [undefined] };

/** The response broke off before its headers were whole. */
export const BROKEN_HEAD: Outcome = { codes: ["network_error", "invalid_response"], statuses: [undefined] };

/** A response with this status and an unusable body. */
export function unusable(status = 200): Outcome {
  return { codes: ["invalid_response"], statuses: [status] };
}

/** Adds the right value to an outcome. */
export function goodOr(outcome: Outcome): Outcome {
  return { ...outcome, values: (good) => [good] };
}

/** Adds a status to an outcome. */
export function maybe(outcome: Outcome, status: number): Outcome {
  return { ...outcome, statuses: [...outcome.statuses, status] };
}

/** The service rejects the request. */
export function refused(status: number, code: string): Outcome {
  return { codes: [code], statuses: [status] };
}
