import type { Challenge } from "../state/rows.ts";
import type { NewTimelineEntry } from "../state/timelines.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** A step of a challenge that is written to the timeline of its action and to the log of the tenant. */
export type ChallengeStep = "sent" | "unsent" | "valid" | "invalid" | "exhausted";

/** The names of the steps in the log, by method. For other methods, no names are documented. */
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

const TIMELINE_KINDS = {
  sent: "message.sent",
  unsent: "message.failed",
  valid: "code.accepted",
  invalid: "code.rejected",
  exhausted: "code.exhausted",
} as const satisfies Record<ChallengeStep, string>;

/** The fields of a timeline entry about a message. */
type MessageDetails = Pick<NewTimelineEntry, "messageId" | "channel" | "to">;

/** Writes a step of a challenge to the timeline of its action and to the log of the tenant. */
export function logStep(tenant: Tenant, challenge: Challenge, step: ChallengeStep, message: MessageDetails = {}): void {
  tenant.timeline.record(challenge, { kind: TIMELINE_KINDS[step], ...message });
  const isWhatsApp = challenge.verificationMethod === "SMS" && challenge.smsChannel === "WHATSAPP";
  const name = NAMES.get(isWhatsApp ? "WHATSAPP" : challenge.verificationMethod)?.[step];
  if (name !== undefined) tenant.webhooks.logChallenge(name, challenge);
}
