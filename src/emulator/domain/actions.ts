import { conflict, HttpError, notFound } from "../http/errors.ts";
import { withDefaults } from "../state/defaults.ts";
import { allowedMethods, enrolledMethods } from "../state/methods.ts";
import type { Action, Outcome } from "../state/rows.ts";
import type { RuleContext } from "../tenant/rules.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { ensureRuleDevice, markDeviceAuthenticated } from "./devices.ts";
import { ensureUser } from "./users.ts";

/**
 * The fields that identify an action. `userId`, `actionCode` and `idempotencyKey` are its key; a server may delete the action and
 * track another one with the same key, which has another `actionId`.
 */
type ActionIdentity = Pick<Action, "userId" | "actionCode" | "idempotencyKey" | "actionId">;

/** What a server passes to `track` about a new action. The rules decide later about its state, `rules` and `output`. */
type TrackedAction = Omit<
  Action,
  "state" | "actionId" | "createdAt" | "updatedAt" | "stateUpdatedAt" | "rules" | "output"
>;

type StateChange = Pick<Action, "state" | "verificationMethod" | "verifiedByAuthenticatorId">;

/**
 * The states into which a user can bring an action, by its current state. An allowed action succeeds when its user enrolls an
 * authenticator, or passes a challenge to open the page on which methods are added and removed. Servers may set any state: the documentation of
 * Authsignal has no rule for them.
 */
const USER_TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  CHALLENGE_REQUIRED: ["CHALLENGE_SUCCEEDED", "CHALLENGE_FAILED"],
  ALLOW: ["CHALLENGE_SUCCEEDED"],
};

/**
 * Creates the action that a server tracks, with the state that the rules decide.
 * @throws HttpError when the tenant offers no verification method.
 */
export function createAction(tenant: Tenant, tracked: TrackedAction): Action {
  const { userId, email, phoneNumber, username } = tracked;
  if (allowedMethods(tenant).length === 0) {
    throw new HttpError(400, "AUTHENTICATOR_NOT_FOUND", "The tenant has no active authenticator.");
  }
  const user = ensureUser(tenant, userId, { email, phoneNumber, username });
  // The rules get a complete action. Its state is a placeholder, which the decision replaces before the action is stored.
  const undecided = withDefaults.action({ ...tracked, state: "ALLOW" }, tenant.now());
  const context: RuleContext = { action: undecided, user, device: ensureRuleDevice(tenant, undecided) };
  const decision = tenant.rules.decide(context);
  // The decision holds the outcome, the rules that fired, and their output.
  const { outcome, rules } = decision;
  const state = stateOf(tenant, userId, outcome);
  const action = tenant.state.actions.put({ ...undecided, ...decision, state });
  tenant.timeline.record(action, { kind: "action.tracked", rules, state, outcome });
  tenant.webhooks.logAction(action);
  return action;
}

/** Finds the action that a token was created for; undefined when it was deleted, even if another action has the same key now. */
export function findAction(
  { state }: Tenant,
  { userId, actionCode, idempotencyKey, actionId }: ActionIdentity,
): Action | undefined {
  const action = state.actions.get(userId, actionCode, idempotencyKey);
  return action?.actionId === actionId ? action : undefined;
}

/** Returns the action with a key. @throws HttpError with 404 when there is none. */
export function requireAction({ state }: Tenant, userId: string, actionCode: string, idempotencyKey: string): Action {
  const action = state.actions.get(userId, actionCode, idempotencyKey);
  if (!action) throw notFound("There is no such action.");
  return action;
}

/**
 * Changes the state of an action.
 * @param by Who changes the state. A user may only make the transitions of `USER_TRANSITIONS`.
 * @throws HttpError with 409 `conflict` when the user may not change it in this way.
 */
export function updateActionState(tenant: Tenant, action: Action, by: "server" | "user", change: StateChange): Action {
  if (by === "user" && !USER_TRANSITIONS[action.state]?.includes(change.state)) {
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

/** Returns the state of a new action. As in the real service, a user without an enrolled method is allowed, not challenged. */
function stateOf(tenant: Tenant, userId: string, outcome: Outcome): string {
  switch (outcome) {
    case "CHALLENGE":
      return enrolledMethods(tenant, userId).length > 0 ? "CHALLENGE_REQUIRED" : "ALLOW";
    case "REVIEW":
      return "REVIEW_REQUIRED";
    case "ALLOW":
    case "BLOCK":
      // These outcomes are the names of states, too.
      return outcome;
  }
}
