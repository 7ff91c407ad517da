import { randomUUID } from "node:crypto";
import { findPassedChallenge } from "../domain/codes.ts";
import { withVerifyWebhook } from "../domain/verification.ts";
import { conflict, HttpError, invalidRequest, notFound, requireFilled } from "../http/errors.ts";
import type { MaybePromise } from "../http/maybe-promise.ts";
import type { Action, Device, Outcome } from "../state/rows.ts";
import { allowedMethods, defaultMethod, enrolledMethods } from "../tenant/methods.ts";
import type { RuleContext } from "../tenant/rules.ts";
import { fill } from "../tenant/seed.ts";
import { redirectScope } from "../tenant/settings.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ServerApiHandlers } from "./handlers.ts";
import { ensureUser } from "./users.ts";

/** `queryUserActions` reaches no further back. */
const THIRTY_DAYS = 30 * 24 * 60 * 60 * 1_000;

export const actions: Pick<ServerApiHandlers, "track" | "getAction" | "queryUserActions" | "updateAction"> = {
  track({ path: { userId, action: actionCode }, body = {} }, tenant) {
    const { idempotencyKey = randomUUID(), crypto: _crypto, customDomain: _domain, ...tracked } = body;
    requireFilled({ idempotencyKey, deviceId: tracked.deviceId });
    if (tracked.redirectUrl !== undefined && !redirectScope(tracked.redirectUrl)) {
      throw invalidRequest("body.redirectUrl must be an absolute URL such as https://app.example.com/callback");
    }
    const known = tenant.state.actions.get(userId, actionCode, idempotencyKey);
    if (known) return trackedAnswer(tenant, known);
    return confirmTied(tenant, createAction(tenant, { userId, actionCode, idempotencyKey, ...tracked }));
  },

  getAction({ path: { userId, action, idempotencyKey } }, { state }) {
    return answerOf(existing(state.actions.get(userId, action, idempotencyKey)));
  },

  queryUserActions({ path: { userId }, query: { codes, fromDate, state } }, tenant) {
    const earliest = tenant.clock.milliseconds - THIRTY_DAYS;
    const from = Math.max(earliest, fromDate === undefined ? earliest : timeOf(fromDate));
    const wanted = codes?.split(",").map((code) => code.trim());
    return tenant.state.actions
      .of(userId)
      .filter(
        (action) =>
          Date.parse(action.createdAt) >= from &&
          (wanted?.includes(action.actionCode) ?? true) &&
          (state === undefined || action.state === state),
      )
      .reverse()
      .sort((one, other) => other.createdAt.localeCompare(one.createdAt))
      .map(summaryOf);
  },

  updateAction({ path: { userId, action, idempotencyKey }, body }, tenant) {
    const before = existing(tenant.state.actions.get(userId, action, idempotencyKey));
    return answerOf(updateActionState(tenant, before, "server", { state: body.state }));
  },
};

/**
 * Who may move an action from one state to another. Your server may move any to any, because no rule is documented; the
 * user moves what waits for them, and confirms what is allowed by setting something up or before they change settings.
 */
const MOVES_OF_USER: Readonly<Record<string, readonly string[]>> = {
  CHALLENGE_REQUIRED: ["CHALLENGE_SUCCEEDED", "CHALLENGE_FAILED"],
  ALLOW: ["CHALLENGE_SUCCEEDED"],
};

type Move = Pick<Action, "state" | "verificationMethod" | "verifiedByAuthenticatorId">;

/**
 * Moves an action to another state.
 * @throws HttpError with 409 `conflict` when this one may not.
 */
export function updateActionState(tenant: Tenant, action: Action, by: "server" | "user", move: Move): Action {
  if (by === "user" && !MOVES_OF_USER[action.state]?.includes(move.state)) {
    throw conflict(`An action that is ${action.state} cannot become ${move.state}.`);
  }
  const now = tenant.now();
  const stateUpdatedAt = move.state === action.state ? action.stateUpdatedAt : now;
  const moved = tenant.state.actions.put({ ...action, ...move, updatedAt: now, stateUpdatedAt });
  if (move.state === "CHALLENGE_SUCCEEDED") rememberDevice(tenant, moved);
  tenant.webhooks.logAction(moved);
  return moved;
}

/** The action that a token is for; undefined when it is gone, even if another one has its name. */
export function findAction(
  { state }: Tenant,
  {
    userId,
    actionCode,
    idempotencyKey,
    actionId,
  }: Pick<Action, "userId" | "actionCode" | "idempotencyKey" | "actionId">,
): Action | undefined {
  const action = state.actions.get(userId, actionCode, idempotencyKey);
  return action?.actionId === actionId ? action : undefined;
}

/** What is known of an action before the rules decide. */
type Tracked = Omit<Action, "state" | "actionId" | "createdAt" | "updatedAt" | "stateUpdatedAt" | "rules" | "output">;

/** Lets the rules decide about an action that is seen for the first time. */
export function createAction(tenant: Tenant, tracked: Tracked): Action {
  const { userId, email, phoneNumber, username } = tracked;
  if (allowedMethods(tenant).length === 0) {
    throw new HttpError(400, "AUTHENTICATOR_NOT_FOUND", "The tenant has no active authenticator.");
  }
  const user = ensureUser(tenant, userId, { email, phoneNumber, username });
  const undecided = fill.action({ ...tracked, state: "ALLOW" }, tenant.now());
  const context: RuleContext = { action: undecided, user, device: deviceOf(tenant, undecided) };
  const decision = tenant.rules.decide(context);
  const state = stateOf(tenant, userId, decision.outcome);
  const action = tenant.state.actions.put({ ...undecided, ...decision, state });
  tenant.webhooks.logAction(action);
  return action;
}

/** What `track` answers. An action that waits succeeds at once if the challenge that is tied to it was passed. */
function confirmTied(tenant: Tenant, action: Action): MaybePromise<TrackedAnswer> {
  const passed = action.state === "CHALLENGE_REQUIRED" ? findPassedChallenge(tenant, action) : undefined;
  if (!passed) return trackedAnswer(tenant, action);
  const { verificationMethod } = passed.challenge;
  const { userAuthenticatorId } = passed.authenticator;
  const confirm = () => {
    const current = findAction(tenant, action);
    if (!current) throw conflict("The action is gone.");
    const isStillPassed = current.state === "CHALLENGE_REQUIRED" && findPassedChallenge(tenant, current);
    if (!isStillPassed) return trackedAnswer(tenant, current);
    tenant.state.challenges.put({ ...isStillPassed.challenge, claimedAt: tenant.now() });
    const move = { verificationMethod, verifiedByAuthenticatorId: userAuthenticatorId };
    return trackedAnswer(tenant, updateActionState(tenant, current, "user", { state: "CHALLENGE_SUCCEEDED", ...move }));
  };
  const { userId, actionCode, idempotencyKey } = action;
  const verification = { userId, action: actionCode, idempotencyKey, verificationMethod, userAuthenticatorId };
  return withVerifyWebhook(tenant, verification, confirm, () => trackedAnswer(tenant, action));
}

type TrackedAnswer = ReturnType<typeof trackedAnswer>;

function trackedAnswer(tenant: Tenant, action: Action) {
  const { userId, state, idempotencyKey, rules } = action;
  const token = tenant.tokens.ofAction(action);
  const enrolled = enrolledMethods(tenant, userId);
  return {
    state,
    url: `${tenant.origin}/challenge?token=${token}`,
    token,
    isEnrolled: enrolled.length > 0,
    idempotencyKey,
    allowedVerificationMethods: allowedMethods(tenant),
    enrolledVerificationMethods: enrolled,
    defaultVerificationMethod: defaultMethod(tenant, userId),
    ruleIds: rules.map(({ ruleId }) => ruleId),
  };
}

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

/** The device of an action as the rules see it; it is noted when it is new. */
function deviceOf(tenant: Tenant, { userId, deviceId }: Action): RuleContext["device"] {
  if (deviceId === undefined) return undefined;
  const { devices } = tenant.state;
  const device = devices.get(userId, deviceId) ?? devices.put(fill.device({ userId, deviceId }, tenant.now()));
  const { rememberedUntil } = device;
  return {
    ...device,
    isNew: !isTrusted(device),
    isRemembered: isTrusted(device) && rememberedUntil !== undefined && !tenant.isOver(rememberedUntil),
  };
}

function isTrusted({ authenticatedAt, invalidatedAt }: Device): boolean {
  if (authenticatedAt === undefined) return false;
  return invalidatedAt === undefined || Date.parse(invalidatedAt) < Date.parse(authenticatedAt);
}

function rememberDevice(tenant: Tenant, { userId, deviceId, verificationMethod }: Action): void {
  const device = deviceId === undefined ? undefined : tenant.state.devices.get(userId, deviceId);
  if (device) {
    tenant.state.devices.put({ ...device, authenticatedAt: tenant.now(), lastVerificationMethod: verificationMethod });
  }
}

function existing(action: Action | undefined): Action {
  if (!action) throw notFound("There is no such action.");
  return action;
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalidRequest("query.fromDate must be an ISO 8601 date such as 2026-01-01T00:00:00Z");
  return time;
}

function answerOf({ state, createdAt, stateUpdatedAt, verificationMethod, rules, output }: Action) {
  const ruleIds = rules.map(({ ruleId }) => ruleId);
  return { state, createdAt, stateUpdatedAt, verificationMethod, ruleIds, rules, priorityRuleId: ruleIds[0], output };
}

function summaryOf(action: Action) {
  const { actionCode, idempotencyKey, createdAt, updatedAt, state, stateUpdatedAt } = action;
  const { verificationMethod, verifiedByAuthenticatorId, userAgent, ipAddress } = action;
  return {
    actionCode,
    idempotencyKey,
    createdAt,
    updatedAt,
    state,
    stateUpdatedAt,
    verificationMethod,
    verifiedByAuthenticatorId,
    userAgent,
    ipAddress,
  };
}
