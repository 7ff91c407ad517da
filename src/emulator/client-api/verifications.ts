import type { ResponseBody } from "../../../generated/client-api-validators.js";
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

/** The scope of the token of a user who has just passed a challenge, as the API reference gives it. */
const VERIFIED_SCOPE = "read:authenticators add:authenticators update:authenticators remove:authenticators";

export const verifications: Pick<
  ClientApiHandlers,
  "verifySms" | "verifyEmailOtp" | "verifyWhatsapp" | "verifyTotp" | "verifyPush" | "finalizeEmailMagicLink"
> = {
  verifySms: ({ body }, tenant, stepUp) => verify(tenant, stepUp, "SMS", body.verificationCode),
  verifyEmailOtp: ({ body }, tenant, stepUp) => verify(tenant, stepUp, "EMAIL_OTP", body.verificationCode),
  verifyWhatsapp: ({ body }, tenant, stepUp) => verify(tenant, stepUp, "WHATSAPP", body.verificationCode),

  verifyTotp({ body: { verificationCode } }, tenant, stepUp) {
    const method = "AUTHENTICATOR_APP";
    const challenge = findPendingEnrollment(tenant, stepUp, method) ?? startChallenge(tenant, stepUp, method);
    return andThen(challenge, (started) => enterAndRespond(tenant, stepUp, started, verificationCode));
  },

  verifyPush({ body: { challengeId } }, tenant, stepUp) {
    const challenge = challengesOf(tenant, stepUp, "PUSH").find((one) => one.challengeId === challengeId);
    if (!challenge) throw notFound("The action has no such challenge.");
    const isVerified = isPassed(tenant, stepUp, challenge);
    const isConsumed = isVerified || challenge.claimedAt !== undefined;
    return { isVerified, isConsumed, ...(isVerified && { accessToken: newToken(tenant, stepUp) }) };
  },

  finalizeEmailMagicLink({ body: { challengeId } }, tenant, stepUp) {
    const method = "EMAIL_MAGIC_LINK";
    const challenge =
      challengeId === undefined
        ? findLastChallenge(tenant, stepUp, method)
        : challengesOf(tenant, stepUp, method).find((one) => one.challengeId === challengeId);
    if (!challenge) throw notSent(method);
    return isPassed(tenant, stepUp, challenge) ? success(tenant, stepUp, challenge) : { isVerified: false };
  },
};

/**
 * Whether a challenge was passed, for example on another device. False after it has expired and after the action has changed its
 * state, so that polling does not issue tokens without end.
 */
function isPassed(tenant: Tenant, { action }: StepUp, { verifiedAt, expiresAt }: Challenge): boolean {
  return verifiedAt !== undefined && !tenant.isPast(expiresAt) && action.state === "CHALLENGE_SUCCEEDED";
}

function verify(
  tenant: Tenant,
  stepUp: StepUp,
  method: string,
  code: string,
): MaybePromise<Serializable<ResponseBody<"verifySms">>> {
  const challenge = findLastChallenge(tenant, stepUp, method);
  if (!challenge) throw notSent(method);
  return enterAndRespond(tenant, stepUp, challenge, code);
}

function enterAndRespond(
  tenant: Tenant,
  stepUp: StepUp,
  challenge: Challenge,
  code: string,
): MaybePromise<Serializable<ResponseBody<"verifySms">>> {
  return andThen(enterCode(tenant, stepUp, challenge.challengeId, code), (result) =>
    result === "VERIFIED" ? success(tenant, stepUp, challenge) : { isVerified: false, failureReason: result },
  );
}

function success(tenant: Tenant, stepUp: StepUp, challenge: Challenge): Serializable<ResponseBody<"verifySms">> {
  const verified = { isVerified: true, accessToken: newToken(tenant, stepUp) };
  const enrolled = challenge.isEnrollment ? enrolledBy(tenant, challenge) : undefined;
  if (!enrolled) return verified;
  const { webauthnCredential: _none, ...userAuthenticator } = toApiAuthenticator(tenant, enrolled);
  return { ...verified, userAuthenticator };
}

function newToken({ tokens }: Tenant, { action }: StepUp): string {
  return tokens.ofAction({ ...action, scope: VERIFIED_SCOPE });
}

/** The authenticator of a passed enrollment, which is an older one if the user had enrolled the same before. */
function enrolledBy({ state }: Tenant, { userId = "", ...challenge }: Challenge): Authenticator | undefined {
  return state.authenticators
    .of(userId)
    .findLast((row) =>
      (["verificationMethod", "phoneNumber", "email", "otpUri"] as const).every(
        (field) => row[field] === challenge[field],
      ),
    );
}

function notSent(method: string) {
  return invalidRequest(`Nothing was sent by ${method} for this action: call challenge or enroll first.`);
}
