import { randomUUID } from "node:crypto";
import type { Body, ResponseBody } from "../../../generated/authsignal-validators.js";
import { findAction } from "../domain/actions.ts";
import { requireOfferedMethod } from "../domain/authenticators.ts";
import { createChallenge, resendChallenge, submitCode } from "../domain/challenges.ts";
import { claimChallenge, requireChallenge } from "../domain/claims.ts";
import { markTokenUsed, readActionToken, recordTokenUse, TOKEN_ERRORS } from "../domain/tokens.ts";
import { invalidRequest, requireFilled } from "../http/errors.ts";
import type { Serializable } from "../http/json.ts";
import { andThen } from "../http/maybe-promise.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ServerApiHandlers } from "./handlers.ts";

/** An action code. In `challenge`, it is in the body, where the spec has no pattern for it. */
const ACTION_CODE = /^[a-zA-Z0-9_-]{1,64}$/;

export const challenges: Pick<
  ServerApiHandlers,
  "challenge" | "verify" | "claimChallenge" | "getChallenge" | "validateChallenge"
> = {
  challenge({ body }, tenant) {
    const { challengeId, verificationMethod, action, ...details } = body;
    if (challengeId !== undefined)
      return andThen(resendChallenge(tenant, requireResendable(tenant, challengeId)), toStartedResponse);
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
    return andThen(createChallenge(tenant, challenge), toStartedResponse);
  },

  verify({ body: { challengeId, verificationCode } }, tenant) {
    const challenge = requireChallenge(tenant, challengeId);
    const result = submitCode(tenant, challenge, verificationCode);
    if (result !== "VERIFIED") return { isVerified: false, failureReason: result };
    const { email, phoneNumber, verificationMethod } = challenge;
    return { isVerified: true, email, phoneNumber, verificationMethod };
  },

  claimChallenge({ body }, tenant) {
    return andThen(claimChallenge(tenant, body), ({ action, challenge: { verificationMethod } }) => ({
      token: tenant.tokens.ofAction(action),
      verificationMethod,
    }));
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
        !tenant.isPast(one.expiresAt),
    );
    return current ? toCurrentResponse(current) : {};
  },

  validateChallenge({ body }, tenant) {
    const response = validateToken(tenant, body);
    const { isValid, error, state } = response;
    recordTokenUse(
      tenant,
      body.token,
      isValid ? { kind: "token.validated" } : { kind: "token.rejected", reason: error ?? state ?? "" },
    );
    return response;
  },
};

function validateToken(
  tenant: Tenant,
  { token, userId, action: actionCode }: Body<"validateChallenge">,
): Serializable<ResponseBody<"validateChallenge">> {
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
}

/** Finds a challenge whose message may be sent once more. @throws HttpError when it is over. */
function requireResendable(tenant: Tenant, challengeId: string): Challenge {
  const challenge = requireChallenge(tenant, challengeId);
  if (challenge.verifiedAt || challenge.claimedAt) throw invalidRequest("The challenge is over already.");
  if (tenant.isPast(challenge.expiresAt)) throw invalidRequest("The challenge has expired: start another one.");
  return challenge;
}

function toStartedResponse({ challengeId, idempotencyKey, expiresAt }: Challenge) {
  return { challengeId, idempotencyKey, expiresAt: toEpochSeconds(expiresAt) };
}

/** The method is present only after the challenge was passed, as the API reference says. */
function toCurrentResponse(challenge: Challenge) {
  const { challengeId, verifiedAt, verificationMethod, smsChannel, phoneNumber, email, expiresAt, action } = challenge;
  return {
    challengeId,
    verificationMethod: verifiedAt ? verificationMethod : undefined,
    smsChannel,
    phoneNumber,
    email,
    expiresAt: toEpochSeconds(expiresAt),
    action,
  };
}

/** A stored time in seconds since 1970. */
function toEpochSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1_000);
}
