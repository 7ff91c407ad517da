import type { Outcome } from "../../../src/emulator/index.ts";
import type {
  ActionModel,
  AuthenticatorModel,
  ChallengeModel,
  Method,
  State,
  TenantModel,
  TokenModel,
} from "./data.ts";
import { enrolledBy, meet, methodsOf } from "./people.ts";

// How the model thinks about actions, and about the tokens that stand for them.

export interface Tracked {
  readonly userId: string;
  readonly code: string;
  readonly key: string;
  readonly email?: string;
  readonly phoneNumber?: string;
  readonly username?: string;
  readonly deviceId?: string;
  readonly amount?: number;
  /** A challenge that was passed before and counts for this action. */
  readonly challenge?: ChallengeModel;
}

export function actionOf(tenant: TenantModel, userId: string, code: string, key: string): ActionModel | undefined {
  return tenant.actions.find((one) => one.userId === userId && one.code === code && one.key === key);
}

/** The action of this name. Only a new one is decided; whatever is tracked of a known one changes nothing. */
export function track(tenant: TenantModel, tracked: Tracked): ActionModel {
  const { userId, code, key, deviceId, challenge, amount: _amount, ...details } = tracked;
  const known = actionOf(tenant, userId, code, key);
  if (known) return known;
  meet(tenant, userId, details);
  if (deviceId !== undefined && !deviceOf(tenant, userId, deviceId)) {
    tenant.devices.push({ userId, deviceId, createdAt: tenant.now });
  }
  const { now } = tenant;
  const { outcome, ruleIds } = decide(tenant, tracked);
  const state = outcome === "CHALLENGE" && methodsOf(tenant, userId).length === 0 ? "ALLOW" : STATES[outcome];
  const action: ActionModel = {
    userId,
    code,
    key,
    deviceId,
    ruleIds,
    state,
    createdAt: now,
    updatedAt: now,
    stateUpdatedAt: now,
  };
  tenant.actions.push(action);
  if (state === "CHALLENGE_REQUIRED" && challenge) passWith(tenant, action, challenge);
  return action;
}

const STATES = {
  ALLOW: "ALLOW",
  BLOCK: "BLOCK",
  CHALLENGE: "CHALLENGE_REQUIRED",
  REVIEW: "REVIEW_REQUIRED",
} as const;

/** The queue decides first, then the first rule that fits, then the outcome of the action, then the default. */
function decide(tenant: TenantModel, { userId, code, amount }: Tracked): { outcome: Outcome; ruleIds: string[] } {
  const fired = [...tenant.rules, ...tenant.defaults].filter(
    (rule) =>
      (rule.action === undefined || rule.action === code) &&
      (rule.userId === undefined || rule.userId === userId) &&
      (rule.amount === undefined || rule.amount === amount),
  );
  const queued = tenant.outcomes.find(({ action }) => action === undefined || action === code);
  if (queued) tenant.outcomes.splice(tenant.outcomes.indexOf(queued), 1);
  return { outcome: queued?.outcome ?? fired[0]?.outcome ?? "ALLOW", ruleIds: fired.map(({ ruleId }) => ruleId) };
}

/** A challenge that was passed with something that the user has enrolled counts, once, as if it came afterwards. */
function passWith(tenant: TenantModel, action: ActionModel, challenge: ChallengeModel): void {
  const { isVerified, isSpent, isGone, expiresAt, userId = action.userId } = challenge;
  if (!isVerified || isSpent || isGone || expiresAt <= tenant.now) return;
  if (userId !== action.userId || challenge.action !== action.code) return;
  const { method, email, phoneNumber } = challenge;
  const passed = enrolledBy(tenant, userId).find(
    (row) => row.method === method && row.email === email && row.phoneNumber === phoneNumber,
  );
  if (!passed) return;
  challenge.isSpent = true;
  move(tenant, action, "CHALLENGE_SUCCEEDED", { verificationMethod: method, verifiedBy: passed });
}

export function move(
  tenant: TenantModel,
  action: ActionModel,
  state: State,
  passed: { verificationMethod?: Method; verifiedBy?: AuthenticatorModel } = {},
): void {
  action.updatedAt = tenant.now;
  if (action.state !== state) action.stateUpdatedAt = tenant.now;
  action.state = state;
  Object.assign(action, passed);
  const device = deviceOf(tenant, action.userId, action.deviceId);
  if (state !== "CHALLENGE_SUCCEEDED" || !device) return;
  device.authenticatedAt = tenant.now;
  device.lastVerificationMethod = action.verificationMethod;
}

export function deviceOf(tenant: TenantModel, userId: string, deviceId: string | undefined) {
  return tenant.devices.find((one) => one.userId === userId && one.deviceId === deviceId);
}

/** How long the token of an action lives. */
const TOKEN_LIFETIME = 10 * 60_000;

/** Notes a token that was given out. */
export function noteToken(tenant: TenantModel, text: string, action: ActionModel): TokenModel {
  const token = { text, action, expiresAt: tenant.now + TOKEN_LIFETIME, isUsed: false };
  tenant.tokens.push(token);
  return token;
}

/** Whether a token still stands for its action. */
export function isAlive(tenant: TenantModel, { action, expiresAt }: TokenModel): boolean {
  return tenant.now < expiresAt && tenant.actions.includes(action);
}
