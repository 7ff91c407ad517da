import { isWaiting } from "../domain/permissions.ts";
import { startChallenge } from "../domain/step-up-challenges.ts";
import { conflict, type HttpError, invalidRequest } from "../http/errors.ts";
import { andThen, type MaybePromise } from "../http/maybe-promise.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Visitor } from "./caller.ts";
import { start as startEnrollment } from "./enrollments.ts";
import type { ClientApiHandlers } from "./handlers.ts";
import { findPendingEnrollment } from "./pending.ts";

export const challenges: Pick<
  ClientApiHandlers,
  "challengeSms" | "challengeEmailOtp" | "challengeWhatsapp" | "challengeEmailMagicLink" | "challengePush"
> = {
  challengeSms: (_request, tenant, visitor) => start(tenant, visitor, "SMS"),
  challengeEmailOtp: (_request, tenant, visitor) => start(tenant, visitor, "EMAIL_OTP"),
  challengeWhatsapp: (_request, tenant, visitor) => start(tenant, visitor, "WHATSAPP"),
  challengeEmailMagicLink: (_request, tenant, visitor) => start(tenant, visitor, "EMAIL_MAGIC_LINK"),

  challengePush({ body: { action } }, tenant, visitor) {
    const { actionCode } = visitor.action;
    if (action !== actionCode) throw invalidRequest(`body.action must be ${actionCode}, which the token is for`);
    return start(tenant, visitor, "PUSH");
  },
};

/** Sends a code, a link or a push to what is enrolled or, where an enrollment is under way, to what is to be. */
function start(tenant: Tenant, visitor: Visitor, verificationMethod: string): MaybePromise<{ challengeId: string }> {
  return andThen(startOrSendAgain(tenant, visitor, verificationMethod), ({ challengeId }) => ({ challengeId }));
}

function startOrSendAgain(tenant: Tenant, visitor: Visitor, verificationMethod: string): MaybePromise<Challenge> {
  if (isWaiting(tenant, visitor)) return startChallenge(tenant, visitor, verificationMethod);
  const underWay = findPendingEnrollment(tenant, visitor, verificationMethod);
  if (!underWay) throw notAsked(tenant, visitor);
  const { phoneNumber, email } = underWay;
  return startEnrollment(tenant, visitor, { verificationMethod, phoneNumber, email });
}

/** Why there is nothing to confirm. */
function notAsked({ state }: Tenant, { user, action }: Visitor): HttpError {
  const problem = `The action does not wait for a challenge: it is ${action.state}.`;
  if (action.state !== "ALLOW") return conflict(problem);
  return state.authenticators.of(user.userId).length === 0
    ? conflict(`${problem} The user has enrolled nothing: enroll a method first.`)
    : conflict(
        `${problem} Add a rule by which it is challenged, such as rules.set("${action.actionCode}", "CHALLENGE"), and track it anew.`,
      );
}
