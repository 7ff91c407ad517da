import { createHash, randomInt, randomUUID, timingSafeEqual } from "node:crypto";
import type { MaybePromise } from "../http/maybe-promise.ts";
import type { Action, Authenticator, Challenge } from "../state/rows.ts";
import { troubleOf } from "../tenant/recipients.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { totpOf } from "../tenant/totp.ts";
import { updateAuthenticator } from "./authenticators.ts";
import { logStep } from "./challenge-log.ts";
import { channelOf, LINK_METHODS, recipientOf, sendMessage } from "./messages.ts";

// Challenges, from their start to the code that passes them.

/** How entering a code went. */
export type CodeResult = "VERIFIED" | "CODE_INVALID_OR_EXPIRED" | "MAX_ATTEMPTS_EXCEEDED";

/** A challenge to start. */
export type NewChallenge = Omit<Challenge, "challengeId" | "code" | "key" | "createdAt" | "expiresAt">;

const CODE_LENGTH = 6;
/** How many periods of a time-based code may have passed or be to come (RFC 6238, section 5.2). */
const TOTP_WINDOW = 1;

/** Starts a challenge and sends its message, if its method has one. @throws HttpError as `send` does. */
export function createChallenge(tenant: Tenant, challenge: NewChallenge): MaybePromise<Challenge> {
  const { challenges } = tenant.state;
  const hasCode = channelOf(challenge) !== undefined && !LINK_METHODS.includes(challenge.verificationMethod);
  const started = challenges.put({
    ...challenge,
    challengeId: randomUUID(),
    code: hasCode ? newCode(tenant, challenge) : "",
    key: tenant.tokens.opaque(),
    createdAt: tenant.now(),
    expiresAt: tenant.later(tenant.settings.codeLifetime),
  });
  return sendMessage(tenant, started, () => {
    if (untouched(tenant, started)) challenges.delete(started);
  });
}

/** Sends the message of a challenge once more; from now on it lives as long as a new one. @throws HttpError as `send` does. */
export function resendChallenge(tenant: Tenant, challenge: Challenge): MaybePromise<Challenge> {
  const { resends = 0 } = challenge;
  const expiresAt = tenant.later(tenant.settings.codeLifetime);
  const again = tenant.state.challenges.put({ ...challenge, expiresAt, resends: resends + 1 });
  return sendMessage(tenant, again, () => {
    const current = untouched(tenant, again);
    if (current) tenant.state.challenges.put({ ...current, expiresAt: challenge.expiresAt });
  });
}

/** A challenge as it stands now, unless somebody has passed or denied it, or sent it again; wrong codes do not count. */
function untouched(tenant: Tenant, { challengeId, resends }: Challenge): Challenge | undefined {
  const current = tenant.state.challenges.get(challengeId);
  return current && current.resends === resends && !current.verifiedAt && !current.claimedAt ? current : undefined;
}

/** Starts a challenge, or sends the message of one that is open and alike. @throws HttpError when limits or delivery forbid it. */
export function createOrResendChallenge(tenant: Tenant, challenge: NewChallenge): MaybePromise<Challenge> {
  const { state } = tenant;
  const started = state.challenges
    .of(challenge.userId ?? "")
    .findLast((one) => isOpen(tenant, one) && isAlike(one, challenge));
  return state.transaction(() => (started ? resendChallenge(tenant, started) : createChallenge(tenant, challenge)));
}

/** Tries a code, and spends it if it is right. */
export function submitCode(tenant: Tenant, challenge: Challenge, code: string): CodeResult {
  const result = checkCode(tenant, challenge, code);
  if (result === "VERIFIED") spendCode(tenant, challenge, code);
  return result;
}

/** Tells whether a code is right, and counts that it was tried. It can be tried again. A wrong one is noted in the challenge. */
export function checkCode(tenant: Tenant, challenge: Challenge, code: string): CodeResult {
  const result = resultOf(tenant, challenge, code);
  if (result !== "VERIFIED") noteWrongCode(tenant, challenge);
  logStep(tenant, challenge, STEPS[result]);
  return result;
}

/** Counts a wrong code in the challenge as it stands now, which others may have changed or deleted. */
function noteWrongCode(tenant: Tenant, { challengeId }: Challenge): void {
  const current = tenant.state.challenges.get(challengeId);
  if (!current) return;
  const { wrongCodes = 0 } = current;
  tenant.state.challenges.put({ ...current, wrongCodes: wrongCodes + 1, lastWrongCodeAt: tenant.now() });
}

const STEPS = {
  VERIFIED: "valid",
  CODE_INVALID_OR_EXPIRED: "invalid",
  MAX_ATTEMPTS_EXCEEDED: "exhausted",
} as const satisfies Record<CodeResult, string>;

function resultOf(tenant: Tenant, challenge: Challenge, code: string): CodeResult {
  const { verificationMethod } = challenge;
  const to = recipientOf(challenge);
  const trouble = troubleOf(to);
  if (trouble === "too-many-attempts") return "MAX_ATTEMPTS_EXCEEDED";
  if (tenant.quotas.countTry(verificationMethod, to) !== undefined) return "MAX_ATTEMPTS_EXCEEDED";
  const isRefused = trouble === "expired" || trouble === "wrong-code";
  return !isRefused && isCorrectCode(tenant, challenge, code) ? "VERIFIED" : "CODE_INVALID_OR_EXPIRED";
}

/** Passes a challenge with a code that is right, which works once. */
export function spendCode(tenant: Tenant, challenge: Challenge, code: string): void {
  const { state } = tenant;
  markVerified(tenant, challenge);
  if (challenge.verificationMethod === "RECOVERY_CODE") {
    const found = recoveryCodeOf(tenant, challenge, code);
    if (found) state.recoveryCodes.put({ ...found, usedAt: tenant.now() });
  }
  const authenticator = state.authenticators.get(challenge.userAuthenticatorId ?? "");
  if (authenticator && challenge.verificationMethod === "AUTHENTICATOR_APP") {
    state.authenticators.put({ ...authenticator, lastOtpCounter: counterOf(tenant, challenge, code) });
  }
}

/** Whether a challenge was started for an action. */
export function isOfAction(challenge: Challenge, { userId, actionCode, idempotencyKey }: Action): boolean {
  return challenge.userId === userId && challenge.action === actionCode && challenge.idempotencyKey === idempotencyKey;
}

/** Whether a challenge can still be passed. */
export function isOpen(tenant: Tenant, { verifiedAt, claimedAt, expiresAt }: Challenge): boolean {
  return verifiedAt === undefined && claimedAt === undefined && !tenant.isOver(expiresAt);
}

/** Notes that a challenge was passed, and with what. */
export function markVerified(tenant: Tenant, challenge: Challenge): void {
  const now = tenant.now();
  tenant.state.challenges.put({ ...challenge, verifiedAt: now });
  const { userAuthenticatorId = "", smsChannel } = challenge;
  const authenticator = tenant.state.authenticators.get(userAuthenticatorId);
  if (!authenticator) return;
  updateAuthenticator(tenant, {
    ...authenticator,
    lastVerifiedAt: now,
    ...(smsChannel && { previousSmsChannel: smsChannel }),
  });
}

/**
 * What passed the challenge that was tied to an action when it was tracked. It counts only if it was for this kind of
 * action and passed with something that this very user has enrolled, and only once.
 */
export function findPassedChallenge(
  tenant: Tenant,
  { userId, actionCode, challengeId }: Action,
): { challenge: Challenge; authenticator: Authenticator } | undefined {
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
  return authenticator && { challenge, authenticator };
}

/** Whether two challenges are for the same action and go the same way. */
function isAlike(one: NewChallenge, other: NewChallenge): boolean {
  return (
    ["action", "idempotencyKey", "verificationMethod", "userAuthenticatorId", "email", "phoneNumber"] as const
  ).every((field) => one[field] === other[field]);
}

/** Whether a code is right. */
export function isCorrectCode(tenant: Tenant, challenge: Challenge, text: string): boolean {
  const code = text.trim();
  if (!isOpen(tenant, challenge)) return false;
  switch (challenge.verificationMethod) {
    case "AUTHENTICATOR_APP":
      return counterOf(tenant, challenge, code) !== undefined;
    case "RECOVERY_CODE":
      return recoveryCodeOf(tenant, challenge, code) !== undefined;
    default:
      return challenge.code !== "" && isSame(challenge.code, code);
  }
}

/** The counter of the code of an app; undefined when it is wrong. A code works once, as RFC 6238 asks. */
function counterOf({ state, clock }: Tenant, challenge: Challenge, code: string): number | undefined {
  const authenticator = state.authenticators.get(challenge.userAuthenticatorId ?? "");
  const otpUri = challenge.otpUri ?? authenticator?.otpUri;
  const totp = otpUri === undefined ? undefined : totpOf(otpUri);
  const timestamp = clock.milliseconds;
  const delta = totp?.validate({ token: code.trim(), timestamp, window: TOTP_WINDOW }) ?? null;
  if (!totp || delta === null) return undefined;
  const counter = totp.counter({ timestamp }) + delta;
  return counter > (authenticator?.lastOtpCounter ?? Number.NEGATIVE_INFINITY) ? counter : undefined;
}

function recoveryCodeOf({ state }: Tenant, { userId = "" }: Challenge, code: string) {
  return state.recoveryCodes.of(userId).find((row) => !row.usedAt && isSame(row.code, code.trim().toLowerCase()));
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
