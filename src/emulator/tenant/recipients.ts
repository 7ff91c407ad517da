/** What always fails for a test recipient. */
export type Trouble = "wrong-code" | "expired" | "too-many-attempts" | "undeliverable" | "rate-limited";

/** Phone numbers and e-mail addresses for which something always fails. */
export const TROUBLED_RECIPIENTS: Readonly<Record<string, Trouble>> = {
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

/** Returns what always fails for a recipient; undefined for an ordinary one. */
export function troubleOf(recipient: string): Trouble | undefined {
  return Object.hasOwn(TROUBLED_RECIPIENTS, recipient) ? TROUBLED_RECIPIENTS[recipient] : undefined;
}
