import { isOfAction, isOpen } from "../domain/challenges.ts";
import type { StepUp } from "../domain/step-up.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** Returns the challenges of an action by a method, enrollments included, the oldest first. */
export function challengesOf({ state }: Tenant, { action }: StepUp, verificationMethod: string): Challenge[] {
  return state.challenges
    .of(action.userId)
    .filter((one) => one.verificationMethod === verificationMethod && isOfAction(one, action));
}

/** Finds the last open challenge of an action by a method; if none is open, the last challenge. */
export function findLastChallenge(tenant: Tenant, stepUp: StepUp, verificationMethod: string): Challenge | undefined {
  const challenges = challengesOf(tenant, stepUp, verificationMethod);
  return challenges.findLast((one) => isOpen(tenant, one)) ?? challenges.at(-1);
}

/** Finds the enrollment of a method that can still be completed. */
export function findPendingEnrollment(
  tenant: Tenant,
  stepUp: StepUp,
  verificationMethod: string,
): Challenge | undefined {
  return challengesOf(tenant, stepUp, verificationMethod).findLast((one) => one.isEnrollment && isOpen(tenant, one));
}
