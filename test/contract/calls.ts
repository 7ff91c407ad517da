import type { operations } from "../../generated/authsignal.ts";
import type { operations as callConnectOperations } from "../../generated/call-connect.ts";
import type { Authsignal, CallConnect, CallOptions } from "../../src/index.ts";

// One entry for each operation, for every server that the calls are made against. Routes, bodies and responses are not here: the
// tests read them from openapi/ and compare.

export interface Call<Request = unknown> {
  /** Good requests, the usual one first. They have the names of the bodies in the spec, where it has some. */
  readonly requests: Readonly<Record<string, Request>>;
  /** Breaks the usual request in one place, so that a server that follows the spec must reject it. */
  readonly canary: Canary;
  /** The value that the facade returns for a response; the body of the response by default. */
  readonly returns?: (response: unknown) => unknown;
}

export type Canary =
  | { readonly body: Readonly<Record<string, unknown>> }
  | { readonly query: Readonly<Record<string, string>> }
  | { readonly ids: Readonly<Record<string, string>> }
  | { readonly authorization: "missing" };

type Methods = Pick<Authsignal, keyof operations> & Pick<CallConnect, keyof callConnectOperations>;
export type OperationName = keyof Methods;

const userId = "usr_123";
const idempotencyKey = "5924a649-b5d3-4baf-a4ab-4b812dde97a0";
const action = { userId, action: "signIn", idempotencyKey };
const device = { userId, deviceId: "0b8f7b5e-2b0c-4c1e-8f63-5a9f6f1f2a77" };
const challengeId = "df9ad600-ffb4-4fdf-b59a-1dff79d4f993";
const token = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln";
const accessToken = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln";
const clientId = "64818035-68c3-4087-a449-bdd176a166c4";
const phoneNumber = "+64270000000";
const passkey = {
  verificationMethod: "PASSKEY",
  credentialId: "Y3JlZC1vbmU",
  credentialPublicKey: "pQECAyYgASFYIA",
} as const;
const nothing = () => undefined;

/** The old name of `action`, which the facade accepts and does not send. */
function withoutActionCode(response: unknown): unknown {
  const { actionCode: _sameAsAction, ...rest } = Object(response);
  return rest;
}

export const calls = {
  // Users
  queryUsers: {
    requests: {
      byEmail: { email: "jo@example.com", limit: 1 },
      byToken: { token: accessToken },
      nextPage: { username: "jo@example.com", phoneNumber, limit: 1, lastEvaluatedUserId: userId },
    },
    canary: { query: { limit: "many" } },
  },
  getUser: { requests: { byId: { userId } }, canary: { authorization: "missing" } },
  updateUser: {
    requests: {
      newEmail: {
        userId,
        attributes: { email: "jo.b@example.com", emailVerified: true, displayName: "Jo B", custom: { tier: "gold" } },
      },
    },
    canary: { body: { emailVerified: "yes" } },
  },
  deleteUser: {
    requests: { byId: { userId }, withActions: { userId, actions: true } },
    canary: { query: { actions: "maybe" } },
  },

  // Authenticators
  getAuthenticators: { requests: { byUser: { userId } }, canary: { authorization: "missing" } },
  enrollVerifiedAuthenticator: {
    requests: {
      sms: { userId, attributes: { verificationMethod: "SMS", phoneNumber, isDefault: true } },
      email: { userId, attributes: { verificationMethod: "EMAIL_OTP", email: "jo@example.com" } },
      authenticatorApp: {
        userId,
        attributes: {
          verificationMethod: "AUTHENTICATOR_APP",
          otpUri: "otpauth://totp/Example:jo%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Example",
        },
      },
      passkey: { userId, attributes: { ...passkey, name: "Pixel 9" } },
    },
    canary: { body: { verificationMethod: "VERIFF" } },
  },
  deleteAuthenticator: {
    requests: { byId: { userId, userAuthenticatorId: "7d9c7c0e-58b4-4b7b-9a64-4f5a3a1d0c01" } },
    canary: { authorization: "missing" },
  },
  batchEnrollVerifiedAuthenticators: {
    requests: {
      passkeys: {
        authenticators: [
          {
            userId,
            ...passkey,
            name: "Pixel 9",
            transports: ["internal", "hybrid"],
            aaguid: "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4",
          },
          { userId: "usr_456", ...passkey, credentialId: "Y3JlZC10d28", credentialPublicKey: "pQECAyYgASFYIB" },
        ],
      },
    },
    canary: { body: { authenticators: [{ userId, ...passkey, verificationMethod: "SMS" }] } },
  },
  getAuthenticatorConfigurations: { requests: { all: {} }, canary: { authorization: "missing" } },

  // Actions
  track: {
    requests: {
      withdrawal: {
        userId,
        action: "signIn",
        attributes: {
          idempotencyKey,
          redirectUrl: "https://app.example.com/callback",
          email: "jo@example.com",
          ipAddress: "203.0.113.7",
          userAgent: "Mozilla/5.0",
          deviceId: device.deviceId,
          scope: "read:authenticators",
          custom: { amount: 250.5, currency: "NZD", isNewPayee: true },
        },
      },
      nothing: { userId, action: "signIn" },
    },
    canary: { body: { redirectToSettings: "yes" } },
  },
  getAction: { requests: { byKey: action }, canary: { ids: { action: "sign in" } } },
  queryUserActions: {
    requests: {
      recent: { userId },
      filtered: {
        userId,
        actionCodes: ["signIn", "withdraw"],
        fromDate: "2026-01-01T00:00:00Z",
        state: "CHALLENGE_SUCCEEDED",
      },
    },
    canary: { query: { state: "CHALLENGED" } },
  },
  updateAction: {
    requests: { reviewed: { ...action, attributes: { state: "REVIEW_SUCCEEDED" } } },
    canary: { body: { state: "REVIEWED" } },
  },

  // Challenges
  challenge: {
    requests: {
      sms: { verificationMethod: "SMS", action: "signInWithSms", phoneNumber, locale: "en" },
      email: { verificationMethod: "EMAIL_OTP", action: "signInWithEmail", email: "jo@example.com" },
      resend: { challengeId },
    },
    canary: { body: { verificationMethod: "PUSH" } },
  },
  verify: {
    requests: { code: { challengeId, verificationCode: "012345" } },
    canary: { body: { verificationCode: 12345 } },
  },
  claimChallenge: { requests: { claim: { challengeId, userId } }, canary: { body: { userId: undefined } } },
  getChallenge: {
    requests: { byId: { challengeId }, byUser: { userId, action: "signInWithSms", verificationMethod: "SMS" } },
    canary: { query: { verificationMethod: "PIGEON" } },
  },
  validateChallenge: {
    requests: { stepUp: { token, userId, action: "signIn" }, signIn: { token, action: "signIn" } },
    canary: { body: { token: undefined } },
    returns: withoutActionCode,
  },

  // Sessions
  createSession: { requests: { create: { token, clientId } }, canary: { body: { clientId: undefined } } },
  validateSession: {
    requests: { validate: { accessToken, clientIds: [clientId] } },
    canary: { body: { clientIds: clientId } },
  },
  refreshSession: {
    requests: { refresh: { refreshToken: "3f72a26e6834b4da9c0e1d2f3a4b5c6d" } },
    canary: { body: { refreshToken: null } },
  },
  revokeSession: {
    requests: { revoke: { accessToken } },
    canary: { body: { refreshToken: "3f72a26e6834b4da9c0e1d2f3a4b5c6d" } },
    returns: nothing,
  },
  revokeUserSessions: { requests: { revoke: { userId } }, canary: { body: { userId: [userId] } }, returns: nothing },

  // Devices
  getDevices: { requests: { byUser: { userId } }, canary: { authorization: "missing" } },
  updateDevice: {
    requests: {
      remember: { ...device, attributes: { rememberedUntil: "2026-02-14T12:00:00.000Z" } },
      forget: { ...device, attributes: { rememberedUntil: null } },
    },
    canary: { body: { rememberedUntil: "next month" } },
  },
  invalidateDevice: { requests: { byId: device }, canary: { authorization: "missing" } },

  // Call Connect
  startCall: {
    requests: {
      sms: { referenceId: "call-8812", phoneNumber, channel: "SMS", locale: "en" },
      email: { referenceId: "call-8813", email: "jo@example.com", channel: "EMAIL" },
      localNumber: { referenceId: "call-8814", phoneNumber: "(503) 555-0100", country: "USA" },
    },
    canary: { body: { channel: "PIGEON" } },
  },
  finishCall: {
    requests: {
      succeeded: { referenceId: "call-8812", state: "CHALLENGE_SUCCEEDED", userId, payload: { operator: "17" } },
      failed: { referenceId: "call-8812", state: "CHALLENGE_FAILED" },
    },
    canary: { body: { state: "CHALLENGE_REQUIRED" } },
  },
} satisfies { [Name in OperationName]: Call<Parameters<Methods[Name]>[0]> };

/** The rows of the table, for tests of all operations. */
export const allCalls: readonly (readonly [name: string, call: Call])[] = Object.entries(calls);

/** Returns the usual request of a row. */
export const usual = ({ requests }: Call): unknown => Object.values(requests)[0];

/** Returns the value that the facade must return for a response. */
export const returned = ({ returns = (same) => same }: Call, response: unknown): unknown => returns(response);

/** Makes a call by its name, with any client that has a method of this name. */
export async function invoke(client: object, name: string, request: unknown, options?: CallOptions): Promise<unknown> {
  const method: unknown = Reflect.get(client, name);
  if (typeof method !== "function") throw new Error(`The client has no method ${name}`);
  return method.call(client, request, options);
}
