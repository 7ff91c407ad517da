import type { Outcome } from "../../../src/emulator/index.ts";
import type { UserActionState, VerificationMethod } from "../../../src/index.ts";

// What the model believes. Times are milliseconds. Everything can be cloned, so that a moment can be kept.

export type State = (typeof UserActionState)[keyof typeof UserActionState];
export type Method = (typeof VerificationMethod)[keyof typeof VerificationMethod];

export interface UserModel {
  readonly userId: string;
  readonly createdAt: number;
  email?: string;
  emailVerified: boolean;
  phoneNumber?: string;
  phoneNumberVerified: boolean;
  username?: string;
  displayName?: string;
  locale?: string;
  defaultVerificationMethod?: Method;
  custom?: Record<string, number>;
}

export interface AuthenticatorModel {
  /** Undefined until it was seen. */
  id?: string;
  readonly userId: string;
  readonly method: Method;
  email?: string;
  phoneNumber?: string;
  readonly credentialId?: string;
  readonly otpUri?: string;
  readonly createdAt: number;
  verifiedAt: number;
  lastVerifiedAt?: number;
  previousSmsChannel?: "DEFAULT";
  /** The period of the last code of an app that was accepted. */
  lastPeriod: number;
}

export interface ActionModel {
  readonly userId: string;
  readonly code: string;
  readonly key: string;
  readonly createdAt: number;
  readonly deviceId?: string;
  readonly ruleIds: string[];
  state: State;
  updatedAt: number;
  stateUpdatedAt: number;
  verificationMethod?: Method;
  verifiedBy?: AuthenticatorModel;
}

export interface TokenModel {
  readonly text: string;
  /** Worthless once the action is gone, even if another one of the same name has come. */
  readonly action: ActionModel;
  readonly expiresAt: number;
  isUsed: boolean;
}

export interface ChallengeModel {
  readonly id: string;
  readonly action: string;
  readonly key: string;
  readonly method: Method;
  /** Phone number, address or user. */
  readonly to: string;
  readonly scope?: string;
  readonly deviceId?: string;
  /** The authenticator that is asked on the challenge pages. */
  readonly authenticator?: AuthenticatorModel;
  readonly email?: string;
  readonly phoneNumber?: string;
  /** Where it came with a message: the code or the link in it. */
  readonly code?: string;
  readonly link?: string;
  userId?: string;
  expiresAt: number;
  isVerified: boolean;
  /** It has done its work: it was claimed, tied to an action, or answered on the challenge pages. */
  isSpent: boolean;
  isGone: boolean;
}

export interface SessionModel {
  readonly userId: string;
  readonly clientId: string;
  readonly verificationMethod?: Method;
  /** All tokens it ever had. Only the last of each is good for anything. */
  readonly tokens: { readonly access: string; readonly refresh: string; readonly issuedAt: number }[];
  isRevoked: boolean;
  isGone: boolean;
}

export interface DeviceModel {
  readonly userId: string;
  readonly deviceId: string;
  readonly createdAt: number;
  authenticatedAt?: number;
  invalidatedAt?: number;
  rememberedUntil?: number;
  lastVerificationMethod?: Method;
}

export interface RuleModel {
  readonly ruleId: string;
  readonly action?: string;
  readonly userId?: string;
  /** It fits actions whose custom data have this amount. */
  readonly amount?: number;
  readonly outcome: Outcome;
  readonly asksFunction?: boolean;
}

/** A user on the challenge pages who has to pass a challenge. */
export interface VisitModel {
  readonly id: number;
  readonly token: TokenModel;
  readonly challenge: ChallengeModel;
}

export interface TenantModel {
  now: number;
  users: UserModel[];
  authenticators: AuthenticatorModel[];
  recoveryCodes: { readonly userId: string; readonly code: string; isSpent: boolean }[];
  actions: ActionModel[];
  devices: DeviceModel[];
  calls: { readonly referenceId: string; isFinished: boolean }[];
  /** These come before `defaults`. */
  rules: RuleModel[];
  defaults: RuleModel[];
  outcomes: { readonly outcome: Outcome; readonly action?: string }[];
  /** When messages were sent and codes were tried, as far as it mattered when that happened last. By method and recipient. */
  counted: Record<string, { readonly sent: readonly number[]; readonly tried: readonly number[] }>;
  // What was given out stays here when it is worth nothing any more, to be tried again.
  tokens: TokenModel[];
  challenges: ChallengeModel[];
  sessions: SessionModel[];
  visits: VisitModel[];
}

/** Where time begins. */
export const START = Date.parse("2026-01-15T03:00:00.000Z");

export function emptyTenant(): TenantModel {
  return {
    now: START,
    users: [],
    authenticators: [],
    recoveryCodes: [],
    actions: [],
    devices: [],
    calls: [],
    rules: [],
    defaults: [],
    outcomes: [],
    counted: {},
    tokens: [],
    challenges: [],
    sessions: [],
    visits: [],
  };
}

export const TENANTS = ["a", "b"] as const;
export type TenantName = (typeof TENANTS)[number];

/** All that was acknowledged, by tenant. */
export class Model {
  /** Whether the documented limits are kept. */
  readonly hasLimits: boolean;
  /** How many commands there were. */
  turn = 0;
  readonly tenants: Record<TenantName, TenantModel> = { a: emptyTenant(), b: emptyTenant() };
  readonly snapshots: Record<TenantName, TenantModel | undefined> = { a: undefined, b: undefined };

  constructor(hasLimits: boolean) {
    this.hasLimits = hasLimits;
  }
}
