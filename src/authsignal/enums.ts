import type { components } from "../../generated/call-connect.ts";
import type { SchemaOf } from "../platform/spec-types.ts";
import type { Schema } from "./schema.ts";

type CallConnectSchema<Name extends keyof components["schemas"]> = SchemaOf<components, Name>;

/** An object with each value of a closed list under its own name; a value that the spec adds must be added here to compile. */
type Members<Value extends string> = { readonly [Name in Value]: Name };

/** What the service decided about an action, or how its challenge went. `ALLOW` for a user who is not enrolled is no proof. */
export const UserActionState = {
  /**
   * Let them. With `isEnrolled: false` it is no proof: a rule may have asked for a challenge, and there was nothing to challenge
   * with. Send the user to `url` to enroll (trust on first use), or refuse. From `validateChallenge`: enrolling was skipped.
   */
  ALLOW: "ALLOW",
  /** Refuse it. */
  BLOCK: "BLOCK",
  /** Send the user to `url`, and validate the token that comes back. */
  CHALLENGE_REQUIRED: "CHALLENGE_REQUIRED",
  /** The challenge of this attempt was passed: compare `idempotencyKey`. */
  CHALLENGE_SUCCEEDED: "CHALLENGE_SUCCEEDED",
  CHALLENGE_FAILED: "CHALLENGE_FAILED",
  REVIEW_REQUIRED: "REVIEW_REQUIRED",
  REVIEW_SUCCEEDED: "REVIEW_SUCCEEDED",
  REVIEW_FAILED: "REVIEW_FAILED",
} as const satisfies Members<Schema<"KnownUserActionState">>;

/**
 * One of the known states, or one that the service added later: give a `switch` a default. `ALLOW` with `isEnrolled: false` is no
 * proof: see `track`.
 */
export type UserActionState = Schema<"UserActionState">;

/** A method to verify a user. */
export const VerificationMethod = {
  SMS: "SMS",
  EMAIL_OTP: "EMAIL_OTP",
  EMAIL_MAGIC_LINK: "EMAIL_MAGIC_LINK",
  AUTHENTICATOR_APP: "AUTHENTICATOR_APP",
  PASSKEY: "PASSKEY",
  SECURITY_KEY: "SECURITY_KEY",
  PUSH: "PUSH",
  VERIFF: "VERIFF",
  IPROOV: "IPROOV",
  IDVERSE: "IDVERSE",
  PALM_BIOMETRICS_RR: "PALM_BIOMETRICS_RR",
  RECOVERY_CODE: "RECOVERY_CODE",
  DEVICE: "DEVICE",
  WHATSAPP: "WHATSAPP",
} as const satisfies Members<Schema<"KnownVerificationMethod">>;

/** One of the known methods, or one that the service added later. */
export type VerificationMethod = Schema<"VerificationMethod">;

/** The channel of a text message. */
export const SmsChannel = {
  WHATSAPP: "WHATSAPP",
  DEFAULT: "DEFAULT",
} as const satisfies Members<Schema<"KnownSmsChannel">>;

/** One of the known channels, or one that the service added later. */
export type SmsChannel = Schema<"SmsChannel">;

/** Why a code did not verify a challenge. */
export const VerificationFailureReason = {
  CODE_INVALID_OR_EXPIRED: "CODE_INVALID_OR_EXPIRED",
  MAX_ATTEMPTS_EXCEEDED: "MAX_ATTEMPTS_EXCEEDED",
} as const satisfies Members<Schema<"KnownVerificationFailureReason">>;

/** One of the known reasons, or one that the service added later. */
export type VerificationFailureReason = Schema<"VerificationFailureReason">;

/** What a client token may do. Several are joined by a space. */
export const AuthScope = {
  readAuthenticators: "read:authenticators",
  addAuthenticators: "add:authenticators",
  removeAuthenticators: "remove:authenticators",
  updateAuthenticators: "update:authenticators",
} as const;

/** One of the scopes. */
export type AuthScope = (typeof AuthScope)[keyof typeof AuthScope];

/** How Call Connect reaches the person on the phone. */
export const CallConnectMessageChannel = {
  WHATSAPP: "WHATSAPP",
  SMS: "SMS",
  EMAIL: "EMAIL",
} as const satisfies Members<CallConnectSchema<"KnownCallConnectMessageChannel">>;

/** One of the known channels, or one that the service added later. */
export type CallConnectMessageChannel = CallConnectSchema<"CallConnectMessageChannel">;

/** How the verification of a caller ended. */
export const CallState = {
  CHALLENGE_SUCCEEDED: "CHALLENGE_SUCCEEDED",
  CHALLENGE_FAILED: "CHALLENGE_FAILED",
} as const satisfies Members<CallConnectSchema<"CallState">>;

/** One of the two ends. */
export type CallState = CallConnectSchema<"CallState">;
