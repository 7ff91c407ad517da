import * as official from "@authsignal/node";
import { describe, expect, it } from "vitest";
import { invoke } from "../../contract/calls.ts";
import { accessTo, logged, readied, type Scene, useEmulator } from "../../contract/emulated.ts";
import {
  challengeKey,
  email,
  idempotencyKey,
  phoneNumber,
  seed,
  smsAuthenticator,
  userId,
} from "../../contract/emulated-seed.ts";
import { operationNamed } from "../../contract/spec.ts";

// The emulator refuses fields that our descriptions do not know. So that this never hits the official client, here is a
// request with everything that the types of that client allow, for each of its methods. The compiler sees to it that
// nothing is left out.

type Methods = Omit<official.Authsignal, "apiSecretKey" | "apiUrl" | "webhook"> &
  Omit<official.CallConnect, "apiSecretKey" | "apiUrl">;
type Full<Request> = {
  [Field in keyof Request]-?: Field extends "attributes" ? Required<Request[Field]> : Request[Field];
};

const { SMS } = official.VerificationMethod;
const challengeId = "df9ad600-ffb4-4fdf-b59a-1dff79d4f993";
const deviceId = "0b8f7b5e-2b0c-4c1e-8f63-5a9f6f1f2a77";
const custom = { amount: 250.5, currency: "NZD", isNewPayee: true };
const visitor = { ipAddress: "203.0.113.7", userAgent: "Mozilla/5.0", deviceId, locale: "en", custom };
const action = { userId, action: "signIn", idempotencyKey };
const names = { email, phoneNumber, username: email };
/** Where it matters, a real one takes its place. */
const token = "a token";

const everything: { [Name in keyof Methods]: Full<Parameters<Methods[Name]>[0]> } = {
  getUser: { userId },
  queryUsers: { ...names, token, limit: 10, lastEvaluatedUserId: "usr_100" },
  updateUser: {
    userId,
    attributes: {
      ...names,
      emailVerified: true,
      phoneNumberVerified: true,
      displayName: "Jo Bloggs",
      custom,
      locale: "en",
    },
  },
  deleteUser: { userId },
  getAuthenticators: { userId },
  enrollVerifiedAuthenticator: {
    userId,
    attributes: { verificationMethod: SMS, email, phoneNumber, isDefault: true },
  },
  deleteAuthenticator: { userId, userAuthenticatorId: smsAuthenticator },
  track: {
    userId,
    action: "signIn",
    attributes: {
      ...names,
      ...visitor,
      idempotencyKey: "another",
      redirectUrl: "https://app.example.com/callback",
      redirectToSettings: true,
      scope: Object.values(official.AuthScope).join(" "),
      challengeId,
      customDomain: "auth.example.com",
    },
  },
  getAction: action,
  queryUserActions: {
    userId,
    fromDate: "2026-01-01T00:00:00Z",
    actionCodes: ["signIn"],
    state: official.UserActionState.CHALLENGE_REQUIRED,
  },
  updateAction: { ...action, attributes: { state: official.UserActionState.REVIEW_FAILED } },
  challenge: {
    ...visitor,
    verificationMethod: SMS,
    action: "signInWithSms",
    challengeId,
    idempotencyKey: challengeKey,
    userId,
    email,
    phoneNumber,
    smsChannel: official.SmsChannel.DEFAULT,
    scope: official.AuthScope.addAuthenticators,
  },
  verify: { challengeId, verificationCode: "012345" },
  claimChallenge: { challengeId, userId, skipVerificationCheck: true },
  getChallenge: { challengeId, userId, action: "signInWithSms", verificationMethod: SMS },
  validateChallenge: { token, userId, action: "signIn" },
  createSession: { token, clientId: "web", action: "signIn" },
  validateSession: { accessToken: token, clientIds: ["64818035-68c3-4087-a449-bdd176a166c4"] },
  refreshSession: { refreshToken: token },
  revokeSession: { accessToken: token },
  revokeUserSessions: { userId },
  startCall: {
    referenceId: "call-8815",
    phoneNumber,
    country: "NZL",
    userId,
    username: email,
    channel: official.CallConnectMessageChannel.SMS,
    email,
    locale: "en",
    actionCode: "call",
  },
  finishCall: {
    referenceId: "call-8812",
    state: official.CallState.CHALLENGE_SUCCEEDED,
    userId,
    payload: { operator: "17" },
  },
};

const stage = useEmulator();

/** Makes a call with the official client to a tenant that holds the seed and offers all methods; gives the tenant. */
async function callOf(name: string, request: unknown): Promise<Scene> {
  const scene = stage.scene();
  scene.tenant.import({ ...seed, configurations: undefined });
  const { api } = operationNamed(name);
  const options = { ...accessTo(api, scene), retries: 0 };
  const client = api === "authsignal" ? new official.Authsignal(options) : new official.CallConnect(options);
  await invoke(client, name, await readied(scene, name, request));
  return scene;
}

it.each(Object.entries(everything))("%s takes everything that there is", async (name, request) => {
  const { operation, problem, violation } = logged(await callOf(name, request));
  expect({ operation, problem, violation }).toEqual({ operation: name });
});

const { track, challenge, startCall, finishCall } = everything;
const { UserActionState, VerificationMethod, SmsChannel, AuthScope, CallConnectMessageChannel, CallState } = official;

const attributesOf = (verificationMethod: string) => ({
  verificationMethod,
  phoneNumber,
  email,
  otpUri: "otpauth://totp/Example:jo?secret=JBSWY3DPEHPK3PXP",
  credentialId: "Y3JlZC1vbmU",
  credentialPublicKey: "pQECAyYgASFYIA",
});

/** A request for every value of every enum, and the values that the reference rules out although the types allow them. */
const values: readonly (readonly [
  name: string,
  enumeration: object,
  one: (value: string) => object,
  refused: string[],
])[] = [
  ["updateAction", UserActionState, (state) => ({ ...action, attributes: { state } }), []],
  ["queryUserActions", UserActionState, (state) => ({ userId, state }), []],
  ["getChallenge", VerificationMethod, (verificationMethod) => ({ userId, verificationMethod }), []],
  [
    "enrollVerifiedAuthenticator",
    VerificationMethod,
    (method) => ({ userId, attributes: attributesOf(method) }),
    ["SECURITY_KEY", "PUSH", "VERIFF", "IPROOV", "IDVERSE", "PALM_BIOMETRICS_RR", "RECOVERY_CODE", "DEVICE"],
  ],
  ["challenge", SmsChannel, (smsChannel) => ({ ...challenge, smsChannel }), []],
  ["challenge", AuthScope, (scope) => ({ ...challenge, scope }), ["read:authenticators", "remove:authenticators"]],
  ["track", AuthScope, (scope) => ({ ...track, attributes: { scope } }), []],
  ["startCall", CallConnectMessageChannel, (channel) => ({ ...startCall, channel }), []],
  ["finishCall", CallState, (state) => ({ ...finishCall, state }), []],
];

describe.each(values)("%s", (name, enumeration, requestOf, refused) => {
  it.each<string>(Object.values(enumeration))("%s", async (value) => {
    const [result] = await Promise.allSettled([callOf(name, requestOf(value))]);
    const errorDescription = expect.stringContaining("must be equal to one of the allowed values - allowedValues: ");
    const error = { statusCode: 400, errorCode: "invalid_request", errorDescription };
    expect(result).toMatchObject(refused.includes(value) ? { reason: error } : { status: "fulfilled" });
  });
});

it("passes on what no type allows, which is refused", async () => {
  const request = { ...everything.validateSession, refreshToken: "of the same session" };
  await expect(callOf("validateSession", request)).rejects.toMatchObject({
    statusCode: 400,
    errorDescription: "body.refreshToken is not in the spec",
  });
});
