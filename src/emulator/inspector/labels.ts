import type { Message } from "../state/rows.ts";
import type { Tone } from "./components.ts";

/** What the state of an action, or an outcome, means. */
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

/** The colour of the state of an action or of an outcome. */
export function toneOf(state: string): Tone {
  return TONES[state] ?? "plain";
}

/** `CHALLENGE_SUCCEEDED` as `Challenge succeeded`. */
export function sentence(constant: string): string {
  const words = constant.replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How a message travelled. */
export const CHANNELS: { readonly [Channel in Message["channel"]]: string } = {
  SMS: "Text message",
  WHATSAPP: "WhatsApp message",
  EMAIL: "E-mail",
  PUSH: "Push",
};

const METHODS: Readonly<Record<string, string>> = {
  SMS: "Text message",
  WHATSAPP: "WhatsApp",
  EMAIL_OTP: "Code by e-mail",
  EMAIL_MAGIC_LINK: "Link by e-mail",
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

/** What people call a method. */
export function methodName(verificationMethod: string): string {
  return METHODS[verificationMethod] ?? verificationMethod;
}
