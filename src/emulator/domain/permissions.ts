import type { Tenant } from "../tenant/tenant.ts";
import { ENROLLMENT_STATES } from "./authenticators.ts";
import type { StepUp } from "./step-up.ts";

// What an action lets its user do. Somebody who has authenticators must have confirmed with one of them before they add or
// remove any, unless your server says by a scope that it knows them.

/** Whether the person may add authenticators now, or remove them. */
export function mayManage(tenant: Tenant, stepUp: StepUp, what: "add" | "remove"): boolean {
  const { state, redirectToSettings } = stepUp.action;
  if (!ENROLLMENT_STATES.includes(state)) return false;
  const isConfirmed = state === "CHALLENGE_SUCCEEDED" && redirectToSettings === true;
  const isFirst = what === "add" && !hasAuthenticators(tenant, stepUp);
  return isConfirmed || isFirst || stepUp.scope.split(" ").includes(`${what}:authenticators`);
}

/** Whether the settings are open to the person, where they see what they have, and may add and remove some of it. */
export function areSettingsOpen(tenant: Tenant, { action, ...stepUp }: StepUp): boolean {
  const isInState = ENROLLMENT_STATES.includes(action.state) && action.redirectToSettings === true;
  return isInState && !isWaiting(tenant, { action, ...stepUp });
}

/** Whether a challenge is to be passed: because the action needs it, or because the settings do. */
export function isWaiting(tenant: Tenant, stepUp: StepUp): boolean {
  const { state, redirectToSettings } = stepUp.action;
  if (state === "CHALLENGE_REQUIRED") return true;
  if (state !== "ALLOW" || redirectToSettings !== true || !hasAuthenticators(tenant, stepUp)) return false;
  return !mayManage(tenant, stepUp, "add") && !mayManage(tenant, stepUp, "remove");
}

function hasAuthenticators({ state }: Tenant, { user }: StepUp): boolean {
  return state.authenticators.of(user.userId).length > 0;
}
