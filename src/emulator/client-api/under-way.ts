import { isOfAction, isOpen } from "../operations/codes.ts";
import type { StepUp } from "../operations/step-up.ts";
import type { Challenge } from "../tenant/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** The challenges of an action that go one way, enrolments included, the oldest first. */
export function challengesOf({ state }: Tenant, { action }: StepUp, verificationMethod: string): Challenge[] {
  return state.challenges
    .of(action.userId)
    .filter((one) => one.verificationMethod === verificationMethod && isOfAction(one, action));
}

/** The last challenge of an action that goes one way, one that can still be passed before all others. */
export function lastChallengeOf(tenant: Tenant, stepUp: StepUp, verificationMethod: string): Challenge | undefined {
  const challenges = challengesOf(tenant, stepUp, verificationMethod);
  return challenges.findLast((one) => isOpen(tenant, one)) ?? challenges.at(-1);
}

/** The enrolment of a method that can still be completed. */
export function enrolmentUnderWay(tenant: Tenant, stepUp: StepUp, verificationMethod: string): Challenge | undefined {
  return challengesOf(tenant, stepUp, verificationMethod).findLast((one) => one.isEnrolment && isOpen(tenant, one));
}
