import type { Outcome } from "../fault.ts";

/** The right value, and nothing else. */
export const GOOD: Outcome = { values: (good) => [good], codes: [], statuses: [] };

/** Nobody answered. */
export const UNANSWERED: Outcome = { codes: ["network_error"], statuses: [undefined] };

/** Nobody answered in time. */
export const LATE: Outcome = { codes: ["timeout"], statuses: [undefined] };

/** What came is no HTTP. */
export const NO_HTTP: Outcome = { codes: ["invalid_response"], statuses: [undefined] };

/** The answer broke off before its headers were whole. */
export const BROKEN_HEAD: Outcome = { codes: ["network_error", "invalid_response"], statuses: [undefined] };

/** An answer with this status, which cannot be one. */
export function unusable(status = 200): Outcome {
  return { codes: ["invalid_response"], statuses: [status] };
}

/** As another outcome, or the right value. */
export function goodOr(outcome: Outcome): Outcome {
  return { ...outcome, values: (good) => [good] };
}

/** As another outcome, or with this status as well. */
export function maybe(outcome: Outcome, status: number): Outcome {
  return { ...outcome, statuses: [...outcome.statuses, status] };
}

/** An error of the service. */
export function refused(status: number, code: string): Outcome {
  return { codes: [code], statuses: [status] };
}
