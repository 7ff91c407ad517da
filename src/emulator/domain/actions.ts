import { conflict, HttpError, notFound } from "../http/errors.ts";
import { fill } from "../state/defaults.ts";
import { allowedMethods, enrolledMethods } from "../state/methods.ts";
import type { Action, Outcome } from "../state/rows.ts";
import type { RuleContext } from "../tenant/rules.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { markDeviceAuthenticated, ruleDeviceOf } from "./devices.ts";
import { ensureUser } from "./users.ts";

/** The fields that name an action. Its id tells it from an earlier one of the same name. */
type ActionName = Pick<Action, "userId" | "actionCode" | "idempotencyKey" | "actionId">;

/** An action before the rules have decided about it. */
type NewAction = Omit<Action, "state" | "actionId" | "createdAt" | "updatedAt" | "stateUpdatedAt" | "rules" | "output">;

type StateChange = Pick<Action, "state" | "verificationMethod" | "verifiedByAuthenticatorId">;

/**
 * The states to which the user of an action can move it. In the state ALLOW, a challenge is passed by enrolling an
 * authenticator, or before the settings are changed. Your server may set any state, because no rule is documented.
 */
const MOVES_OF_USER: Readonly<Record<string, readonly string[]>> = {
  CHALLENGE_REQUIRED: ["CHALLENGE_SUCCEEDED", "CHALLENGE_FAILED"],
  ALLOW: ["CHALLENGE_SUCCEEDED"],
};

/** Creates an action and lets the rules decide about it. @throws HttpError when the tenant offers no method at all. */
export function createAction(tenant: Tenant, tracked: NewAction): Action {
  const { userId, email, phoneNumber, username } = tracked;
  if (allowedMethods(tenant).length === 0) {
    throw new HttpError(400, "AUTHENTICATOR_NOT_FOUND", "The tenant has no active authenticator.");
  }
  const user = ensureUser(tenant, userId, { email, phoneNumber, username });
  // The rules read a complete action. Its state is set by their decision, before it is stored.
  const undecided = fill.action({ ...tracked, state: "ALLOW" }, tenant.now());
  const context: RuleContext = { action: undecided, user, device: ruleDeviceOf(tenant, undecided) };
  const decision = tenant.rules.decide(context);
  const state = stateOf(tenant, userId, decision.outcome);
  const action = tenant.state.actions.put({ ...undecided, ...decision, state });
  const { outcome, rules } = action;
  tenant.timeline.record(action, { kind: "action.tracked", rules, state, ...(outcome && { outcome }) });
  tenant.webhooks.logAction(action);
  return action;
}

/** Finds the very action that a token was made for; undefined when it was deleted, even if another one has its name now. */
export function findAction(
  { state }: Tenant,
  { userId, actionCode, idempotencyKey, actionId }: ActionName,
): Action | undefined {
  const action = state.actions.get(userId, actionCode, idempotencyKey);
  return action?.actionId === actionId ? action : undefined;
}

/** @throws HttpError with 404 when there is no such action. */
export function requireAction({ state }: Tenant, userId: string, actionCode: string, idempotencyKey: string): Action {
  const action = state.actions.get(userId, actionCode, idempotencyKey);
  if (!action) throw notFound("There is no such action.");
  return action;
}

/**
 * Moves an action to another state.
 * @throws HttpError with 409 `conflict` when its user may not do that.
 */
export function updateActionState(tenant: Tenant, action: Action, by: "server" | "user", change: StateChange): Action {
  if (by === "user" && !MOVES_OF_USER[action.state]?.includes(change.state)) {
    throw conflict(`An action that is ${action.state} cannot become ${change.state}.`);
  }
  const now = tenant.now();
  const stateUpdatedAt = change.state === action.state ? action.stateUpdatedAt : now;
  const updated = tenant.state.actions.put({ ...action, ...change, updatedAt: now, stateUpdatedAt });
  if (change.state !== action.state) {
    const { state, verificationMethod } = change;
    tenant.timeline.record(updated, {
      kind: "action.changed",
      by,
      state,
      ...(verificationMethod && { verificationMethod }),
    });
  }
  if (change.state === "CHALLENGE_SUCCEEDED") markDeviceAuthenticated(tenant, updated);
  tenant.webhooks.logAction(updated);
  return updated;
}

/** The state of a new action. As in the real service, a user who has enrolled nothing is allowed, not challenged. */
function stateOf(tenant: Tenant, userId: string, outcome: Outcome): string {
  switch (outcome) {
    case "CHALLENGE":
      return enrolledMethods(tenant, userId).length > 0 ? "CHALLENGE_REQUIRED" : "ALLOW";
    case "REVIEW":
      return "REVIEW_REQUIRED";
    default:
      return outcome;
  }
}
