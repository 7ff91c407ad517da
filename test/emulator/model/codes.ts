import { createHmac } from "node:crypto";
import { move, track } from "./actions.ts";
import type { ActionModel, ChallengeModel, Model, TenantModel } from "./data.ts";
import { enroll, enrolledBy, meet } from "./people.ts";

// How the model thinks about messages, codes and challenges.

const MINUTE = 60_000;
export const CODE_LIFETIME = 10 * MINUTE;
/** How many messages may be sent in 10 minutes, and how many codes tried in 5. */
const SENDING_LIMITS = { SMS: 6, WHATSAPP: 6, EMAIL_OTP: 12, EMAIL_MAGIC_LINK: 12 };
const TRYING_LIMIT = 10;

/** A recipient to whom no message is delivered. */
export const UNREACHABLE = "+15005550004";
/** All codes that are sent here have expired. */
export const LATE = "+15005550002";

/** Sends a message, if that is what the method does; tells why not. */
export function send(
  model: Model,
  tenant: TenantModel,
  { method, to }: Pick<ChallengeModel, "method" | "to">,
): "too many" | "undeliverable" | undefined {
  const limit = Object.entries(SENDING_LIMITS).find(([name]) => name === method)?.[1];
  if (limit === undefined) return undefined;
  const { sent, tried } = recent(tenant, method, to);
  if (model.hasLimits && sent.length >= limit) return "too many";
  if (to === UNREACHABLE) return "undeliverable";
  tenant.counted[`${method} ${to}`] = { sent: [...sent, tenant.now], tried };
  return undefined;
}

/** What still counts. */
function recent({ counted, now }: TenantModel, method: string, to: string) {
  const { sent, tried } = counted[`${method} ${to}`] ?? { sent: [], tried: [] };
  return {
    sent: sent.filter((time) => time > now - 10 * MINUTE),
    tried: tried.filter((time) => time > now - 5 * MINUTE),
  };
}

/** Tries a code. */
export function tryCode(model: Model, tenant: TenantModel, challenge: ChallengeModel, text: string) {
  const { method, to } = challenge;
  const { sent, tried } = recent(tenant, method, to);
  if (model.hasLimits && tried.length >= TRYING_LIMIT) return "MAX_ATTEMPTS_EXCEEDED";
  tenant.counted[`${method} ${to}`] = { sent, tried: [...tried, tenant.now] };
  if (!isOpen(tenant, challenge) || challenge.to === LATE || !spend(tenant, challenge, text))
    return "CODE_INVALID_OR_EXPIRED";
  verified(tenant, challenge);
  return "VERIFIED";
}

/** Uses a code up, if it is right. */
function spend(tenant: TenantModel, { method, code, userId, authenticator }: ChallengeModel, text: string): boolean {
  if (method === "RECOVERY_CODE") {
    const found = tenant.recoveryCodes.find((one) => one.userId === userId && one.code === text && !one.isSpent);
    if (found) found.isSpent = true;
    return found !== undefined;
  }
  if (method !== "AUTHENTICATOR_APP") return code !== undefined && code === text;
  if (!authenticator || !tenant.authenticators.includes(authenticator)) return false;
  const now = periodOf(tenant.now);
  const period = [now, now - 1, now + 1].find((one) => appCode(one) === text);
  if (period === undefined || period <= authenticator.lastPeriod) return false;
  authenticator.lastPeriod = period;
  return true;
}

export function verified(tenant: TenantModel, challenge: ChallengeModel): void {
  challenge.isVerified = true;
  if (!challenge.authenticator || !tenant.authenticators.includes(challenge.authenticator)) return;
  challenge.authenticator.lastVerifiedAt = tenant.now;
  if (challenge.method === "SMS") challenge.authenticator.previousSmsChannel = "DEFAULT";
}

/** The secret of every authenticator app, in base32 that of RFC 6238. */
export const APP_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

export function periodOf(time: number): number {
  return Math.floor(time / 30_000);
}

/** The code of an app in a period (RFC 4226, section 5.3). */
export function appCode(period: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(period));
  const hash = createHmac("sha1", "12345678901234567890").update(counter).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff;
  return `${number % 1_000_000}`.padStart(6, "0");
}

/** Whether a challenge can still be passed or denied. */
export function isOpen(tenant: TenantModel, challenge: ChallengeModel): boolean {
  const { isVerified, isSpent, isGone, expiresAt } = challenge;
  return !isVerified && !isSpent && !isGone && tenant.now < expiresAt;
}

/** Gives a verified challenge to a user, which makes an action of it; tells the status when that must not be. */
export function claim(
  tenant: TenantModel,
  challenge: ChallengeModel,
  userId: string,
  skipVerificationCheck: boolean,
): ActionModel | 400 | 404 | 409 {
  if (challenge.isGone) return 404;
  if (challenge.userId !== undefined && challenge.userId !== userId) return 400;
  if (challenge.isSpent) return 409;
  if (challenge.expiresAt <= tenant.now) return 400;
  if (!challenge.isVerified && !skipVerificationCheck) return 400;
  if (challenge.userId === undefined && !isOwn(tenant, challenge, userId)) return 400;
  challenge.userId = userId;
  challenge.isSpent = true;
  const { action: code, key, method: verificationMethod, email, phoneNumber, deviceId } = challenge;
  const isNew = !tenant.actions.some((one) => one.userId === userId && one.code === code && one.key === key);
  const action = track(tenant, { userId, code, key, email, phoneNumber, deviceId });
  if (action.state === "CHALLENGE_REQUIRED" || (isNew && action.state === "ALLOW")) {
    const verifiedBy = changeAuthenticators(tenant, challenge, userId);
    move(tenant, action, "CHALLENGE_SUCCEEDED", { verificationMethod, verifiedBy });
  }
  return action;
}

/** Whether a challenge without a user can be claimed for a user. Any can, for a user who has enrolled nothing. */
function isOwn(tenant: TenantModel, { email, phoneNumber, scope }: ChallengeModel, userId: string): boolean {
  const enrolled = enrolledBy(tenant, userId);
  if (enrolled.length === 0) return true;
  return (
    scope === undefined &&
    [...enrolled, meet(tenant, userId)].some((one) =>
      phoneNumber === undefined ? one.email === email : one.phoneNumber === phoneNumber,
    )
  );
}

function changeAuthenticators(tenant: TenantModel, challenge: ChallengeModel, userId: string) {
  const { scope = "", method, email, phoneNumber } = challenge;
  const known = enrolledBy(tenant, userId).find((row) => row.method === method);
  if (!known || !scope.includes("update:authenticators")) {
    return scope.includes("add:authenticators") ? enroll(tenant, { userId, method, email, phoneNumber }) : undefined;
  }
  const user = meet(tenant, userId);
  if (email !== undefined) Object.assign(user, { email, emailVerified: true });
  if (phoneNumber !== undefined) Object.assign(user, { phoneNumber, phoneNumberVerified: true });
  return Object.assign(known, { email, phoneNumber, lastVerifiedAt: tenant.now });
}
