/** The failure that the emulator simulates for a test recipient. */
export type SimulatedFailure = "wrong-code" | "expired" | "too-many-attempts" | "undeliverable" | "rate-limited";

/** Test recipients, by phone number or e-mail address. Each always gets the same failure. */
export const FAILING_RECIPIENTS: Readonly<Record<string, SimulatedFailure>> = {
  "+15005550001": "wrong-code",
  "+15005550002": "expired",
  "+15005550003": "too-many-attempts",
  "+15005550004": "undeliverable",
  "+15005550005": "rate-limited",
  "wrong-code@emulator.test": "wrong-code",
  "expired@emulator.test": "expired",
  "too-many-attempts@emulator.test": "too-many-attempts",
  "undeliverable@emulator.test": "undeliverable",
  "rate-limited@emulator.test": "rate-limited",
};

/** Returns the failure to simulate for a recipient; undefined for a recipient that is not in the list. */
export function simulatedFailureOf(recipient: string): SimulatedFailure | undefined {
  return Object.hasOwn(FAILING_RECIPIENTS, recipient) ? FAILING_RECIPIENTS[recipient] : undefined;
}
