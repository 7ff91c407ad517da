import { expect } from "vitest";
import type { calls } from "./calls.ts";
import {
  challengeKey,
  email,
  idempotencyKey,
  JANUARY_10,
  NOW,
  NOW_SECONDS,
  phoneNumber,
  rule,
  seed,
  smsAuthenticator,
  userId,
} from "./emulated-seed.ts";

// The values that our facade returns for the requests of the table, with the emulator and its seed.

/** The value of a call, and the kinds of rows that the call changes in the emulator. */
type Row<Requests> = { readonly [Name in keyof Requests]: unknown } & { readonly changes: readonly string[] };

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const JWT = expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
const OPAQUE = expect.stringMatching(/^[0-9a-f]{32}$/);
const OFFERED = ["SMS", "EMAIL_OTP", "AUTHENTICATOR_APP", "PASSKEY"];

const [jo, other] = seed.users ?? [];
const [device] = seed.devices ?? [];
const { locale: _language, createdAt: _signedUp, ...profile } = { ...jo };

const found = {
  userId,
  email,
  emailVerified: true,
  phoneNumber,
  phoneNumberVerified: true,
  username: email,
  displayName: "Jo Bloggs",
  isEnrolled: true,
  enrolledVerificationMethods: ["SMS"],
  createdAt: JANUARY_10,
};
const foundToo = {
  ...other,
  emailVerified: false,
  phoneNumberVerified: false,
  isEnrolled: true,
  enrolledVerificationMethods: ["PASSKEY"],
};
const enrolled = { userId, userAuthenticatorId: UUID, createdAt: NOW, verifiedAt: NOW };
const sms = {
  userId,
  userAuthenticatorId: smsAuthenticator,
  verificationMethod: "SMS",
  phoneNumber,
  createdAt: JANUARY_10,
};
const recoveryCodes = Array(8).fill(expect.stringMatching(/^[0-9a-z]{4}-[0-9a-z]{4}$/));
const tracked = {
  state: "CHALLENGE_REQUIRED",
  url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/challenge\?token=eyJ/),
  token: JWT,
  isEnrolled: true,
  allowedVerificationMethods: OFFERED,
  enrolledVerificationMethods: ["SMS"],
  defaultVerificationMethod: "SMS",
  ruleIds: [rule.ruleId],
};
const signIn = {
  state: "CHALLENGE_REQUIRED",
  createdAt: "2026-01-15T02:59:00.000Z",
  stateUpdatedAt: NOW,
  ruleIds: [rule.ruleId],
  rules: [rule],
  priorityRuleId: rule.ruleId,
  output: { custom: { riskBand: "medium" } },
};
const [waiting, inJanuary, inDecember] = (seed.actions ?? []).map(
  ({ userId: _user, rules: _rules, output: _output, ...kept }) => ({
    ...kept,
    updatedAt: NOW,
    stateUpdatedAt: NOW,
  }),
);
const started = { challengeId: UUID, idempotencyKey: UUID, expiresAt: NOW_SECONDS + 600 };
const current = {
  challengeId: seed.challenges?.[0]?.challengeId,
  smsChannel: "DEFAULT",
  phoneNumber,
  expiresAt: NOW_SECONDS + 300,
  action: "signInWithSms",
};
const validated = {
  isValid: true,
  state: "CHALLENGE_SUCCEEDED",
  stateUpdatedAt: NOW,
  userId,
  action: "signIn",
  idempotencyKey,
  verificationMethod: "SMS",
};
const session = { accessToken: JWT, refreshToken: OPAQUE };
const success = { success: true };

export const emulated = {
  queryUsers: {
    byEmail: { users: [found], lastEvaluatedUserId: userId },
    byToken: { users: [found, foundToo], tokenPayload: { sub: "1234567890", email } },
    nextPage: { users: [foundToo] },
    changes: [],
  },
  getUser: {
    byId: {
      isEnrolled: true,
      email,
      emailVerified: true,
      phoneNumber,
      phoneNumberVerified: true,
      username: email,
      displayName: "Jo Bloggs",
      allowedVerificationMethods: OFFERED,
      enrolledVerificationMethods: ["SMS"],
      defaultVerificationMethod: "SMS",
      custom: { tier: "silver" },
      locale: "en",
    },
    changes: [],
  },
  updateUser: {
    newEmail: { ...profile, email: "jo.b@example.com", displayName: "Jo B", custom: { tier: "gold" } },
    changes: ["users"],
  },
  deleteUser: {
    byId: success,
    withActions: success,
    changes: ["actions", "authenticators", "challenges", "devices", "users"],
  },

  getAuthenticators: {
    byUser: [{ ...sms, verifiedAt: JANUARY_10 }],
    changes: [],
  },
  enrollVerifiedAuthenticator: {
    sms: { authenticator: { ...sms, verifiedAt: JANUARY_10, lastVerifiedAt: NOW }, recoveryCodes },
    email: { authenticator: { ...enrolled, verificationMethod: "EMAIL_OTP", email }, recoveryCodes },
    authenticatorApp: { authenticator: { ...enrolled, verificationMethod: "AUTHENTICATOR_APP" }, recoveryCodes },
    passkey: {
      authenticator: {
        ...enrolled,
        verificationMethod: "PASSKEY",
        username: email,
        displayName: "Jo Bloggs",
        webauthnCredential: { credentialId: "Y3JlZC1vbmU", deviceId: UUID, name: "Pixel 9" },
      },
      recoveryCodes,
    },
    changes: ["authenticators", "recoveryCodes"],
  },
  deleteAuthenticator: { byId: success, changes: ["authenticators"] },
  batchEnrollVerifiedAuthenticators: {
    passkeys: {
      total: 2,
      succeeded: 1,
      failed: 1,
      failures: [
        {
          userId: "usr_456",
          credentialId: "Y3JlZC10d28",
          errorCode: "conflict",
          errorDescription: "Credential already exists for a different user.",
        },
      ],
    },
    changes: ["authenticators"],
  },
  getAuthenticatorConfigurations: {
    all: [
      {
        authenticatorId: "authenticator_sms",
        verificationMethod: "SMS",
        isActive: true,
        smsChannel: "WHATSAPP",
        isEditableByUser: true,
      },
      { authenticatorId: "authenticator_email_otp", verificationMethod: "EMAIL_OTP", isActive: true },
      { authenticatorId: "authenticator_authenticator_app", verificationMethod: "AUTHENTICATOR_APP", isActive: true },
      { authenticatorId: "authenticator_passkey", verificationMethod: "PASSKEY", isActive: true },
      { authenticatorId: "authenticator_push", verificationMethod: "PUSH", isActive: false },
    ],
    changes: [],
  },

  track: {
    withdrawal: { ...tracked, idempotencyKey },
    nothing: { ...tracked, idempotencyKey: UUID },
    changes: ["actions"],
  },
  getAction: { byKey: signIn, changes: [] },
  queryUserActions: { recent: [waiting, inJanuary, inDecember], filtered: [inJanuary], changes: [] },
  updateAction: { reviewed: { ...signIn, state: "REVIEW_SUCCEEDED" }, changes: ["actions"] },

  challenge: {
    sms: started,
    email: started,
    resend: { ...started, challengeId: current.challengeId, idempotencyKey: challengeKey },
    changes: ["challenges", "messages", "quotas"],
  },
  verify: {
    code: { isVerified: true, phoneNumber, verificationMethod: "SMS" },
    changes: ["challenges", "quotas"],
  },
  claimChallenge: { claim: { token: JWT, verificationMethod: "SMS" }, changes: ["actions", "challenges"] },
  getChallenge: { byId: current, byUser: current, changes: [] },
  validateChallenge: { stepUp: validated, signIn: validated, changes: ["usedTokens"] },

  createSession: { create: session, changes: ["sessions", "usedTokens"] },
  validateSession: {
    validate: { user: { ...profile, locale: "en" }, expiresAt: NOW_SECONDS + 3_600, verificationMethod: "SMS" },
    changes: [],
  },
  refreshSession: { refresh: session, changes: ["sessions"] },
  revokeSession: { revoke: undefined, changes: ["sessions"] },
  revokeUserSessions: { revoke: undefined, changes: ["sessions"] },

  getDevices: { byUser: [device], changes: [] },
  updateDevice: {
    remember: { ...device, rememberedUntil: "2026-02-14T12:00:00.000Z" },
    forget: { ...device, rememberedUntil: undefined },
    changes: ["devices"],
  },
  invalidateDevice: { byId: { ...device, rememberedUntil: undefined, invalidatedAt: NOW }, changes: ["devices"] },

  startCall: {
    sms: { messageId: UUID, channel: "SMS", phoneNumber },
    email: { messageId: UUID, channel: "EMAIL", email },
    localNumber: { messageId: UUID, channel: "WHATSAPP", phoneNumber: "(503) 555-0100" },
    changes: ["calls", "messages"],
  },
  finishCall: { succeeded: success, failed: success, changes: ["calls"] },
} satisfies { [Name in keyof typeof calls]: Row<(typeof calls)[Name]["requests"]> };

/** Other changes of single requests. */
export const OTHER_CHANGES: Readonly<Record<string, readonly string[]>> = {
  "track withdrawal": [],
  "enrollVerifiedAuthenticator sms": ["authenticators", "recoveryCodes", "users"],
};
