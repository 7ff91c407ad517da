import { type EnrollmentRequest, startEnrollment } from "../domain/enrollment.ts";
import { andThen, type MaybePromise } from "../http/maybe-promise.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { totpOf } from "../tenant/totp.ts";
import type { Visitor } from "./caller.ts";
import type { ClientApiHandlers } from "./handlers.ts";
import { challengesOf } from "./pending.ts";

export const enrollments: Pick<
  ClientApiHandlers,
  "enrollSms" | "enrollEmailOtp" | "enrollEmailMagicLink" | "enrollTotp"
> = {
  enrollSms: ({ body: { phoneNumber } }, tenant, visitor) =>
    andThen(start(tenant, visitor, { verificationMethod: "SMS", phoneNumber }), answerOf),

  enrollEmailOtp: ({ body: { email } }, tenant, visitor) =>
    andThen(start(tenant, visitor, { verificationMethod: "EMAIL_OTP", email }), answerOf),

  enrollEmailMagicLink: ({ body: { email } }, tenant, visitor) =>
    andThen(start(tenant, visitor, { verificationMethod: "EMAIL_MAGIC_LINK", email }), answerOf),

  enrollTotp: (_request, tenant, visitor) =>
    andThen(start(tenant, visitor, { verificationMethod: "AUTHENTICATOR_APP" }), (challenge) => {
      const { otpUri: uri = "" } = challenge;
      return { ...answerOf(challenge), uri, secret: totpOf(uri)?.secret.base32 ?? "" };
    }),
};

/** Starts an enrollment in the place of those to other contacts, because a code is for the last of them. */
export function start(tenant: Tenant, visitor: Visitor, wish: EnrollmentRequest): MaybePromise<Challenge> {
  const before = challengesOf(tenant, visitor, wish.verificationMethod).filter(({ isEnrollment }) => isEnrollment);
  return andThen(startEnrollment(tenant, visitor, wish), (started) => {
    for (const { challengeId } of before) {
      const one = tenant.state.challenges.get(challengeId);
      if (!one) continue;
      const isOther = one.challengeId !== started.challengeId && one.verifiedAt === undefined;
      if (isOther) tenant.state.challenges.delete(one);
    }
    return started;
  });
}

function answerOf({ userAuthenticatorId = "", userId = "" }: Challenge) {
  return { userAuthenticatorId, userId };
}
