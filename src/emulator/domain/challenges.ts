import { randomUUID } from "node:crypto";
import type { MaybePromise } from "../http/maybe-promise.ts";
import type { Action, Challenge } from "../state/rows.ts";
import { troubleOf } from "../tenant/recipients.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { updateAuthenticator } from "./authenticators.ts";
import { type ChallengeStep, logStep } from "./challenge-log.ts";
import { generateCode, markCodeUsed, matchesCode } from "./codes.ts";
import { channelOf, LINK_METHODS, recipientOf, sendMessage } from "./messages.ts";

// The life of a challenge: created, sent, sent once more, and passed with a code.

/** The result of entering a code. */
export type CodeResult = "VERIFIED" | "CODE_INVALID_OR_EXPIRED" | "MAX_ATTEMPTS_EXCEEDED";

/** A challenge before it is created. */
export type NewChallenge = Omit<Challenge, "challengeId" | "code" | "key" | "createdAt" | "expiresAt">;

/** Creates a challenge and sends its message, if its method has one. @throws HttpError as `sendMessage` does. */
export function createChallenge(tenant: Tenant, challenge: NewChallenge): MaybePromise<Challenge> {
  const { challenges } = tenant.state;
  const hasCode = channelOf(challenge) !== undefined && !LINK_METHODS.includes(challenge.verificationMethod);
  const created = challenges.put({
    ...challenge,
    challengeId: randomUUID(),
    code: hasCode ? generateCode(tenant, challenge) : "",
    key: tenant.tokens.opaque(),
    createdAt: tenant.now(),
    expiresAt: tenant.later(tenant.settings.codeLifetime),
  });
  tenant.timeline.record(created, { kind: created.isEnrollment ? "enrollment.started" : "challenge.started" });
  return sendMessage(tenant, created, () => {
    if (findUntouched(tenant, created)) challenges.delete(created);
  });
}

/** Sends the message of a challenge once more, and extends its life to that of a new one. @throws HttpError as `sendMessage` does. */
export function resendChallenge(tenant: Tenant, challenge: Challenge): MaybePromise<Challenge> {
  const { resends = 0 } = challenge;
  const expiresAt = tenant.later(tenant.settings.codeLifetime);
  const extended = tenant.state.challenges.put({ ...challenge, expiresAt, resends: resends + 1 });
  return sendMessage(tenant, extended, () => {
    const current = findUntouched(tenant, extended);
    if (current) tenant.state.challenges.put({ ...current, expiresAt: challenge.expiresAt });
  });
}

/** Finds a challenge as it is now; undefined if it was passed, denied or sent once more meanwhile. Wrong codes do not count. */
function findUntouched(tenant: Tenant, { challengeId, resends }: Challenge): Challenge | undefined {
  const current = tenant.state.challenges.get(challengeId);
  return current && current.resends === resends && !current.verifiedAt && !current.claimedAt ? current : undefined;
}

/** Creates a challenge, or resends the open one that is equal to it. @throws HttpError when limits or delivery forbid it. */
export function createOrResendChallenge(tenant: Tenant, challenge: NewChallenge): MaybePromise<Challenge> {
  const { state } = tenant;
  const open = state.challenges
    .of(challenge.userId ?? "")
    .findLast((one) => isOpen(tenant, one) && isEqual(one, challenge));
  return state.transaction(() => (open ? resendChallenge(tenant, open) : createChallenge(tenant, challenge)));
}

const IDENTIFYING_FIELDS = [
  "action",
  "idempotencyKey",
  "verificationMethod",
  "userAuthenticatorId",
  "email",
  "phoneNumber",
] as const satisfies readonly (keyof NewChallenge)[];

function isEqual(one: NewChallenge, other: NewChallenge): boolean {
  return IDENTIFYING_FIELDS.every((field) => one[field] === other[field]);
}

/** Checks a code, and passes the challenge if the code is correct. */
export function submitCode(tenant: Tenant, challenge: Challenge, code: string): CodeResult {
  const result = checkCode(tenant, challenge, code);
  if (result === "VERIFIED") passWithCode(tenant, challenge, code);
  return result;
}

/** Checks a code, counts the attempt and logs it. A correct code stays usable: `passWithCode` spends it. */
export function checkCode(tenant: Tenant, challenge: Challenge, code: string): CodeResult {
  const result = codeResultOf(tenant, challenge, code);
  if (result !== "VERIFIED") countWrongCode(tenant, challenge);
  logStep(tenant, challenge, STEPS[result]);
  return result;
}

const STEPS: Readonly<Record<CodeResult, ChallengeStep>> = {
  VERIFIED: "valid",
  CODE_INVALID_OR_EXPIRED: "invalid",
  MAX_ATTEMPTS_EXCEEDED: "exhausted",
};

function codeResultOf(tenant: Tenant, challenge: Challenge, code: string): CodeResult {
  const { verificationMethod } = challenge;
  const to = recipientOf(challenge);
  const trouble = troubleOf(to);
  if (trouble === "too-many-attempts") return "MAX_ATTEMPTS_EXCEEDED";
  if (tenant.quotas.countTry(verificationMethod, to) !== undefined) return "MAX_ATTEMPTS_EXCEEDED";
  const alwaysFails = trouble === "expired" || trouble === "wrong-code";
  return !alwaysFails && isCorrectCode(tenant, challenge, code) ? "VERIFIED" : "CODE_INVALID_OR_EXPIRED";
}

/** Reads the challenge again, because another request may have changed or deleted it. */
function countWrongCode(tenant: Tenant, { challengeId }: Challenge): void {
  const current = tenant.state.challenges.get(challengeId);
  if (!current) return;
  const { wrongCodes = 0 } = current;
  tenant.state.challenges.put({ ...current, wrongCodes: wrongCodes + 1, lastWrongCodeAt: tenant.now() });
}

/** Whether a code passes a challenge now. */
export function isCorrectCode(tenant: Tenant, challenge: Challenge, code: string): boolean {
  return isOpen(tenant, challenge) && matchesCode(tenant, challenge, code.trim());
}

/** Passes a challenge with a correct code, which works once. */
export function passWithCode(tenant: Tenant, challenge: Challenge, code: string): void {
  markVerified(tenant, challenge);
  markCodeUsed(tenant, challenge, code);
}

/** Marks a challenge as passed, and its authenticator as verified now. */
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

/** Whether a challenge was created for an action. */
export function isOfAction(challenge: Challenge, { userId, actionCode, idempotencyKey }: Action): boolean {
  return challenge.userId === userId && challenge.action === actionCode && challenge.idempotencyKey === idempotencyKey;
}

/** Whether a challenge can still be passed. */
export function isOpen(tenant: Tenant, { verifiedAt, claimedAt, expiresAt }: Challenge): boolean {
  return verifiedAt === undefined && claimedAt === undefined && !tenant.isOver(expiresAt);
}
