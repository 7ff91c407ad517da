import jwt from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { action, call, email, invalid, phoneNumber, refused, start, userId } from "../../support/emulator/emulator.ts";

const sms = { verificationMethod: "SMS", phoneNumber } as const;

describe("a user", () => {
  it.each<[string, (world: ReturnType<typeof start>) => Promise<unknown>]>([
    ["track", ({ authsignal }) => authsignal.track({ userId, action: "signIn" })],
    ["updateUser", ({ authsignal }) => authsignal.updateUser({ userId, attributes: {} })],
    ["enrollVerifiedAuthenticator", ({ enroll }) => enroll()],
    [
      "batchEnrollVerifiedAuthenticators",
      ({ authsignal }) =>
        authsignal.batchEnrollVerifiedAuthenticators({
          authenticators: [{ userId, verificationMethod: "PASSKEY", credentialId: "c", credentialPublicKey: "k" }],
        }),
    ],
    [
      "claimChallenge",
      async ({ authsignal, sendAndVerify }) =>
        authsignal.claimChallenge({ userId, challengeId: await sendAndVerify() }),
    ],
  ])("comes into being by %s", async (_name, make) => {
    const world = start();
    await make(world);
    expect(world.emulator.export().users).toMatchObject([{ userId, createdAt: expect.any(String) }]);
  });

  it("that is unknown is not enrolled, has nothing, and does not come into being by being asked for", async () => {
    const { emulator, authsignal } = start();
    expect(await authsignal.getUser({ userId })).toEqual({
      isEnrolled: false,
      emailVerified: false,
      phoneNumberVerified: false,
      allowedVerificationMethods: expect.arrayContaining(["SMS", "EMAIL_OTP", "PASSKEY"]),
      enrolledVerificationMethods: [],
    });
    expect(await authsignal.getAuthenticators({ userId })).toEqual([]);
    expect(await authsignal.queryUserActions({ userId })).toEqual([]);
    expect(await authsignal.getDevices({ userId })).toEqual([]);
    expect(emulator.export().users).toEqual([]);
  });

  it("keeps what an update leaves out", async () => {
    const { authsignal } = start();
    const first = { email, username: "jo", displayName: "Jo", locale: "en", custom: { tier: "gold", isVip: true } };
    await authsignal.updateUser({ userId, attributes: first });
    const updated = await authsignal.updateUser({ userId, attributes: { displayName: "Jo B", phoneNumber } });
    const expected = { email, username: "jo", displayName: "Jo B", phoneNumber, custom: first.custom };
    expect(updated).toEqual({ userId, ...expected, emailVerified: false, phoneNumberVerified: false });
    expect(await authsignal.getUser({ userId })).toMatchObject({ ...expected, locale: "en" });
  });

  it("is told by track only what was not known", async () => {
    const { authsignal } = start();
    await authsignal.updateUser({ userId, attributes: { email } });
    await authsignal.track({ userId, action, attributes: { email: "other@example.com", phoneNumber, username: "jo" } });
    expect(await authsignal.getUser({ userId })).toMatchObject({ email, phoneNumber, username: "jo" });
  });

  it.each([
    ["EMAIL_OTP", { email }, { email: "new@example.com" }, "emailVerified"],
    ["EMAIL_MAGIC_LINK", { email }, { email: "new@example.com" }, "emailVerified"],
    ["SMS", { phoneNumber }, { phoneNumber: "+64270000009" }, "phoneNumberVerified"],
    ["WHATSAPP", { phoneNumber }, { phoneNumber: "+64270000009" }, "phoneNumberVerified"],
  ] as const)("takes %s along to a verified contact, and only to a verified one", async (method, old, next, flag) => {
    const { authsignal } = start();
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: method, ...old } });
    expect(await authsignal.getUser({ userId })).toMatchObject({ ...old, [flag]: true });
    await authsignal.updateUser({ userId, attributes: next });
    expect(await authsignal.getAuthenticators({ userId })).toMatchObject([old]);
    expect(await authsignal.getUser({ userId })).toMatchObject({ ...next, [flag]: false });
    await authsignal.updateUser({ userId, attributes: { ...next, [flag]: true } });
    expect(await authsignal.getAuthenticators({ userId })).toMatchObject([next]);
    expect(await authsignal.getUser({ userId })).toMatchObject({ ...next, [flag]: true });
  });

  it.each([
    ["EMAIL_OTP", { email }, { emailVerified: true }],
    ["SMS", { phoneNumber }, { phoneNumberVerified: true }],
  ] as const)("has a verified contact after enrolling %s, known before or not", async (method, contact, expected) => {
    const { authsignal } = start();
    await authsignal.track({ userId, action });
    await authsignal.updateUser({ userId: "usr_2", attributes: contact });
    for (const user of [userId, "usr_2", "usr_3"]) {
      const attributes = { verificationMethod: method, ...contact };
      await authsignal.enrollVerifiedAuthenticator({ userId: user, attributes });
      expect(await authsignal.getUser({ userId: user }), user).toMatchObject({ ...contact, ...expected });
    }
  });

  it("is updated by POST, too, as the Java and Ruby SDKs do", async () => {
    const { emulator, authsignal } = start();
    const answer = await call(emulator, `POST /users/${userId}`, { body: { email } });
    expect(answer).toMatchObject({ status: 200, body: { userId, email } });
    expect(await authsignal.getUser({ userId })).toMatchObject({ email });
  });
});

describe("queryUsers", () => {
  async function people() {
    const world = start();
    const { authsignal } = world;
    await authsignal.updateUser({ userId: "a", attributes: { email, phoneNumber, username: "jo" } });
    await authsignal.updateUser({ userId: "b", attributes: { email, phoneNumber: "+64270000001", username: "kim" } });
    await authsignal.updateUser({ userId: "c", attributes: { phoneNumber } });
    const find = async (request: Parameters<typeof authsignal.queryUsers>[0]) =>
      (await authsignal.queryUsers(request)).users.map((user) => user.userId);
    return { ...world, find };
  }

  it("finds by each detail, and by all that are given", async () => {
    const { find } = await people();
    expect(await find({ email })).toEqual(["a", "b"]);
    expect(await find({ email: email.toUpperCase() })).toEqual(["a", "b"]);
    expect(await find({ phoneNumber })).toEqual(["a", "c"]);
    expect(await find({ username: "kim" })).toEqual(["b"]);
    expect(await find({ email, phoneNumber })).toEqual(["a"]);
    expect(await find({ email: "jo@" })).toEqual([]);
    expect(await find({ username: "" })).toEqual([]);
  });

  it("tells what is known about a user", async () => {
    const { authsignal, enroll } = await people();
    await enroll("c");
    expect((await authsignal.queryUsers({ phoneNumber })).users[1]).toEqual({
      userId: "c",
      phoneNumber,
      emailVerified: false,
      phoneNumberVerified: expect.any(Boolean),
      isEnrolled: true,
      enrolledVerificationMethods: ["SMS"],
      createdAt: expect.any(String),
    });
  });

  it("finds by the address in an identity token, and tells the token's claims in any case", async () => {
    const { authsignal, find } = await people();
    const token = (claims: object) => jwt.sign(claims, "the key of another issuer", { noTimestamp: true });
    const known = { sub: "1098", email: "Jo@Example.com", email_verified: true };
    expect(await authsignal.queryUsers({ token: token(known) })).toMatchObject({
      users: [{ userId: "a" }, { userId: "b" }],
      tokenPayload: known,
    });
    const unknown = { sub: "1098", email: "none@example.com" };
    expect(await authsignal.queryUsers({ token: token(unknown) })).toEqual({ users: [], tokenPayload: unknown });
    expect(await authsignal.queryUsers({ token: token({ sub: "1" }) })).toEqual({
      users: [],
      tokenPayload: { sub: "1" },
    });
    expect(await find({ token: token(known), username: "kim" })).toEqual(["b"]);
    await expect(authsignal.queryUsers({ token: "no.jwt" })).rejects.toMatchObject(
      refused(400, "invalid_request", "query.token must be a JWT"),
    );
  });

  it("finds only whom both an identity token and an address name", async () => {
    const { find } = await people();
    const token = jwt.sign({ email: "none@example.com" }, "the key of another issuer");
    expect(await find({ token, email })).toEqual([]);
  });

  it("gives all users page by page, each once, although users come and go", async () => {
    const { authsignal } = start();
    const ids = Array.from({ length: 45 }, (_, index) => `user ${index}`);
    for (const id of ids) await authsignal.updateUser({ userId: id, attributes: { email } });
    const first = await authsignal.queryUsers({ email });
    expect(first.users).toHaveLength(20);
    const found: string[] = [];
    for await (const user of authsignal.queryAllUsers({ email, limit: 7 })) {
      if (found.length === 0) await authsignal.deleteUser({ userId: user.userId });
      found.push(user.userId);
    }
    expect(found.toSorted()).toEqual(ids.toSorted());
    const exact = await authsignal.queryUsers({ email, limit: 44 });
    expect([exact.users.length, exact.lastEvaluatedUserId]).toEqual([44, undefined]);
  });

  it.each([
    ["", /^query must have at least one of username, email, phoneNumber and token$/],
    ["limit=5", /^query must have at least one of/],
    ["email=a&limit=0", /^query\.limit must be/],
    ["email=a&limit=-1", /^query\.limit must be/],
    ["email=a&limit=1.5", /^query\.limit must be integer/],
    ["email=a&limit=x", /^query\.limit must be integer/],
    ["email=a&limit=", /^query\.limit must be integer/],
    ["email=a&limit=99999999999999999999", /^query\.limit must be/],
    ["email=a&verificationToken=x", /^query\.verificationToken is not in the spec$/],
  ])("refuses ?%s", async (query, words) => {
    const { emulator } = start();
    expect(await call(emulator, `GET /users?${query}`)).toMatchObject(invalid(expect.stringMatching(words)));
  });
});

describe("deleteUser", () => {
  it.each([undefined, true, false])(
    "takes everything of the user away (actions: %s) and nothing else",
    async (actions) => {
      const { emulator, authsignal, stepUp } = start();
      const fill = async (user: string) => {
        await authsignal.updateUser({ userId: user, attributes: { email } });
        const { token } = await stepUp(user, { deviceId: "laptop", idempotencyKey: "k" });
        await authsignal.createSession({ token, clientId: "web" });
        await authsignal.challenge({ ...sms, userId: user, action });
      };
      await fill("kept");
      const { messages, quotas: _perNumber, ...before } = emulator.export();
      await fill(userId);
      expect(await authsignal.deleteUser({ userId, actions })).toEqual({ success: true });
      const { messages: _sent, quotas: _counted, ...after } = emulator.export();
      expect({ ...after, usedTokens: [] }).toEqual({ ...before, usedTokens: [] });
      expect(await authsignal.getUser({ userId })).toMatchObject({ isEnrolled: false });
      expect(await authsignal.getAuthenticators({ userId })).toEqual([]);
      expect((await authsignal.queryUsers({ email })).users.map((user) => user.userId)).toEqual(["kept"]);
      await expect(authsignal.getAction({ userId, action, idempotencyKey: "k" })).rejects.toMatchObject(
        refused(404, "not_found"),
      );
      expect(messages).toHaveLength(2);
    },
  );

  it("succeeds for a user who is unknown", async () => {
    const { authsignal } = start();
    expect(await authsignal.deleteUser({ userId })).toEqual({ success: true });
  });

  it("makes the user's tokens worthless, also when the id and the key are used again", async () => {
    const { authsignal, stepUp } = start();
    const { token } = await stepUp(userId, { idempotencyKey: "k" });
    await authsignal.deleteUser({ userId });
    expect(await authsignal.validateChallenge({ token })).toEqual({ isValid: false, error: "Token is invalid." });
    await stepUp(userId, { idempotencyKey: "k" });
    expect(await authsignal.validateChallenge({ token })).toMatchObject({ isValid: false });
  });
});
