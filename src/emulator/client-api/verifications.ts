import type { Answer } from "../../../generated/client-api-validators.js";
import { toApiAuthenticator } from "../domain/authenticators.ts";
import type { StepUp } from "../domain/step-up.ts";
import { enterCode, startChallenge } from "../domain/step-up-challenges.ts";
import { invalidRequest, notFound } from "../http/errors.ts";
import type { Serializable } from "../http/json.ts";
import { andThen, type MaybePromise } from "../http/maybe-promise.ts";
import type { Authenticator, Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ClientApiHandlers } from "./handlers.ts";
import { challengesOf, findLastChallenge, findPendingEnrollment } from "./pending.ts";

/** What the token of somebody who was just verified allows, as the reference has it. */
const MANAGING = "read:authenticators add:authenticators update:authenticators remove:authenticators";

export const verifications: Pick<
  ClientApiHandlers,
  "verifySms" | "verifyEmailOtp" | "verifyWhatsapp" | "verifyTotp" | "verifyPush" | "finalizeEmailMagicLink"
> = {
  verifySms: ({ body }, tenant, visitor) => verify(tenant, visitor, "SMS", body.verificationCode),
  verifyEmailOtp: ({ body }, tenant, visitor) => verify(tenant, visitor, "EMAIL_OTP", body.verificationCode),
  verifyWhatsapp: ({ body }, tenant, visitor) => verify(tenant, visitor, "WHATSAPP", body.verificationCode),

  verifyTotp({ body: { verificationCode } }, tenant, visitor) {
    const method = "AUTHENTICATOR_APP";
    const challenge = findPendingEnrollment(tenant, visitor, method) ?? startChallenge(tenant, visitor, method);
    return andThen(challenge, (started) => enter(tenant, visitor, started, verificationCode));
  },

  verifyPush({ body: { challengeId } }, tenant, visitor) {
    const challenge = challengesOf(tenant, visitor, "PUSH").find((one) => one.challengeId === challengeId);
    if (!challenge) throw notFound("The action has no such challenge.");
    const isVerified = isPassed(tenant, visitor, challenge);
    const isConsumed = isVerified || challenge.claimedAt !== undefined;
    return { isVerified, isConsumed, ...(isVerified && { accessToken: newToken(tenant, visitor) }) };
  },

  finalizeEmailMagicLink({ body: { challengeId } }, tenant, visitor) {
    const method = "EMAIL_MAGIC_LINK";
    const challenge =
      challengeId === undefined
        ? findLastChallenge(tenant, visitor, method)
        : challengesOf(tenant, visitor, method).find((one) => one.challengeId === challengeId);
    if (!challenge) throw nothingSent(method);
    return isPassed(tenant, visitor, challenge) ? success(tenant, visitor, challenge) : { isVerified: false };
  },
};

/** Whether a challenge was passed elsewhere, and lately. Its token is not renewed for ever, nor after your server has moved the action. */
function isPassed(tenant: Tenant, { action }: StepUp, { verifiedAt, expiresAt }: Challenge): boolean {
  return verifiedAt !== undefined && !tenant.isOver(expiresAt) && action.state === "CHALLENGE_SUCCEEDED";
}

function verify(
  tenant: Tenant,
  stepUp: StepUp,
  method: string,
  code: string,
): MaybePromise<Serializable<Answer<"verifySms">>> {
  const challenge = findLastChallenge(tenant, stepUp, method);
  if (!challenge) throw nothingSent(method);
  return enter(tenant, stepUp, challenge, code);
}

function enter(
  tenant: Tenant,
  stepUp: StepUp,
  challenge: Challenge,
  code: string,
): MaybePromise<Serializable<Answer<"verifySms">>> {
  return andThen(enterCode(tenant, stepUp, challenge.challengeId, code), (result) =>
    result === "VERIFIED" ? success(tenant, stepUp, challenge) : { isVerified: false, failureReason: result },
  );
}

function success(tenant: Tenant, stepUp: StepUp, challenge: Challenge): Serializable<Answer<"verifySms">> {
  const verified = { isVerified: true, accessToken: newToken(tenant, stepUp) };
  const enrolled = challenge.isEnrollment ? enrolledBy(tenant, challenge) : undefined;
  if (!enrolled) return verified;
  const { webauthnCredential: _none, ...userAuthenticator } = toApiAuthenticator(tenant, enrolled);
  return { ...verified, userAuthenticator };
}

function newToken({ tokens }: Tenant, { action }: StepUp): string {
  return tokens.ofAction({ ...action, scope: MANAGING });
}

/** What a passed enrollment has led to; renewing what was enrolled already is one, too. */
function enrolledBy({ state }: Tenant, { userId = "", ...challenge }: Challenge): Authenticator | undefined {
  return state.authenticators
    .of(userId)
    .findLast((row) =>
      (["verificationMethod", "phoneNumber", "email", "otpUri"] as const).every(
        (field) => row[field] === challenge[field],
      ),
    );
}

function nothingSent(method: string) {
  return invalidRequest(`Nothing was sent by ${method} for this action: call challenge or enroll first.`);
}
