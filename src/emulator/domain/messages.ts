import { randomUUID } from "node:crypto";
import { HttpError, tooManyRequests } from "../http/errors.ts";
import type { MaybePromise } from "../http/maybe-promise.ts";
import type { Challenge, MessageChannel } from "../state/rows.ts";
import { simulatedFailureOf } from "../tenant/recipients.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { logStep } from "./challenge-log.ts";

const CHANNELS: Readonly<Record<string, MessageChannel>> = {
  SMS: "SMS",
  WHATSAPP: "WHATSAPP",
  EMAIL_OTP: "EMAIL",
  EMAIL_MAGIC_LINK: "EMAIL",
  PUSH: "PUSH",
};

/** The methods whose message contains a link instead of a code. */
export const LINK_METHODS: readonly string[] = ["EMAIL_MAGIC_LINK", "PUSH"];

/** Returns the channel of the message of a challenge; undefined when its method sends no message. */
export function channelOf({
  verificationMethod,
  smsChannel,
}: Pick<Challenge, "verificationMethod" | "smsChannel">): MessageChannel | undefined {
  return verificationMethod === "SMS" && smsChannel === "WHATSAPP" ? "WHATSAPP" : CHANNELS[verificationMethod];
}

/** Returns the phone number or e-mail address of a challenge; the id of the user for a method without a contact. */
export function recipientOf({ phoneNumber, email, userId = "" }: Challenge): string {
  return phoneNumber ?? email ?? userId;
}

/**
 * Adds the message of a challenge to the outbox, if its method has a message. A webhook for the channel is called first: with
 * it, the application sends the message itself.
 * @param rollBack Undoes the changes that were made for the message, when the webhook fails.
 * @returns The challenge; a promise of it where a webhook is called.
 * @throws HttpError with 429 when too many messages were sent to the recipient, and with 502 `delivery_failed`.
 */
export function sendMessage(tenant: Tenant, challenge: Challenge, rollBack: () => void): MaybePromise<Challenge> {
  const channel = channelOf(challenge);
  if (channel === undefined) return challenge;
  requireDeliverable(tenant, challenge);
  const called = callWebhook(tenant, challenge, channel);
  if (!called) return addToOutbox(tenant, challenge, channel);
  return called.then((isSent) => {
    if (isSent) return tenant.state.transaction(() => addToOutbox(tenant, challenge, channel));
    tenant.state.transaction(() => {
      rollBack();
      logStep(tenant, challenge, "unsent", { channel, to: recipientOf(challenge) });
    });
    throw undelivered(recipientOf(challenge), "the webhook that sends it failed");
  });
}

/** How long a recipient that is always rate limited has to wait, in milliseconds. */
const RATE_LIMITED_WAIT = 60_000;

function requireDeliverable(tenant: Tenant, challenge: Challenge): void {
  const to = recipientOf(challenge);
  const simulated = simulatedFailureOf(to);
  const wait =
    simulated === "rate-limited" ? RATE_LIMITED_WAIT : tenant.quotas.countMessage(challenge.verificationMethod, to);
  if (wait !== undefined) {
    throw tooManyRequests(
      `Too many messages were sent to ${to}. In the emulator: advance the clock, use another recipient, or switch limits off (limits: false, --no-limits).`,
      wait,
    );
  }
  if (simulated === "undeliverable") throw undelivered(to);
}

function undelivered(to: string, reason?: string): HttpError {
  const words = `The message to ${to} could not be delivered`;
  return new HttpError(502, "delivery_failed", reason === undefined ? `${words}.` : `${words}: ${reason}.`);
}

/** Calls the webhook that sends the messages of a channel. @returns Whether it accepted the message; undefined without a webhook. */
function callWebhook(tenant: Tenant, challenge: Challenge, channel: MessageChannel): Promise<boolean> | undefined {
  const { webhooks, state } = tenant;
  const { challengeId, userId = "", action: actionCode, idempotencyKey, verificationMethod, locale } = challenge;
  const { userAgent, ipAddress } = state.actions.get(userId, actionCode, idempotencyKey) ?? challenge;
  const names = { userId, idempotencyKey, actionCode };
  const to = recipientOf(challenge);
  switch (channel) {
    case "EMAIL": {
      const content = contentOf(tenant, challenge);
      return webhooks.hasUrl("email.created")
        ? webhooks.call("email.created", { to, ...content, ...names, verificationMethod, userAgent, ipAddress, locale })
        : undefined;
    }
    case "SMS":
      return webhooks.hasUrl("sms.created")
        ? webhooks.call("sms.created", { to, code: challenge.code, ...names, locale })
        : undefined;
    case "PUSH":
      return webhooks.hasUrl("push.created")
        ? webhooks.call("push.created", { challengeId, ...names, userAgent, ipAddress })
        : undefined;
    default:
      return undefined;
  }
}

function addToOutbox(tenant: Tenant, challenge: Challenge, channel: MessageChannel): Challenge {
  const { userId, action, idempotencyKey, challengeId, locale } = challenge;
  const details = { messageId: randomUUID(), channel, to: recipientOf(challenge) };
  tenant.outbox.add({
    ...details,
    ...contentOf(tenant, challenge),
    ...(userId !== undefined && { userId }),
    ...(locale !== undefined && { locale }),
    action,
    idempotencyKey,
    challengeId,
    createdAt: tenant.now(),
  });
  logStep(tenant, challenge, "sent", details);
  return challenge;
}

/** The code or the link of a message. */
function contentOf({ origin, tenantId }: Tenant, challenge: Challenge): { code: string } | { url: string } {
  const { verificationMethod, code, key } = challenge;
  if (!LINK_METHODS.includes(verificationMethod)) return { code };
  return { url: `${origin}/challenge/link?tenant=${tenantId}&key=${key}` };
}
