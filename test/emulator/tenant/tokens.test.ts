import jwt from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { action, CODE, email, phoneNumber, start, userId } from "../../support/emulator/emulator.ts";

describe("validateChallenge", () => {
  it("returns all fields of a passed challenge, once", async () => {
    const { emulator, authsignal, stepUp } = start();
    emulator.clock.freeze();
    const { token, idempotencyKey } = await stepUp();
    expect(await authsignal.validateChallenge({ token, userId, action })).toEqual({
      isValid: true,
      state: "CHALLENGE_SUCCEEDED",
      stateUpdatedAt: emulator.clock.now().toISOString(),
      userId,
      action,
      idempotencyKey,
      verificationMethod: "SMS",
    });
    const used = { isValid: false, error: "Token has been used already." };
    expect(await authsignal.validateChallenge({ token })).toEqual(used);
  });

  it("does not use up a token by a wrong user or action, nor where tokens work more than once", async () => {
    const { authsignal, stepUp } = start();
    const { token } = await stepUp();
    expect(await authsignal.validateChallenge({ token, userId: "other" })).toEqual({
      isValid: false,
      error: "User is invalid.",
    });
    expect(await authsignal.validateChallenge({ token, userId, action: "other" })).toEqual({
      isValid: false,
      error: "Action is invalid.",
    });
    expect(await authsignal.validateChallenge({ token, userId, action })).toMatchObject({ isValid: true });
    const often = start({ singleUseTokens: false });
    const passed = await often.stepUp();
    for (const _time of [1, 2]) expect((await often.authsignal.validateChallenge(tokenOf(passed))).isValid).toBe(true);
  });

  it.each([
    ["ALLOW", "ALLOW"],
    ["BLOCK", "BLOCK"],
    ["REVIEW", "REVIEW_REQUIRED"],
    ["CHALLENGE", "CHALLENGE_REQUIRED"],
  ] as const)("is not content with the outcome %s", async (outcome, state) => {
    const { emulator, authsignal, enroll } = start();
    await enroll();
    emulator.rules.next(outcome);
    const { token } = await authsignal.track({ userId, action });
    expect(await authsignal.validateChallenge({ token })).toMatchObject({ isValid: false, state, userId, action });
  });

  it("rejects a token from the moment at which it expires", async () => {
    const { emulator, authsignal, stepUp } = start({ tokenLifetime: "16m" });
    emulator.clock.freeze("2026-01-15T00:00:00Z");
    const { token } = await stepUp();
    emulator.clock.advance(16 * 60_000 - 1);
    expect((await authsignal.validateChallenge({ token, userId: "other" })).error).toBe("User is invalid.");
    emulator.clock.advance(1);
    expect(await authsignal.validateChallenge({ token })).toEqual({ isValid: false, error: "Token has expired." });
  });

  it("rejects tokens that are forged, cut, or of another tenant", async () => {
    const { emulator, authsignal, stepUp } = start();
    const { token } = await stepUp();
    const [header, payload = "", signature] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const none = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
    const other = Buffer.from(JSON.stringify({ ...claims, sub: "thief" })).toString("base64url");
    for (const bad of [
      "",
      "x",
      "a.b.c",
      `${token}x`,
      `${header}.${payload}`,
      `${none}.${payload}.`,
      `${header}.${other}.${signature}`,
      jwt.sign(claims, "sk_emulator_other"),
      jwt.sign(claims, emulator.apiSecretKey, { algorithm: "HS384" }),
      jwt.sign({}, emulator.apiSecretKey),
      jwt.sign({ ...claims, other: null }, emulator.apiSecretKey),
      jwt.sign({ ...claims, other: { ...claims.other, userId: 5 } }, emulator.apiSecretKey),
      jwt.sign("a text", emulator.apiSecretKey),
      jwt.sign({ ...claims, exp: 1e300 }, emulator.apiSecretKey),
      jwt.sign({ ...claims, scope: "" }, emulator.apiSecretKey),
    ]) {
      expect(await authsignal.validateChallenge({ token: bad }), bad).toEqual({
        isValid: false,
        error: "Token is invalid.",
      });
    }
    expect((await authsignal.validateChallenge({ token })).isValid).toBe(true);
  });
});

describe("the token of an action", () => {
  it("has the documented claims and lives 10 minutes", async () => {
    const { emulator, authsignal } = start();
    emulator.clock.freeze("2026-01-15T03:04:05.678Z");
    const attributes = { idempotencyKey: "k", scope: "add:authenticators" };
    const { token } = await authsignal.track({ userId, action, attributes });
    const iat = Date.UTC(2026, 0, 15, 3, 4, 5) / 1_000;
    const tenantId = expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/);
    expect(jwt.verify(token, emulator.apiSecretKey, { clockTimestamp: iat, algorithms: ["HS256"] })).toEqual({
      iat,
      exp: iat + 600,
      sub: userId,
      iss: emulator.apiUrl,
      aud: emulator.apiUrl,
      jti: expect.any(String),
      scope: "add:authenticators",
      other: {
        tenantId,
        publishableKey: expect.any(String),
        userId,
        actionCode: action,
        idempotencyKey: "k",
      },
      actionId: expect.any(String),
    });
    const plain = await authsignal.track({ userId, action });
    expect(jwt.decode(plain.token)).toMatchObject({ scope: "read:authenticators" });
  });
});

describe("getChallenge", () => {
  it("shows an open challenge, with its method once it was passed, and nothing after that", async () => {
    const { emulator, authsignal } = start();
    const request = { verificationMethod: "SMS", action, phoneNumber, smsChannel: "WHATSAPP", userId } as const;
    const { challengeId, expiresAt } = await authsignal.challenge(request);
    const shown = { challengeId, expiresAt, phoneNumber, smsChannel: "WHATSAPP", action };
    const get = () => authsignal.getChallenge({ challengeId });
    expect(await get()).toEqual(shown);
    await authsignal.verify({ challengeId, verificationCode: CODE });
    expect(await get()).toEqual({ ...shown, verificationMethod: "SMS" });
    await authsignal.claimChallenge({ challengeId, userId });
    expect(await get()).toEqual({});
    const second = await authsignal.challenge(request);
    emulator.clock.advance("10m");
    expect(await authsignal.getChallenge({ challengeId: second.challengeId })).toEqual({});
  });

  it("finds the newest one that fits all that is given", async () => {
    const { authsignal } = start();
    const send = async (user: string, code: string) =>
      (await authsignal.challenge({ verificationMethod: "EMAIL_OTP", email, userId: user, action: code })).challengeId;
    const a1 = await send("a", "1");
    const b1 = await send("b", "1");
    const a2 = await send("a", "2");
    const find = async (request: Parameters<typeof authsignal.getChallenge>[0]) =>
      (await authsignal.getChallenge(request)).challengeId;
    expect(await find({ userId: "a" })).toBe(a2);
    expect(await find({ userId: "a", action: "1" })).toBe(a1);
    expect(await find({ action: "1" })).toBe(b1);
    expect(await find({ userId: "a", verificationMethod: "SMS" })).toBeUndefined();
    expect(await find({ challengeId: "x" })).toBeUndefined();
    expect(await find({})).toBeUndefined();
  });

  it("finds nothing when the challenge belongs to another user", async () => {
    const { authsignal } = start();
    const request = { verificationMethod: "EMAIL_OTP", email, userId, action } as const;
    const { challengeId } = await authsignal.challenge(request);
    expect(await authsignal.getChallenge({ challengeId, userId: "other" })).toEqual({});
  });
});

describe("track with a challengeId", () => {
  async function arrange() {
    const world = start();
    await world.enroll();
    const send = (to: string) => world.authsignal.challenge({ verificationMethod: "SMS", action, phoneNumber: to });
    const track = (challengeId: string, by = userId) =>
      world.authsignal.track({ userId: by, action, attributes: { challengeId } });
    return { ...world, send, track };
  }

  it("counts a challenge that was passed with what the user has enrolled, once", async () => {
    const { authsignal, send, track } = await arrange();
    const { challengeId } = await send(phoneNumber);
    expect((await track(challengeId)).state, "before it was passed").toBe("CHALLENGE_REQUIRED");
    await authsignal.verify({ challengeId, verificationCode: CODE });
    const { state, token } = await track(challengeId);
    expect(state).toBe("CHALLENGE_SUCCEEDED");
    const valid = { isValid: true, verificationMethod: "SMS" };
    expect(await authsignal.validateChallenge({ token, userId, action })).toMatchObject(valid);
    const [last] = await authsignal.queryUserActions({ userId, state: "CHALLENGE_SUCCEEDED" });
    const [authenticator] = await authsignal.getAuthenticators({ userId });
    expect(last?.verifiedByAuthenticatorId).toBe(authenticator?.userAuthenticatorId);
    expect((await track(challengeId)).state, "a second time").toBe("CHALLENGE_REQUIRED");
  });

  it.each([
    ["went to another number", { to: "+64270000009" }],
    ["has expired", { wait: "10m" }],
    ["was claimed", { claim: true }],
    ["was started for another user", { user: "other" }],
  ] as const)("does not count one that %s", async (_name, difference) => {
    const { to = phoneNumber, wait, claim = false, user } = { ...EMPTY, ...difference };
    const { emulator, authsignal, track } = await arrange();
    const request = { verificationMethod: "SMS", action, phoneNumber: to, userId: user } as const;
    const { challengeId } = await authsignal.challenge(request);
    await authsignal.verify({ challengeId, verificationCode: CODE });
    if (wait) emulator.clock.advance(wait);
    if (claim) await authsignal.claimChallenge({ challengeId, userId });
    expect((await track(challengeId)).state).toBe("CHALLENGE_REQUIRED");
  });
});

const EMPTY: { to?: string; wait?: "10m"; claim?: boolean; user?: string } = {};

function tokenOf({ token }: { token: string }) {
  return { token };
}
