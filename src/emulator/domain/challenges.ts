import { randomUUID } from "node:crypto";
import type { MaybePromise } from "../http/maybe-promise.ts";
import type { Action, Challenge } from "../state/rows.ts";
import { simulatedFailureOf } from "../tenant/recipients.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { updateAuthenticator } from "./authenticators.ts";
import { type ChallengeStep, logStep } from "./challenge-log.ts";
import { generateCode, markCodeUsed, matchesCode } from "./codes.ts";
import { channelOf, LINK_METHODS, recipientOf, sendMessage } from "./messages.ts";

// Creates, sends, resends and passes the challenges of the Server API, the Client API and the pages.

/** The result of entering a code. */
export type CodeResult = "VERIFIED" | "CODE_INVALID_OR_EXPIRED" | "MAX_ATTEMPTS_EXCEEDED";

/** The fields of a challenge that its creator sets. */
export type NewChallenge = Omit<Challenge, "challengeId" | "code" | "key" | "createdAt" | "expiresAt">;

/** Creates a challenge and sends its message, if its method has one. @throws HttpError as `sendMessage` does. */
export function createChallenge(tenant: Tenant, challenge: NewChallenge): MaybePromise<Challenge> {
  const { challenges } = tenant.state;
  const hasCode = channelOf(challenge) !== undefined && !LINK_METHODS.includes(challenge.verificationMethod);
  const created = challenges.put({
    ...challenge,
    challengeId: randomUUID(),
    code: hasCode ? generateCode(tenant, challenge) : "",
    key: tenant.tokens.randomSecret(),
    createdAt: tenant.now(),
    expiresAt: tenant.later(tenant.settings.codeLifetime),
  });
  tenant.timeline.record(created, { kind: created.isEnrollment ? "enrollment.started" : "challenge.started" });
  return sendMessage(tenant, created, () => {
    if (findUnchanged(tenant, created)) challenges.delete(created);
  });
}

/** Sends the message of a challenge once more. The challenge expires as late as a new one. @throws HttpError as `sendMessage` does. */
export function resendChallenge(tenant: Tenant, challenge: Challenge): MaybePromise<Challenge> {
  const { resends = 0 } = challenge;
  const expiresAt = tenant.later(tenant.settings.codeLifetime);
  const extended = tenant.state.challenges.put({ ...challenge, expiresAt, resends: resends + 1 });
  return sendMessage(tenant, extended, () => {
    const current = findUnchanged(tenant, extended);
    if (current) tenant.state.challenges.put({ ...current, expiresAt: challenge.expiresAt });
  });
}

/** Reads a challenge again; undefined if it was passed, denied, resent or deleted meanwhile. Wrong codes do not matter. */
function findUnchanged(tenant: Tenant, { challengeId, resends }: Challenge): Challenge | undefined {
  const current = tenant.state.challenges.get(challengeId);
  return current && current.resends === resends && !current.verifiedAt && !current.claimedAt ? current : undefined;
}

/** Creates a challenge, or resends an open challenge with the same identifying fields. @throws HttpError when limits or delivery forbid it. */
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

/** Checks a code, counts the attempt and logs it. A correct code is not used up: `passWithCode` does that. */
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
  const simulated = simulatedFailureOf(to);
  if (simulated === "too-many-attempts") return "MAX_ATTEMPTS_EXCEEDED";
  if (tenant.quotas.countAttempt(verificationMethod, to) !== undefined) return "MAX_ATTEMPTS_EXCEEDED";
  const alwaysFails = simulated === "expired" || simulated === "wrong-code";
  return !alwaysFails && isCorrectCode(tenant, challenge, code) ? "VERIFIED" : "CODE_INVALID_OR_EXPIRED";
}

/** Counts a wrong code. Reads the challenge again, because another request may have changed or deleted it. */
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
  return verifiedAt === undefined && claimedAt === undefined && !tenant.isPast(expiresAt);
}
