import { invalidRequest } from "../http/errors.ts";
import type { MaybePromise } from "../http/maybe-promise.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { isOpen } from "./challenges.ts";
import { LINK_METHODS } from "./messages.ts";
import { createStepUp, type StepUp } from "./step-up.ts";
import { canSucceedBy, conclude } from "./step-up-challenges.ts";

/** Finds the challenge of the link in a magic-link e-mail or a push; undefined when it is unknown, used or expired. */
export function findLink(tenant: Tenant, key: string): { challenge: Challenge; stepUp: StepUp } | undefined {
  const challenge = tenant.state.challenges.find((one) => one.key === key);
  if (challenge?.userId === undefined || !LINK_METHODS.includes(challenge.verificationMethod)) return undefined;
  if (!isOpen(tenant, challenge)) return undefined;
  const action = tenant.state.actions.get(challenge.userId, challenge.action, challenge.idempotencyKey);
  const stepUp = action && createStepUp(tenant, action, action.scope);
  return stepUp && canSucceedBy(tenant, stepUp, challenge) ? { challenge, stepUp } : undefined;
}

/** Passes or denies the challenge of a link. @throws HttpError when the link is unknown, used or expired. */
export function decideLink(tenant: Tenant, key: string, isApproved: boolean): MaybePromise<StepUp> {
  const link = findLink(tenant, key);
  if (!link) throw invalidRequest("This link is unknown, was used, or has expired.");
  return conclude(tenant, link.stepUp, link.challenge, isApproved);
}
