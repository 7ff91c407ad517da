import { randomUUID } from "node:crypto";
import { createAction, requireAction, updateActionState } from "../domain/actions.ts";
import { claimForTrackedAction } from "../domain/claims.ts";
import { invalidRequest, requireFilled } from "../http/errors.ts";
import { andThen } from "../http/maybe-promise.ts";
import { allowedMethods, defaultMethod, enrolledMethods } from "../state/methods.ts";
import type { Action } from "../state/rows.ts";
import { redirectScope } from "../tenant/settings.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ServerApiHandlers } from "./handlers.ts";

/** `queryUserActions` returns no older actions, in milliseconds. */
const THIRTY_DAYS = 30 * 24 * 60 * 60 * 1_000;

export const actions: Pick<ServerApiHandlers, "track" | "getAction" | "queryUserActions" | "updateAction"> = {
  track({ path: { userId, action: actionCode }, body = {} }, tenant) {
    // `crypto` and `customDomain` need services that the emulator does not have.
    const { idempotencyKey = randomUUID(), crypto: _crypto, customDomain: _domain, ...tracked } = body;
    requireFilled({ idempotencyKey, deviceId: tracked.deviceId });
    if (tracked.redirectUrl !== undefined && !redirectScope(tracked.redirectUrl)) {
      throw invalidRequest("body.redirectUrl must be an absolute URL such as https://app.example.com/callback");
    }
    const existing = tenant.state.actions.get(userId, actionCode, idempotencyKey);
    if (existing) return toTrackResponse(tenant, existing);
    const action = createAction(tenant, { userId, actionCode, idempotencyKey, ...tracked });
    return andThen(claimForTrackedAction(tenant, action), (claimed) => toTrackResponse(tenant, claimed));
  },

  getAction({ path: { userId, action, idempotencyKey } }, tenant) {
    return toActionResponse(requireAction(tenant, userId, action, idempotencyKey));
  },

  queryUserActions({ path: { userId }, query: { codes, fromDate, state } }, tenant) {
    const earliest = tenant.clock.milliseconds - THIRTY_DAYS;
    const from = Math.max(earliest, fromDate === undefined ? earliest : parseFromDate(fromDate));
    const wanted = codes?.split(",").map((code) => code.trim());
    return (
      tenant.state.actions
        .of(userId)
        .filter(
          (action) =>
            Date.parse(action.createdAt) >= from &&
            (wanted?.includes(action.actionCode) ?? true) &&
            (state === undefined || action.state === state),
        )
        // The sort is stable: of two actions of the same millisecond, the one that was stored last comes first.
        .reverse()
        .sort((one, other) => other.createdAt.localeCompare(one.createdAt))
        .map(toActionSummary)
    );
  },

  updateAction({ path: { userId, action, idempotencyKey }, body }, tenant) {
    const before = requireAction(tenant, userId, action, idempotencyKey);
    return toActionResponse(updateActionState(tenant, before, "server", { state: body.state }));
  },
};

function toTrackResponse(tenant: Tenant, action: Action) {
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

function parseFromDate(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalidRequest("query.fromDate must be an ISO 8601 date such as 2026-01-01T00:00:00Z");
  return time;
}

function toActionResponse({ state, createdAt, stateUpdatedAt, verificationMethod, rules, output }: Action) {
  const ruleIds = rules.map(({ ruleId }) => ruleId);
  return { state, createdAt, stateUpdatedAt, verificationMethod, ruleIds, rules, priorityRuleId: ruleIds[0], output };
}

function toActionSummary(action: Action) {
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
