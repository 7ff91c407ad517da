import { createHash, randomInt, randomUUID, timingSafeEqual } from "node:crypto";
import { Refusal, tooManyRequests } from "../service/refusal.ts";
import { troubleOf } from "../tenant/recipients.ts";
import type { Action, Challenge, MessageChannel } from "../tenant/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { totpOf } from "../tenant/totp.ts";

// One-time codes, links and pushes: how they are sent, and what entering one does.

/** How entering a code went. */
export type CodeResult = "VERIFIED" | "CODE_INVALID_OR_EXPIRED" | "MAX_ATTEMPTS_EXCEEDED";

/** A challenge to start. */
export type NewChallenge = Omit<Challenge, "challengeId" | "code" | "key" | "createdAt" | "expiresAt">;

const CHANNELS: Readonly<Record<string, MessageChannel>> = {
  SMS: "SMS",
  WHATSAPP: "WHATSAPP",
  EMAIL_OTP: "EMAIL",
  EMAIL_MAGIC_LINK: "EMAIL",
  PUSH: "PUSH",
};
/** The methods whose message holds a link in the place of a code. */
const WITH_LINK = ["EMAIL_MAGIC_LINK", "PUSH"];
const CODE_LENGTH = 6;
/** How many periods of a time-based code may have passed or be to come (RFC 6238, section 5.2). */
const TOTP_WINDOW = 1;

/** Starts a challenge and sends its message, if its method has one. @throws Refusal as `send` does. */
export function startChallenge(tenant: Tenant, challenge: NewChallenge): Challenge {
  const { verificationMethod: method } = challenge;
  const started = tenant.state.challenges.put({
    ...challenge,
    challengeId: randomUUID(),
    code: CHANNELS[method] && !WITH_LINK.includes(method) ? newCode(tenant, challenge) : "",
    key: tenant.tokens.opaque(),
    createdAt: tenant.now(),
    expiresAt: tenant.later(tenant.settings.codeLifetime),
  });
  send(tenant, started);
  return started;
}

/** Sends the message of a challenge once more; from now on it lives as long as a new one. @throws Refusal as `send` does. */
export function sendAgain(tenant: Tenant, challenge: Challenge): Challenge {
  const again = { ...challenge, expiresAt: tenant.later(tenant.settings.codeLifetime) };
  send(tenant, again);
  return tenant.state.challenges.put(again);
}

/** @throws Refusal with 429 when the recipient got too many, and with 502 when delivery fails. */
function send(tenant: Tenant, challenge: Challenge): void {
  const channel = channelOf(challenge);
  if (channel === undefined) return;
  const { verificationMethod, userId, action, idempotencyKey, challengeId, locale } = challenge;
  const to = recipientOf(challenge);
  const trouble = troubleOf(to);
  const wait = trouble === "rate-limited" ? 60_000 : tenant.quotas.countMessage(verificationMethod, to);
  if (wait !== undefined) {
    throw tooManyRequests(
      `Too many messages were sent to ${to}. In the emulator: advance the clock, use another recipient, or switch limits off (limits: false, --no-limits).`,
      wait,
    );
  }
  if (trouble === "undeliverable")
    throw new Refusal(502, "delivery_failed", `The message to ${to} could not be delivered.`);
  const isLink = WITH_LINK.includes(verificationMethod);
  tenant.outbox.add({
    messageId: randomUUID(),
    channel,
    to,
    ...(isLink ? { url: linkOf(tenant, challenge) } : { code: challenge.code }),
    ...(userId !== undefined && { userId }),
    ...(locale !== undefined && { locale }),
    action,
    idempotencyKey,
    challengeId,
    createdAt: tenant.now(),
  });
}

/** Tries a code. A right one works once. */
export function tryCode(tenant: Tenant, challenge: Challenge, code: string): CodeResult {
  const { verificationMethod } = challenge;
  const to = recipientOf(challenge);
  const trouble = troubleOf(to);
  if (trouble === "too-many-attempts") return "MAX_ATTEMPTS_EXCEEDED";
  if (tenant.quotas.countTry(verificationMethod, to) !== undefined) return "MAX_ATTEMPTS_EXCEEDED";
  const isOver = trouble === "expired" || !isOpen(tenant, challenge);
  if (isOver || trouble === "wrong-code" || !isRight(tenant, challenge, code.trim())) return "CODE_INVALID_OR_EXPIRED";
  markVerified(tenant, challenge);
  return "VERIFIED";
}

/** Whether a challenge can still be passed. */
export function isOpen(tenant: Tenant, { verifiedAt, claimedAt, expiresAt }: Challenge): boolean {
  return verifiedAt === undefined && claimedAt === undefined && !tenant.isOver(expiresAt);
}

/** Notes that a challenge was passed, and with what. */
export function markVerified(tenant: Tenant, challenge: Challenge): void {
  const now = tenant.now();
  tenant.state.challenges.put({ ...challenge, verifiedAt: now });
  const { userAuthenticatorId, smsChannel } = challenge;
  const authenticator = userAuthenticatorId && tenant.state.authenticators.get(userAuthenticatorId);
  if (authenticator) {
    tenant.state.authenticators.put({
      ...authenticator,
      lastVerifiedAt: now,
      ...(smsChannel && { previousSmsChannel: smsChannel }),
    });
  }
}

/** Whom a challenge is for: a phone number, an address or, where nothing is written to, the user. */
export function recipientOf({ phoneNumber, email, userId = "" }: Challenge): string {
  return phoneNumber ?? email ?? userId;
}

/**
 * What passed the challenge that was tied to an action when it was tracked. It counts only if it was for this kind of
 * action and passed with something that this very user has enrolled, and only once.
 */
export function passedChallengeOf(tenant: Tenant, { userId, actionCode, challengeId }: Action) {
  const challenge = challengeId === undefined ? undefined : tenant.state.challenges.get(challengeId);
  if (!challenge?.verifiedAt || challenge.claimedAt || tenant.isOver(challenge.expiresAt)) return undefined;
  const { verificationMethod, phoneNumber, email } = challenge;
  if (challenge.action !== actionCode || (challenge.userId !== undefined && challenge.userId !== userId))
    return undefined;
  const authenticator = tenant.state.authenticators
    .of(userId)
    .find(
      (row) => row.verificationMethod === verificationMethod && row.phoneNumber === phoneNumber && row.email === email,
    );
  if (!authenticator) return undefined;
  tenant.state.challenges.put({ ...challenge, claimedAt: tenant.now() });
  return { verificationMethod, verifiedByAuthenticatorId: authenticator.userAuthenticatorId };
}

function isRight(tenant: Tenant, challenge: Challenge, code: string): boolean {
  switch (challenge.verificationMethod) {
    case "AUTHENTICATOR_APP":
      return isRightTotp(tenant, challenge, code);
    case "RECOVERY_CODE":
      return spendRecoveryCode(tenant, challenge, code);
    default:
      return challenge.code !== "" && isSame(challenge.code, code);
  }
}

/** A code of an app works once, as RFC 6238 asks. */
function isRightTotp({ state, clock }: Tenant, { userAuthenticatorId = "" }: Challenge, token: string): boolean {
  const authenticator = state.authenticators.get(userAuthenticatorId);
  const totp = authenticator?.otpUri === undefined ? undefined : totpOf(authenticator.otpUri);
  if (!authenticator || !totp) return false;
  const timestamp = clock.milliseconds;
  const delta = totp.validate({ token, timestamp, window: TOTP_WINDOW });
  if (delta === null) return false;
  const lastOtpCounter = totp.counter({ timestamp }) + delta;
  if (lastOtpCounter <= (authenticator.lastOtpCounter ?? Number.NEGATIVE_INFINITY)) return false;
  state.authenticators.put({ ...authenticator, lastOtpCounter });
  return true;
}

function spendRecoveryCode(tenant: Tenant, { userId = "" }: Challenge, code: string): boolean {
  const found = tenant.state.recoveryCodes
    .of(userId)
    .find((row) => !row.usedAt && isSame(row.code, code.toLowerCase()));
  if (found) tenant.state.recoveryCodes.put({ ...found, usedAt: tenant.now() });
  return found !== undefined;
}

/** Compares in a time that does not tell where two texts differ. */
function isSame(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function newCode({ settings: { otp } }: Tenant, challenge: NewChallenge): string {
  if (otp === "random") return `${randomInt(10 ** CODE_LENGTH)}`.padStart(CODE_LENGTH, "0");
  if (typeof otp === "string") return otp;
  const { userId, action, locale, phoneNumber, email } = challenge;
  const code = otp({ channel: channelOf(challenge) ?? "SMS", to: phoneNumber ?? email ?? "", userId, action, locale });
  if (typeof code !== "string" || code === "")
    throw new TypeError("The function otp must give a text that is not empty");
  return code;
}

function channelOf({
  verificationMethod,
  smsChannel,
}: Pick<Challenge, "verificationMethod" | "smsChannel">): MessageChannel | undefined {
  return verificationMethod === "SMS" && smsChannel === "WHATSAPP" ? "WHATSAPP" : CHANNELS[verificationMethod];
}

function linkOf({ origin, tenantId }: Tenant, { key }: Challenge): string {
  return `${origin()}/challenge/link?tenant=${tenantId}&key=${key}`;
}
