import type { Message } from "../state/rows.ts";
import type { Tone } from "./components.ts";

const TONES: Readonly<Record<string, Tone>> = {
  ALLOW: "good",
  CHALLENGE_SUCCEEDED: "good",
  REVIEW_SUCCEEDED: "good",
  BLOCK: "bad",
  CHALLENGE_FAILED: "bad",
  REVIEW_FAILED: "bad",
  CHALLENGE: "wait",
  CHALLENGE_REQUIRED: "wait",
  REVIEW: "other",
  REVIEW_REQUIRED: "other",
};

/** Returns the color of the state of an action, or of an outcome. */
export function toneOf(state: string): Tone {
  return TONES[state] ?? "plain";
}

/** Formats a constant as text: `CHALLENGE_SUCCEEDED` becomes `Challenge succeeded`. */
export function sentence(constant: string): string {
  const text = constant.replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Names of the message channels. */
export const CHANNELS: { readonly [Channel in Message["channel"]]: string } = {
  SMS: "Text message",
  WHATSAPP: "WhatsApp message",
  EMAIL: "Email",
  PUSH: "Push",
};

const METHODS: Readonly<Record<string, string>> = {
  SMS: "Text message",
  WHATSAPP: "WhatsApp",
  EMAIL_OTP: "Code by email",
  EMAIL_MAGIC_LINK: "Link by email",
  AUTHENTICATOR_APP: "Authenticator app",
  RECOVERY_CODE: "Recovery code",
  PASSKEY: "Passkey",
  SECURITY_KEY: "Security key",
  PUSH: "Push",
  VERIFF: "Veriff",
  IPROOV: "iProov",
  IDVERSE: "IDVerse",
  PALM_BIOMETRICS_RR: "Palm scan",
  DEVICE: "Trusted device",
};

/** Returns the name of a verification method. */
export function methodName(verificationMethod: string): string {
  return METHODS[verificationMethod] ?? verificationMethod;
}
