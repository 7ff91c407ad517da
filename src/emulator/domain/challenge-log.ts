import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** What happens to a challenge that the log tells. */
export type ChallengeStep = "sent" | "unsent" | "valid" | "invalid" | "exhausted";

/** What the log calls the steps of each method. Methods that are not here have no documented names. */
const NAMES = new Map<string, Readonly<Partial<Record<ChallengeStep, string>>>>(
  Object.entries({
    SMS: codeSteps("SMS", "SMS_CODE_INVALID_OR_EXPIRED"),
    WHATSAPP: codeSteps("WHATSAPP", "WHATSAPP_CODE_INVALID_OR_EXPIRED"),
    EMAIL_OTP: codeSteps("EMAIL_OTP", "EMAIL_OTP_INVALID_OR_EXPIRED"),
    EMAIL_MAGIC_LINK: { sent: "EMAIL_MAGIC_LINK_SENT", unsent: "EMAIL_MAGIC_LINK_SEND_DOWNSTREAM_FAILED" },
  }),
);

function codeSteps(method: string, invalid: string): Record<ChallengeStep, string> {
  return {
    sent: `${method}_SENT`,
    unsent: `${method}_SEND_DOWNSTREAM_FAILED`,
    valid: `${method}_CODE_VALID`,
    invalid,
    exhausted: `${method}_MAX_ATTEMPTS_EXCEEDED`,
  };
}

/** Notes a step of a challenge in the log of the tenant. */
export function logStep(tenant: Tenant, challenge: Challenge, step: ChallengeStep): void {
  const isWhatsApp = challenge.verificationMethod === "SMS" && challenge.smsChannel === "WHATSAPP";
  const name = NAMES.get(isWhatsApp ? "WHATSAPP" : challenge.verificationMethod)?.[step];
  if (name !== undefined) tenant.webhooks.logChallenge(name, challenge);
}
