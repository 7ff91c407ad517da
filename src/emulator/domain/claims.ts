import { conflict, invalidRequest, notFound, requireFilled } from "../http/errors.ts";
import type { MaybePromise } from "../http/maybe-promise.ts";
import type { Action, Authenticator, Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { createAction, findAction, updateActionState } from "./actions.ts";
import { enrollAuthenticator, updateAuthenticator } from "./authenticators.ts";
import { changeContact } from "./users.ts";
import { withVerifyWebhook } from "./verification.ts";

// A challenge of the Server API makes an action succeed when it is claimed for a user. It is claimed at most once: by
// `claimChallenge`, or by `track` with its `challengeId`.

/** A request to claim a challenge for a user. */
export interface Claim {
  readonly challengeId: string;
  readonly userId: string;
  /** Whether a challenge that was not passed may be claimed, because the server that claims it has verified the user itself. */
  readonly skipVerificationCheck?: boolean | undefined;
}

/** Finds a challenge of the Server API. The challenge of an enrollment is not one. @throws HttpError with 404. */
export function requireChallenge(tenant: Tenant, challengeId: string): Challenge {
  const challenge = tenant.state.challenges.get(challengeId);
  if (!challenge || challenge.isEnrollment) throw notFound("There is no such challenge.");
  return challenge;
}

/**
 * Claims a challenge for a user, which makes its action succeed.
 * @returns The action and the challenge; a promise of them where the webhook `action.verify` is called first.
 * @throws HttpError when the challenge cannot be claimed by this user.
 */
export function claimChallenge(tenant: Tenant, claim: Claim): MaybePromise<{ action: Action; challenge: Challenge }> {
  const { userId } = claim;
  const challenge = requireClaimable(tenant, claim);
  const work = () => {
    tenant.state.challenges.put({ ...requireClaimable(tenant, claim), userId, claimedAt: tenant.now() });
    tenant.timeline.claim(challenge, userId);
    return { action: makeSucceed(tenant, challenge, userId), challenge };
  };
  const isChallengeRequired = findOrCreateAction(tenant, challenge, userId).state === "CHALLENGE_REQUIRED";
  return isChallengeRequired ? withVerifyWebhook(tenant, { ...challenge, userId }, work) : work();
}

function requireClaimable(tenant: Tenant, { challengeId, userId, skipVerificationCheck = false }: Claim): Challenge {
  const challenge = requireChallenge(tenant, challengeId);
  requireFilled({ userId });
  if (challenge.userId !== undefined && challenge.userId !== userId) {
    throw invalidRequest("The challenge was started for another user.");
  }
  if (challenge.claimedAt) throw conflict("The challenge has been claimed already.");
  if (tenant.isPast(challenge.expiresAt)) throw invalidRequest("The challenge has expired.");
  if (!challenge.verifiedAt && !skipVerificationCheck) throw invalidRequest("The challenge has not been verified.");
  requireContactOfUser(tenant, challenge, userId);
  return challenge;
}

/**
 * Checks a challenge that was started without a user: for a user who has enrolled a method, it must have been sent to a
 * contact of that user. Otherwise the owner of any phone could confirm the actions of any user.
 */
function requireContactOfUser({ state }: Tenant, challenge: Challenge, userId: string): void {
  const authenticators = state.authenticators.of(userId);
  if (challenge.userId !== undefined || authenticators.length === 0) return;
  if (challenge.scope !== undefined) {
    throw invalidRequest("A challenge with a scope for an enrolled user must be started with their userId.");
  }
  const { phoneNumber, email } = challenge;
  const contacts = [...authenticators, state.users.get(userId)];
  const isOwn = contacts.some((one) => (phoneNumber ? one?.phoneNumber === phoneNumber : one?.email === email));
  if (!isOwn) throw invalidRequest("The challenge was not sent to a phone number or address of the user.");
}

/** Returns the action of a claimed challenge. A new action requires its challenge, unless the rules block it or require a review. */
function findOrCreateAction(tenant: Tenant, challenge: Challenge, userId: string): Action {
  const { action: actionCode, idempotencyKey } = challenge;
  const { ipAddress, userAgent, deviceId, custom, locale, phoneNumber, email } = challenge;
  const existing = tenant.state.actions.get(userId, actionCode, idempotencyKey);
  if (existing) return existing;
  const tracked = { ipAddress, userAgent, deviceId, custom, locale, phoneNumber, email };
  const action = createAction(tenant, { userId, actionCode, idempotencyKey, ...tracked });
  return action.state === "ALLOW"
    ? updateActionState(tenant, action, "server", { state: "CHALLENGE_REQUIRED" })
    : action;
}

function makeSucceed(tenant: Tenant, challenge: Challenge, userId: string): Action {
  const { verificationMethod } = challenge;
  const action = findOrCreateAction(tenant, challenge, userId);
  if (action.state !== "CHALLENGE_REQUIRED") return action;
  const verifiedByAuthenticatorId = applyScope(tenant, challenge, userId);
  const state = "CHALLENGE_SUCCEEDED";
  return updateActionState(tenant, action, "server", { state, verificationMethod, verifiedByAuthenticatorId });
}

/** Adds or updates an authenticator, if the scope of the challenge says so. @returns The id of that authenticator. */
function applyScope(tenant: Tenant, challenge: Challenge, userId: string): string | undefined {
  const { scope = "", verificationMethod, phoneNumber, email } = challenge;
  const existing = tenant.state.authenticators.of(userId).find((row) => row.verificationMethod === verificationMethod);
  if (existing && scope.includes("update:authenticators")) {
    changeContact(tenant, userId, { phoneNumber, email });
    const changed = { ...existing, phoneNumber, email, lastVerifiedAt: tenant.now() };
    return updateAuthenticator(tenant, changed).userAuthenticatorId;
  }
  if (!scope.includes("add:authenticators")) return undefined;
  return enrollAuthenticator(tenant, { userId, verificationMethod, phoneNumber, email })?.userAuthenticatorId;
}

/**
 * Makes a tracked action that requires a challenge succeed, if the challenge that `track` named in `challengeId` was passed.
 * @returns The action afterwards; a promise of it where the webhook `action.verify` is called first.
 */
export function claimForTrackedAction(tenant: Tenant, action: Action): MaybePromise<Action> {
  const passed = findPassedChallenge(tenant, action);
  if (!passed) return action;
  const { verificationMethod } = passed.challenge;
  const { userAuthenticatorId } = passed.authenticator;
  const claim = () => {
    const current = findAction(tenant, action);
    if (!current) throw conflict("The action is gone.");
    const stillPassed = findPassedChallenge(tenant, current);
    if (!stillPassed) return current;
    tenant.state.challenges.put({ ...stillPassed.challenge, claimedAt: tenant.now() });
    const verifiedBy = { verificationMethod, verifiedByAuthenticatorId: userAuthenticatorId };
    return updateActionState(tenant, current, "user", { state: "CHALLENGE_SUCCEEDED", ...verifiedBy });
  };
  const { userId, actionCode, idempotencyKey } = action;
  const verification = { userId, action: actionCode, idempotencyKey, verificationMethod, userAuthenticatorId };
  return withVerifyWebhook(tenant, verification, claim, () => action);
}

/**
 * Finds the passed challenge that `track` named for an action which waits for one, and the authenticator that passed it. It
 * counts once, for an action of the same code, and only if the user has enrolled that authenticator.
 */
function findPassedChallenge(
  tenant: Tenant,
  { userId, actionCode, challengeId, state }: Action,
): { challenge: Challenge; authenticator: Authenticator } | undefined {
  if (state !== "CHALLENGE_REQUIRED" || challengeId === undefined) return undefined;
  const challenge = tenant.state.challenges.get(challengeId);
  if (!challenge?.verifiedAt || challenge.claimedAt || tenant.isPast(challenge.expiresAt)) return undefined;
  const { verificationMethod, phoneNumber, email } = challenge;
  const isOtherUser = challenge.userId !== undefined && challenge.userId !== userId;
  if (challenge.action !== actionCode || isOtherUser) return undefined;
  const authenticator = tenant.state.authenticators
    .of(userId)
    .find(
      (row) => row.verificationMethod === verificationMethod && row.phoneNumber === phoneNumber && row.email === email,
    );
  return authenticator && { challenge, authenticator };
}
