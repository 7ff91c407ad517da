import { isChallengeRequired } from "../domain/permissions.ts";
import type { StepUp } from "../domain/step-up.ts";
import { startChallenge } from "../domain/step-up-challenges.ts";
import { conflict, type HttpError, invalidRequest } from "../http/errors.ts";
import { andThen, type MaybePromise } from "../http/maybe-promise.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { replaceEnrollment } from "./enrollments.ts";
import type { ClientApiHandlers } from "./handlers.ts";
import { findPendingEnrollment } from "./pending.ts";

export const challenges: Pick<
  ClientApiHandlers,
  "challengeSms" | "challengeEmailOtp" | "challengeWhatsapp" | "challengeEmailMagicLink" | "challengePush"
> = {
  challengeSms: (_request, tenant, stepUp) => challenge(tenant, stepUp, "SMS"),
  challengeEmailOtp: (_request, tenant, stepUp) => challenge(tenant, stepUp, "EMAIL_OTP"),
  challengeWhatsapp: (_request, tenant, stepUp) => challenge(tenant, stepUp, "WHATSAPP"),
  challengeEmailMagicLink: (_request, tenant, stepUp) => challenge(tenant, stepUp, "EMAIL_MAGIC_LINK"),

  challengePush({ body: { action } }, tenant, stepUp) {
    const { actionCode } = stepUp.action;
    if (action !== actionCode) throw invalidRequest(`body.action must be ${actionCode}, which the token is for`);
    return challenge(tenant, stepUp, "PUSH");
  },
};

function challenge(tenant: Tenant, stepUp: StepUp, verificationMethod: string): MaybePromise<{ challengeId: string }> {
  return andThen(startOrResend(tenant, stepUp, verificationMethod), ({ challengeId }) => ({ challengeId }));
}

/** Sends a code, a link or a push to the enrolled authenticator; while an enrollment is pending, to the contact to enroll. */
function startOrResend(tenant: Tenant, stepUp: StepUp, verificationMethod: string): MaybePromise<Challenge> {
  if (isChallengeRequired(tenant, stepUp)) return startChallenge(tenant, stepUp, verificationMethod);
  const pending = findPendingEnrollment(tenant, stepUp, verificationMethod);
  if (!pending) throw noChallengeRequired(tenant, stepUp);
  const { phoneNumber, email } = pending;
  return replaceEnrollment(tenant, stepUp, { verificationMethod, phoneNumber, email });
}

/** Returns the error of an action that requires no challenge. The message says what to do. */
function noChallengeRequired({ state }: Tenant, { user, action }: StepUp): HttpError {
  const problem = `The action does not wait for a challenge: it is ${action.state}.`;
  if (action.state !== "ALLOW") return conflict(problem);
  return state.authenticators.of(user.userId).length === 0
    ? conflict(`${problem} The user has enrolled nothing: enroll a method first.`)
    : conflict(
        `${problem} Add a rule by which it is challenged, such as rules.set("${action.actionCode}", "CHALLENGE"), and track it anew.`,
      );
}
