import type { Authsignal } from "../authsignal/authsignal.ts";
import { AuthsignalError } from "../errors.ts";
import { readOptions } from "../platform/own-options.ts";
import { parseUrl } from "../platform/parse-url.ts";
import { memoryStore, type StepUpStore } from "./store.ts";

/** How users confirm one kind of action. */
export interface StepUpOptions<Data> {
  /** The client of your tenant. */
  readonly authsignal: Pick<Authsignal, "track" | "validateChallenge">;
  /** The code of the action, such as `withdraw`. */
  readonly action: string;
  /**
   * The URL to which users return, where you call `finish`: absolute, without a query, and `https:` unless the host is this
   * machine. No request can change it.
   */
  readonly returnUrl: string;
  /** Signs the cookie that ties an attempt to a browser: 32 random characters or more, and not the secret key. */
  readonly secret: string;
  /** Keeps attempts while users confirm them. Default `memoryStore()`, which is for a single process. */
  readonly store?: StepUpStore<Data> | undefined;
  /** How long users have to confirm an action, in milliseconds. Default 15 minutes. */
  readonly lifetime?: number | undefined;
  /**
   * What happens to an action that the service allows while the user has nothing enrolled. Authsignal responds `ALLOW` for
   * such a user, whatever the rules say: without a factor there is nothing to challenge. The response does not distinguish
   * this from an action that a rule allows, so the option decides about both.
   *
   * - `"enroll"`, the default, sends the user to the page to enroll a factor. The attempt is returned once the factor is
   *   confirmed. This is trust on first use, and no proof of identity: an attacker who has the password of a user without a
   *   factor can enroll a factor of the attacker. Only later confirmations with the same factor prove who the user is.
   * - `"refuse"` refuses the action as `not_enrolled`. This is for apps whose backend enrolls what it has verified, by
   *   `enrollVerifiedAuthenticator`, and for a sign-in without a password.
   * - `"allow"` returns the attempt at once: trust without any factor. Choose it only where a user without a factor may do this.
   */
  readonly ifNotEnrolled?: "enroll" | "refuse" | "allow" | undefined;
}

const OPTIONS = {
  authsignal: true,
  action: true,
  returnUrl: true,
  secret: true,
  store: true,
  lifetime: true,
  ifNotEnrolled: true,
} satisfies Record<keyof StepUpOptions<unknown>, true>;

const DEFAULT_LIFETIME = 15 * 60_000;
const IF_NOT_ENROLLED: readonly unknown[] = ["enroll", "refuse", "allow"];

/** https, or http on this machine; no credentials, no query, no fragment, and nothing that would end a cookie attribute. */
const RETURN_URL = /^(https:\/\/|http:\/\/(\[::1\]|127\.\d+\.\d+\.\d+|localhost)[:/])[^?#;@\s]*$/;

/** The options with their defaults. */
export type CompleteOptions<Data> = {
  readonly [Name in keyof StepUpOptions<Data>]-?: NonNullable<StepUpOptions<Data>[Name]>;
};

/**
 * Checks the options, which are read as own properties, and completes them.
 * @throws AuthsignalError `invalid_argument` for a missing, wrong or unknown option, such as a misspelled `ifNotEnrolled`.
 */
export function checkOptions<Data>(given: StepUpOptions<Data>): CompleteOptions<Data> {
  const options = readOptions(given, OPTIONS, reject);
  const { authsignal, action, returnUrl, secret } = options;
  const { store = memoryStore<Data>(), lifetime = DEFAULT_LIFETIME, ifNotEnrolled = "enroll" } = options;
  if (!authsignal) return reject("authsignal is missing: pass the client of your tenant");
  if (!action || typeof action !== "string") return reject("action is missing: pass the code of the action");
  if (typeof returnUrl !== "string") return reject("returnUrl is missing: pass the address at which you call finish");
  if (typeof secret !== "string") return reject("secret is missing: pass 32 random characters or more");
  if (!parseUrl(returnUrl) || !RETURN_URL.test(returnUrl)) {
    reject("returnUrl must be like https://host/path, without credentials or query");
  }
  if (secret.length < 32) reject("secret must have 32 characters or more");
  if (!IF_NOT_ENROLLED.includes(ifNotEnrolled)) reject('ifNotEnrolled must be "enroll", "refuse" or "allow"');
  return { authsignal, action, returnUrl, secret, store, lifetime, ifNotEnrolled };
}

function reject(message: string): never {
  throw new AuthsignalError(undefined, "invalid_argument", message);
}
