import {
  Authsignal,
  AuthsignalError,
  CallConnect,
  CallState,
  UserActionState,
  VerificationFailureReason,
  VerificationMethod,
} from "@authsignal/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, type EmulatorTenant, startEmulator } from "../../../src/emulator/index.ts";

// What the live tests of the official client do with the real service, and what apps do with that client.

const phoneNumber = "+6427000000";
const sms = { verificationMethod: VerificationMethod.SMS, phoneNumber };
const userId = "8f0b3d1e-7a52-4c1d-9a6b-0d5e4c3b2a19";

let emulator: Emulator | undefined;
let count = 0;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator?.close());

/** A tenant of its own, and the official client for it. */
function start(): { emulator: Emulator; tenant: EmulatorTenant; client: Authsignal } {
  if (!emulator) throw new Error("The emulator runs in tests only");
  count += 1;
  const tenant = emulator.tenant(`sk_emulator_official_${count}`);
  const client = new Authsignal({ apiUrl: emulator.apiUrl, apiSecretKey: tenant.apiSecretKey, retries: 0 });
  return { emulator, tenant, client };
}

it("enrolls, changes and deletes a user", async () => {
  const { client } = start();
  const { authenticator, recoveryCodes } = await client.enrollVerifiedAuthenticator({ userId, attributes: sms });
  expect(authenticator).toMatchObject({ userId, ...sms, userAuthenticatorId: expect.any(String) });
  expect(new Set(recoveryCodes).size).toBe(8);
  const enrolled = await client.getUser({ userId });
  expect(enrolled).toMatchObject({ isEnrolled: true, phoneNumber, enrolledVerificationMethods: ["SMS"] });
  expect(enrolled.email).toBeUndefined();

  const attributes = {
    email: "test@example.com",
    emailVerified: true,
    phoneNumber: "9876543210",
    phoneNumberVerified: false,
    username: "test@example.com",
    displayName: "Test User",
    custom: { foo: "bar" },
  };
  expect(await client.updateUser({ userId, attributes })).toMatchObject(attributes);
  expect(await client.getUser({ userId })).toMatchObject({ ...attributes, isEnrolled: true });
  expect(await client.updateUser({ userId, attributes: { displayName: "Another" } })).toMatchObject({
    ...attributes,
    displayName: "Another",
  });

  expect(await client.deleteUser({ userId })).toBeUndefined();
  const gone = await client.getUser({ userId });
  expect(gone).toMatchObject({ isEnrolled: false, emailVerified: false, phoneNumberVerified: false });
  expect([gone.email, gone.phoneNumber, gone.custom]).toEqual([undefined, undefined, undefined]);
});

it("lists and deletes authenticators", async () => {
  const { client } = start();
  expect(await client.getAuthenticators({ userId })).toEqual([]);
  const { authenticator } = await client.enrollVerifiedAuthenticator({ userId, attributes: sms });
  expect(await client.getAuthenticators({ userId })).toEqual([authenticator]);
  const { userAuthenticatorId } = authenticator;
  expect(await client.deleteAuthenticator({ userId, userAuthenticatorId })).toBeUndefined();
  expect(await client.getAuthenticators({ userId })).toEqual([]);
  expect((await client.getUser({ userId })).isEnrolled).toBe(false);
  const again = client.deleteAuthenticator({ userId, userAuthenticatorId });
  await expect(again).rejects.toMatchObject({ statusCode: 404, errorCode: "not_found" });
  await expect(again).rejects.toBeInstanceOf(AuthsignalError);
});

it("tracks an action and moves it without its user", async () => {
  const { client, tenant } = start();
  tenant.rules.set("Login", "CHALLENGE");
  await client.enrollVerifiedAuthenticator({ userId, attributes: sms });
  const { state, token, idempotencyKey, url, isEnrolled } = await client.track({ userId, action: "Login" });
  expect({ state, isEnrolled }).toEqual({ state: UserActionState.CHALLENGE_REQUIRED, isEnrolled: true });
  expect(new URL(url).searchParams.get("token")).toBe(token);
  expect(await client.validateChallenge({ token })).toMatchObject({
    isValid: false,
    state: UserActionState.CHALLENGE_REQUIRED,
    action: "Login",
    userId,
    idempotencyKey,
  });
  for (const next of [UserActionState.REVIEW_REQUIRED, UserActionState.BLOCK]) {
    const action = { userId, action: "Login", idempotencyKey };
    expect(await client.updateAction({ ...action, attributes: { state: next } })).toMatchObject({ state: next });
    expect(await client.getAction(action)).toMatchObject({ state: next, stateUpdatedAt: expect.any(String) });
    expect(await client.validateChallenge({ token })).toMatchObject({ isValid: false, state: next });
  }
  expect(await client.track({ userId, action: "Login", attributes: { idempotencyKey } })).toMatchObject({
    state: UserActionState.BLOCK,
    idempotencyKey,
  });
});

it("finds users and actions", async () => {
  const { client, tenant } = start();
  for (const id of ["a", "b", "c"]) {
    await client.updateUser({ userId: id, attributes: { email: "shared@example.com", username: `user ${id}` } });
  }
  const first = await client.queryUsers({ email: "shared@example.com", limit: 2 });
  expect(first).toMatchObject({ users: [{ userId: "a" }, { userId: "b" }], lastEvaluatedUserId: "b" });
  const { lastEvaluatedUserId } = first;
  const second = await client.queryUsers({ email: "shared@example.com", limit: 2, lastEvaluatedUserId });
  expect(second.users.map((user) => user.userId)).toEqual(["c"]);
  expect(second.lastEvaluatedUserId).toBeUndefined();
  expect((await client.queryUsers({ username: "user b" })).users).toMatchObject([
    { userId: "b", emailVerified: false },
  ]);
  expect(await client.queryUsers({ phoneNumber })).toEqual({ users: [] });

  for (const action of ["Login", "pay", "Login"]) {
    await client.track({ userId, action });
    tenant.clock.advance("1m");
  }
  const codesOf = async (filter: object) =>
    (await client.queryUserActions({ userId, ...filter })).map(({ actionCode }) => actionCode);
  expect(await codesOf({})).toEqual(["Login", "pay", "Login"]);
  expect(await codesOf({ actionCodes: ["pay", "other"] })).toEqual(["pay"]);
  expect(await codesOf({ state: UserActionState.BLOCK })).toEqual([]);
  expect(await codesOf({ fromDate: tenant.clock.now().toISOString() })).toEqual([]);
});

it("signs an unknown user in", async () => {
  const { client, tenant } = start();
  const started = await client.challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber });
  const { challengeId } = started;
  const { code = "" } = await tenant.outbox.waitFor({ to: phoneNumber });
  expect(await client.getChallenge({ challengeId })).toMatchObject({ challengeId, action: "signIn", phoneNumber });
  expect((await client.getChallenge({ challengeId })).verificationMethod).toBeUndefined();
  expect(await client.verify({ challengeId, verificationCode: "000000" })).toEqual({
    isVerified: false,
    failureReason: VerificationFailureReason.CODE_INVALID_OR_EXPIRED,
  });
  await expect(client.claimChallenge({ challengeId, userId })).rejects.toMatchObject({ statusCode: 400 });
  expect(await client.verify({ challengeId, verificationCode: code })).toMatchObject({ isVerified: true, phoneNumber });
  expect(await client.getChallenge({ challengeId })).toMatchObject({ verificationMethod: "SMS" });

  const { token } = await client.claimChallenge({ challengeId, userId });
  expect(await client.getChallenge({ challengeId })).toEqual({});
  expect(await client.validateChallenge({ token, action: "signIn" })).toMatchObject({
    isValid: true,
    state: UserActionState.CHALLENGE_SUCCEEDED,
    userId,
    idempotencyKey: started.idempotencyKey,
  });
});

it("confirms an action on the challenge pages, and keeps a session for it", async () => {
  const { emulator, client, tenant } = start();
  tenant.rules.set("withdraw", "CHALLENGE");
  await client.enrollVerifiedAuthenticator({ userId, attributes: sms });
  const redirectUrl = "http://localhost:3000/callback?order=7";
  const { url } = await client.track({
    userId,
    action: "withdraw",
    attributes: { redirectUrl, custom: { amount: 5 } },
  });
  const visit = await emulator.visit(url);
  await visit.choose("SMS");
  const { code } = await tenant.outbox.waitFor({ to: phoneNumber });
  await expect(visit.enter("000000")).rejects.toThrow("wrong");
  const end = await visit.enter(code);
  expect(end.url).toBe(`${redirectUrl}&token=${end.token}`);

  const clientId = "web";
  const { accessToken, refreshToken } = await client.createSession({ token: end.token, clientId, action: "withdraw" });
  const valid = { user: { userId, phoneNumber }, verificationMethod: "SMS" };
  const refused = { statusCode: 401, errorCode: "unauthorized" };
  expect(await client.validateSession({ accessToken, clientIds: [clientId] })).toMatchObject(valid);
  await expect(client.validateSession({ accessToken, clientIds: ["another"] })).rejects.toMatchObject(refused);
  const renewed = await client.refreshSession({ refreshToken });
  await expect(client.validateSession({ accessToken })).rejects.toMatchObject(refused);
  await expect(client.refreshSession({ refreshToken })).rejects.toMatchObject(refused);
  expect(await client.validateSession({ accessToken: renewed.accessToken })).toMatchObject(valid);
  expect(await client.revokeSession({ accessToken: renewed.accessToken })).toBeUndefined();
  await expect(client.validateSession({ accessToken: renewed.accessToken })).rejects.toMatchObject(refused);
});

it("verifies a user who is on the phone", async () => {
  const { emulator, tenant } = start();
  const options = { apiUrl: emulator.origin, apiSecretKey: tenant.callConnectSecretKey, retries: 0 };
  const client = new CallConnect(options);
  const call = { referenceId: "call-1", phoneNumber };
  expect(await client.startCall(call)).toMatchObject({ channel: "WHATSAPP", phoneNumber });
  expect(await tenant.outbox.waitFor({ to: phoneNumber })).toMatchObject({ channel: "WHATSAPP" });
  const end = { referenceId: "call-1", state: CallState.CHALLENGE_SUCCEEDED };
  expect(await client.finishCall(end)).toEqual({ success: true });
  await expect(client.finishCall(end)).rejects.toMatchObject({ statusCode: 409, errorCode: "conflict" });
});
