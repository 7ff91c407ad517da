import { type EnrollmentRequest, startEnrollment } from "../domain/enrollment.ts";
import type { StepUp } from "../domain/step-up.ts";
import { andThen, type MaybePromise } from "../http/maybe-promise.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { totpOf } from "../tenant/totp.ts";
import type { ClientApiHandlers } from "./handlers.ts";
import { challengesOf } from "./pending.ts";

export const enrollments: Pick<
  ClientApiHandlers,
  "enrollSms" | "enrollEmailOtp" | "enrollEmailMagicLink" | "enrollTotp"
> = {
  enrollSms: ({ body: { phoneNumber } }, tenant, stepUp) =>
    andThen(replaceEnrollment(tenant, stepUp, { verificationMethod: "SMS", phoneNumber }), toResponse),

  enrollEmailOtp: ({ body: { email } }, tenant, stepUp) =>
    andThen(replaceEnrollment(tenant, stepUp, { verificationMethod: "EMAIL_OTP", email }), toResponse),

  enrollEmailMagicLink: ({ body: { email } }, tenant, stepUp) =>
    andThen(replaceEnrollment(tenant, stepUp, { verificationMethod: "EMAIL_MAGIC_LINK", email }), toResponse),

  enrollTotp: (_request, tenant, stepUp) =>
    andThen(replaceEnrollment(tenant, stepUp, { verificationMethod: "AUTHENTICATOR_APP" }), (challenge) => {
      const { otpUri: uri = "" } = challenge;
      return { ...toResponse(challenge), uri, secret: totpOf(uri)?.secret.base32 ?? "" };
    }),
};

/**
 * Starts an enrollment and deletes the pending enrollments of the same method: the operations `verify…` do not name an
 * enrollment, so they complete the last one.
 */
export function replaceEnrollment(tenant: Tenant, stepUp: StepUp, request: EnrollmentRequest): MaybePromise<Challenge> {
  const before = challengesOf(tenant, stepUp, request.verificationMethod).filter(({ isEnrollment }) => isEnrollment);
  return andThen(startEnrollment(tenant, stepUp, request), (started) => {
    for (const { challengeId } of before) {
      const current = tenant.state.challenges.get(challengeId);
      if (!current) continue;
      const isOther = current.challengeId !== started.challengeId && current.verifiedAt === undefined;
      if (isOther) tenant.state.challenges.delete(current);
    }
    return started;
  });
}

function toResponse({ userAuthenticatorId = "", userId = "" }: Challenge) {
  return { userAuthenticatorId, userId };
}
