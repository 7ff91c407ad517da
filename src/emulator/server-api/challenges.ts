import { randomUUID } from "node:crypto";
import type { Answer, Body } from "../../../generated/authsignal-validators.js";
import { enrollAuthenticator, requireOfferedMethod, updateAuthenticator } from "../domain/authenticators.ts";
import { createChallenge, resendChallenge, submitCode } from "../domain/codes.ts";
import { withVerifyWebhook } from "../domain/verification.ts";
import { conflict, invalidRequest, notFound, requireFilled } from "../http/errors.ts";
import { andThen } from "../http/maybe-promise.ts";
import type { Action, Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ActionToken, Read } from "../tenant/tokens.ts";
import { createAction, findAction, updateActionState } from "./actions.ts";
import type { ServerApiHandlers } from "./handlers.ts";
import { changeContact } from "./users.ts";

/** What the code of an action looks like in a path, too. */
const ACTION_CODE = /^[a-zA-Z0-9_-]{1,64}$/;

export const challenges: Pick<
  ServerApiHandlers,
  "challenge" | "verify" | "claimChallenge" | "getChallenge" | "validateChallenge"
> = {
  challenge({ body }, tenant) {
    const { challengeId, verificationMethod, action, ...details } = body;
    if (challengeId !== undefined) return andThen(resendChallenge(tenant, open(tenant, challengeId)), startedAnswer);
    if (verificationMethod === undefined) throw invalidRequest("body.verificationMethod is required");
    if (action === undefined) throw invalidRequest("body.action is required");
    if (!ACTION_CODE.test(action)) throw invalidRequest("body.action must be 1 to 64 letters, digits, _ or -");
    const { idempotencyKey = randomUUID(), email, phoneNumber, ...rest } = details;
    requireFilled({ idempotencyKey, deviceId: rest.deviceId, userId: rest.userId });
    const contact = verificationMethod === "EMAIL_OTP" ? { email } : { phoneNumber };
    for (const [field, value] of Object.entries(contact)) {
      if (!value) throw invalidRequest(`body.${field} is required for ${verificationMethod}`);
    }
    requireOfferedMethod(tenant, verificationMethod);
    const challenge = { ...rest, ...contact, action, idempotencyKey, verificationMethod };
    return andThen(createChallenge(tenant, challenge), startedAnswer);
  },

  verify({ body: { challengeId, verificationCode } }, tenant) {
    const challenge = existing(tenant, challengeId);
    const result = submitCode(tenant, challenge, verificationCode);
    if (result !== "VERIFIED") return { isVerified: false, failureReason: result };
    const { email, phoneNumber, verificationMethod } = challenge;
    return { isVerified: true, email, phoneNumber, verificationMethod };
  },

  claimChallenge({ body }, tenant) {
    const { userId } = body;
    const challenge = claimable(tenant, body);
    const { verificationMethod } = challenge;
    const claim = (): Answer<"claimChallenge"> => {
      tenant.state.challenges.put({ ...claimable(tenant, body), userId, claimedAt: tenant.now() });
      return { token: tenant.tokens.ofAction(succeed(tenant, challenge, userId)), verificationMethod };
    };
    const isAsked = claimedAction(tenant, challenge, userId).state === "CHALLENGE_REQUIRED";
    return isAsked ? withVerifyWebhook(tenant, { ...challenge, userId }, claim) : claim();
  },

  getChallenge({ query: { challengeId, userId, action, verificationMethod } }, tenant) {
    if ([challengeId, userId, action, verificationMethod].every((one) => one === undefined)) return {};
    const { challenges } = tenant.state;
    const current = (challengeId === undefined ? [...challenges] : [challenges.get(challengeId)]).findLast(
      (one) =>
        one &&
        !one.isEnrollment &&
        (userId === undefined || one.userId === userId) &&
        (action === undefined || one.action === action) &&
        (verificationMethod === undefined || one.verificationMethod === verificationMethod) &&
        !one.claimedAt &&
        !tenant.isOver(one.expiresAt),
    );
    return current ? currentAnswer(current) : {};
  },

  validateChallenge({ body: { token, userId, action: actionCode } }, tenant) {
    const read = readActionToken(tenant, token);
    if (typeof read === "string") return { isValid: false, error: TOKEN_ERRORS[read] };
    const action = findAction(tenant, read);
    if (!action) return { isValid: false, error: TOKEN_ERRORS.invalid };
    if (userId !== undefined && userId !== action.userId) return { isValid: false, error: "User is invalid." };
    if (actionCode !== undefined && actionCode !== action.actionCode) {
      return { isValid: false, error: "Action is invalid." };
    }
    const isValid = action.state === "CHALLENGE_SUCCEEDED";
    if (isValid) markTokenUsed(tenant, read);
    const { state, stateUpdatedAt, idempotencyKey, verificationMethod } = action;
    return {
      isValid,
      state,
      stateUpdatedAt,
      userId: action.userId,
      action: action.actionCode,
      actionCode: action.actionCode,
      idempotencyKey,
      verificationMethod,
    };
  },
};

/** Why a token is worth nothing. No other words than those of its user and action are documented. */
export const TOKEN_ERRORS = {
  invalid: "Token is invalid.",
  expired: "Token has expired.",
  used: "Token has been used already.",
} as const;

/** Reads the token of an action that was not used yet. */
export function readActionToken(tenant: Tenant, token: string): Read<ActionToken> | "used" {
  const read = tenant.tokens.readAction(token);
  return typeof read !== "string" && tenant.state.usedTokens.get(read.tokenId) ? "used" : read;
}

/** Notes that a token was used, where it works only once. */
export function markTokenUsed(tenant: Tenant, { tokenId, expiresAt }: ActionToken): void {
  if (tenant.settings.singleUseTokens) tenant.state.usedTokens.put({ tokenId, expiresAt, usedAt: tenant.now() });
}

/** A challenge of the Server API. What people set up by themselves is none. */
function existing(tenant: Tenant, challengeId: string): Challenge {
  const challenge = tenant.state.challenges.get(challengeId);
  if (!challenge || challenge.isEnrollment) throw notFound("There is no such challenge.");
  return challenge;
}

/** A challenge whose message may be sent once more. */
function open(tenant: Tenant, challengeId: string): Challenge {
  const challenge = existing(tenant, challengeId);
  if (challenge.verifiedAt || challenge.claimedAt) throw invalidRequest("The challenge is over already.");
  if (tenant.isOver(challenge.expiresAt)) throw invalidRequest("The challenge has expired: start another one.");
  return challenge;
}

/**
 * A challenge that was started for nobody in particular is claimed for somebody with an enrolled method only if it went
 * to a contact of theirs. Otherwise anybody's phone would open everybody's account.
 */
function requireOwnContact({ state }: Tenant, challenge: Challenge, userId: string): void {
  const authenticators = state.authenticators.of(userId);
  if (challenge.userId !== undefined || authenticators.length === 0) return;
  if (challenge.scope !== undefined)
    throw invalidRequest("A challenge with a scope for somebody enrolled must be started with their userId.");
  const { phoneNumber, email } = challenge;
  const contacts = [...authenticators, state.users.get(userId)];
  const isOwn = contacts.some((one) => (phoneNumber ? one?.phoneNumber === phoneNumber : one?.email === email));
  if (!isOwn) throw invalidRequest("The challenge was not sent to a phone number or address of the user.");
}

/** A challenge that a user may claim. */
function claimable(tenant: Tenant, { challengeId, userId, skipVerificationCheck = false }: Body<"claimChallenge">) {
  const challenge = existing(tenant, challengeId);
  requireFilled({ userId });
  if (challenge.userId !== undefined && challenge.userId !== userId) {
    throw invalidRequest("The challenge was started for another user.");
  }
  if (challenge.claimedAt) throw conflict("The challenge has been claimed already.");
  if (tenant.isOver(challenge.expiresAt)) throw invalidRequest("The challenge has expired.");
  if (!challenge.verifiedAt && !skipVerificationCheck) throw invalidRequest("The challenge has not been verified.");
  requireOwnContact(tenant, challenge, userId);
  return challenge;
}

/** The action of a claimed challenge. One that comes into being here waits, unless the rules block it or want a review. */
function claimedAction(tenant: Tenant, challenge: Challenge, userId: string): Action {
  const { action: actionCode, idempotencyKey } = challenge;
  const { ipAddress, userAgent, deviceId, custom, locale, phoneNumber, email } = challenge;
  const known = tenant.state.actions.get(userId, actionCode, idempotencyKey);
  if (known) return known;
  const tracked = { ipAddress, userAgent, deviceId, custom, locale, phoneNumber, email };
  const action = createAction(tenant, { userId, actionCode, idempotencyKey, ...tracked });
  return action.state === "ALLOW"
    ? updateActionState(tenant, action, "server", { state: "CHALLENGE_REQUIRED" })
    : action;
}

function succeed(tenant: Tenant, challenge: Challenge, userId: string): Action {
  const { verificationMethod } = challenge;
  const action = claimedAction(tenant, challenge, userId);
  if (action.state !== "CHALLENGE_REQUIRED") return action;
  const verifiedByAuthenticatorId = changeAuthenticators(tenant, challenge, userId);
  const state = "CHALLENGE_SUCCEEDED";
  return updateActionState(tenant, action, "server", { state, verificationMethod, verifiedByAuthenticatorId });
}

/** Adds or changes an authenticator, if the scope of the challenge says so; gives its id. */
function changeAuthenticators(tenant: Tenant, challenge: Challenge, userId: string): string | undefined {
  const { scope = "", verificationMethod, phoneNumber, email } = challenge;
  const known = tenant.state.authenticators.of(userId).find((row) => row.verificationMethod === verificationMethod);
  if (known && scope.includes("update:authenticators")) {
    changeContact(tenant, userId, { phoneNumber, email });
    return updateAuthenticator(tenant, { ...known, phoneNumber, email, lastVerifiedAt: tenant.now() })
      .userAuthenticatorId;
  }
  if (!scope.includes("add:authenticators")) return undefined;
  return enrollAuthenticator(tenant, { userId, verificationMethod, phoneNumber, email })?.userAuthenticatorId;
}

function startedAnswer({ challengeId, idempotencyKey, expiresAt }: Challenge) {
  return { challengeId, idempotencyKey, expiresAt: seconds(expiresAt) };
}

/** The method is set once the challenge was passed, as the reference says. */
function currentAnswer(challenge: Challenge) {
  const { challengeId, verifiedAt, verificationMethod, smsChannel, phoneNumber, email, expiresAt, action } = challenge;
  return {
    challengeId,
    verificationMethod: verifiedAt ? verificationMethod : undefined,
    smsChannel,
    phoneNumber,
    email,
    expiresAt: seconds(expiresAt),
    action,
  };
}

function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1_000);
}
