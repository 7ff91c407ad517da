import type { Tenant } from "../tenant/tenant.ts";
import type { StepUp } from "./step-up.ts";

// The permissions of a user in an action. A user who has authenticators must pass a challenge with one of them before adding
// or removing any, unless the server that tracked the action passed the scope `add:authenticators` or
// `remove:authenticators`.

/** The states of an action in which its user can enroll. */
export const ENROLLMENT_STATES: readonly string[] = ["ALLOW", "CHALLENGE_SUCCEEDED"];

/** Whether the user may add authenticators now, or remove them. */
export function mayManage(tenant: Tenant, stepUp: StepUp, change: "add" | "remove"): boolean {
  const { state, redirectToSettings } = stepUp.action;
  if (!ENROLLMENT_STATES.includes(state)) return false;
  const isConfirmed = state === "CHALLENGE_SUCCEEDED" && redirectToSettings === true;
  const isFirst = change === "add" && !hasAuthenticators(tenant, stepUp);
  return isConfirmed || isFirst || stepUp.scope.split(" ").includes(`${change}:authenticators`);
}

/** Whether the user may open the settings page, which lists the authenticators and lets the user add and remove them. */
export function areSettingsOpen(tenant: Tenant, stepUp: StepUp): boolean {
  const { state, redirectToSettings } = stepUp.action;
  return ENROLLMENT_STATES.includes(state) && redirectToSettings === true && !isChallengeRequired(tenant, stepUp);
}

/** Whether the user must pass a challenge: because the action requires it, or to open the settings. */
export function isChallengeRequired(tenant: Tenant, stepUp: StepUp): boolean {
  const { state, redirectToSettings } = stepUp.action;
  if (state === "CHALLENGE_REQUIRED") return true;
  if (state !== "ALLOW" || redirectToSettings !== true || !hasAuthenticators(tenant, stepUp)) return false;
  return !mayManage(tenant, stepUp, "add") && !mayManage(tenant, stepUp, "remove");
}

function hasAuthenticators({ state }: Tenant, { user }: StepUp): boolean {
  return state.authenticators.of(user.userId).length > 0;
}
