import { createPublicKey } from "node:crypto";
import jwt from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import type { Authsignal } from "../../../src/index.ts";
import { action, call, refused, start, userId } from "../../support/emulator/emulator.ts";

const clientId = "web";
const over = refused(401, "unauthorized", "The session is over.");

type Tokens = Awaited<ReturnType<Authsignal["createSession"]>>;

/** An emulator whose user has a session. */
async function signedIn(options: Parameters<typeof start>[0] = {}) {
  const world = start(options);
  const { authsignal, stepUp } = world;
  const signIn = async () => authsignal.createSession({ clientId, token: (await stepUp()).token });
  const validate = ({ accessToken }: Tokens) => authsignal.validateSession({ accessToken });
  const refresh = ({ refreshToken }: Tokens) => authsignal.refreshSession({ refreshToken });
  const revoke = ({ accessToken }: Tokens) => authsignal.revokeSession({ accessToken });
  return { ...world, signIn, validate, refresh, revoke, session: await signIn() };
}

describe("createSession", () => {
  it("gives an access token that the published keys verify without a call", async () => {
    const { emulator, session } = await signedIn();
    const { header, payload } = jwt.decode(session.accessToken, { complete: true }) ?? {};
    const tenantId = header?.kid;
    const { body, status } = await call(emulator, `GET /client/public/${tenantId}/.well-known/jwks`, { headers: {} });
    expect([status, body]).toEqual([
      200,
      {
        keys: [{ kty: "RSA", n: expect.any(String), e: "AQAB", kid: tenantId, use: "sig", alg: "RS256" }],
      },
    ]);
    const [jwk] = Object(body).keys;
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const seconds = Math.floor(emulator.clock.milliseconds / 1_000);
    const options = { algorithms: ["RS256" as const], audience: clientId, issuer: emulator.apiUrl };
    const claims = jwt.verify(session.accessToken, key, options);
    expect(claims).toEqual(payload);
    expect(claims).toMatchObject({ sub: userId, aud: clientId, iss: emulator.apiUrl, iat: expect.any(Number) });
    const { exp, iat } = Object(claims);
    expect(exp - iat).toBeGreaterThanOrEqual(3_600);
    expect(exp - iat).toBeLessThanOrEqual(3_601);
    expect(Math.abs(iat - seconds)).toBeLessThanOrEqual(2);
    expect(session.refreshToken).toMatch(/^[\da-f]{32}$/);
  });

  it("publishes no keys of a tenant that there is not", async () => {
    const { emulator } = start();
    const answer = await call(emulator, "GET /client/public/x/.well-known/jwks");
    expect(answer).toMatchObject({ status: 404, body: { errorCode: "not_found" } });
  });

  it.each<[string, (world: ReturnType<typeof start>) => Promise<{ token: string; action?: string }>, words: RegExp]>([
    [
      "before the challenge",
      async ({ authsignal, enroll }) => {
        await enroll();
        return authsignal.track({ userId, action }).then(({ token }) => ({ token }));
      },
      /CHALLENGE_REQUIRED/,
    ],
    ["for another action", async ({ stepUp }) => ({ token: (await stepUp()).token, action: "other" }), /Action is/],
    ["for a forged token", async () => ({ token: "a.b.c" }), /Token is invalid/],
    [
      "for an expired token",
      async ({ emulator, stepUp }) => {
        const { token } = await stepUp();
        emulator.clock.advance("10m");
        return { token };
      },
      /expired/,
    ],
    [
      "for a used token",
      async ({ authsignal, stepUp }) => {
        const { token } = await stepUp();
        await authsignal.createSession({ token, clientId });
        return { token };
      },
      /used already/,
    ],
    [
      "for a deleted user",
      async ({ authsignal, stepUp }) => {
        const { token } = await stepUp();
        await authsignal.deleteUser({ userId });
        return { token };
      },
      /Token is invalid/,
    ],
  ])("makes no session %s", async (_name, prepare, words) => {
    const world = start();
    const request = await prepare(world);
    const before = world.emulator.export().sessions;
    await expect(world.authsignal.createSession({ ...request, clientId })).rejects.toMatchObject(
      refused(401, "unauthorized", expect.stringMatching(words)),
    );
    expect(world.emulator.export().sessions).toEqual(before);
  });
});

describe("validateSession", () => {
  it("tells the user as they are now, and how they were verified", async () => {
    const { authsignal, session } = await signedIn();
    const { accessToken } = session;
    const attributes = { displayName: "Jo", custom: { tier: "gold" } };
    await authsignal.updateUser({ userId, attributes });
    const { user, expiresAt, verificationMethod } = await authsignal.validateSession({ accessToken });
    expect(user).toMatchObject({ userId, phoneNumberVerified: true, ...attributes });
    expect(verificationMethod).toBe("SMS");
    expect(expiresAt).toBe(Object(jwt.decode(accessToken)).exp);
  });

  it("asks for whom the session is", async () => {
    const { authsignal, session } = await signedIn();
    const { accessToken } = session;
    const validate = (clientIds: string[]) => authsignal.validateSession({ accessToken, clientIds });
    expect(await validate(["app", clientId])).toMatchObject({ user: { userId } });
    for (const clientIds of [["app"], []]) {
      await expect(validate(clientIds)).rejects.toMatchObject(refused(401, "unauthorized"));
    }
  });

  it("refuses an access token that has expired, is forged, or is no access token", async () => {
    const { emulator, authsignal, session, stepUp, validate } = await signedIn({ accessTokenLifetime: "20m" });
    const { token } = await stepUp();
    const [header, payload] = session.accessToken.split(".");
    const forged = jwt.sign(Object(jwt.decode(session.accessToken)), emulator.apiSecretKey, { algorithm: "HS256" });
    for (const accessToken of ["", "x", token, forged, `${header}.${payload}.`, session.refreshToken]) {
      await expect(authsignal.validateSession({ accessToken })).rejects.toMatchObject(
        refused(401, "unauthorized", "The access token is invalid."),
      );
    }
    await validate(session);
    emulator.clock.advance("20m");
    await expect(validate(session)).rejects.toMatchObject(
      refused(401, "unauthorized", "The access token has expired."),
    );
  });
});

describe("refreshSession", () => {
  it("puts new tokens in the place of the old ones", async () => {
    const { session, validate, refresh } = await signedIn();
    const next = await refresh(session);
    expect(next.refreshToken).not.toBe(session.refreshToken);
    await expect(validate(session)).rejects.toMatchObject(over);
    await expect(refresh(session)).rejects.toMatchObject(refused(401, "unauthorized"));
    expect(await validate(next)).toMatchObject({ user: { userId }, verificationMethod: "SMS" });
    expect(await refresh(next)).toMatchObject({ refreshToken: expect.any(String) });
  });

  it("works after the access token has expired, until the refresh token does", async () => {
    const { emulator, session, refresh } = await signedIn({ refreshTokenLifetime: "2 days" });
    emulator.clock.advance("1 day");
    const next = await refresh(session);
    emulator.clock.advance("2 days");
    await expect(refresh(next)).rejects.toMatchObject(refused(401, "unauthorized"));
  });
});

describe("revokeSession and revokeUserSessions", () => {
  it("end one session, again and also when its token has expired or was replaced", async () => {
    const { emulator, authsignal, session, signIn, validate, refresh, revoke } = await signedIn();
    const other = await signIn();
    for (const _time of [1, 2]) expect(await revoke(session)).toBeUndefined();
    await expect(validate(session)).rejects.toMatchObject(over);
    await expect(refresh(session)).rejects.toMatchObject(refused(401, "unauthorized"));
    expect(await validate(other)).toMatchObject({ user: { userId } });
    const next = await refresh(other);
    emulator.clock.advance("2h");
    await revoke(other);
    await expect(refresh(next)).rejects.toMatchObject(refused(401, "unauthorized"));
    const request = { accessToken: "x" };
    await expect(authsignal.revokeSession(request)).rejects.toMatchObject(refused(401, "unauthorized"));
  });

  it("ends all sessions of one user only, without a body", async () => {
    const { emulator, authsignal, session, signIn, stepUp, validate } = await signedIn();
    const second = await signIn();
    const others = await authsignal.createSession({ clientId, token: (await stepUp("other")).token });
    const answer = await call(emulator, "POST /sessions/user/revoke", { body: { userId } });
    expect([answer.status, answer.body]).toEqual([204, undefined]);
    for (const one of [session, second]) await expect(validate(one)).rejects.toMatchObject(over);
    expect(await validate(others)).toMatchObject({ user: { userId: "other" } });
    await authsignal.revokeUserSessions({ userId: "usr_none" });
  });

  it("are not needed for a deleted user, whose sessions are over", async () => {
    const { authsignal, session, enroll, validate, refresh } = await signedIn();
    await authsignal.deleteUser({ userId });
    await enroll();
    await expect(validate(session)).rejects.toMatchObject(over);
    await expect(refresh(session)).rejects.toMatchObject(refused(401, "unauthorized"));
  });
});
