import { afterEach, describe, expect, it, vi } from "vitest";
import { createEmulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { Authsignal } from "../../../src/index.ts";
import { action, call, clientOf, email, phoneNumber, refused, start, userId } from "../../support/emulator/emulator.ts";

const OTHER = "sk_emulator_other";

describe("tenants", () => {
  it("are separate, and need nothing but different keys", async () => {
    const { emulator, authsignal, stepUp, sendAndVerify } = start();
    const other = clientOf(emulator, { apiSecretKey: OTHER });
    const { token, idempotencyKey } = await stepUp(userId, { deviceId: "laptop" });
    const { accessToken, refreshToken } = await authsignal.createSession({ token, clientId: "web" });
    const challengeId = await sendAndVerify();
    await authsignal.updateUser({ userId, attributes: { email } });
    const passed = await stepUp(userId, { idempotencyKey: "k" });

    expect(await other.getUser({ userId })).toMatchObject({ isEnrolled: false });
    expect((await other.queryUsers({ email })).users).toEqual([]);
    expect(await other.getAuthenticators({ userId })).toEqual([]);
    expect(await other.queryUserActions({ userId })).toEqual([]);
    expect(await other.getDevices({ userId })).toEqual([]);
    expect(await other.getChallenge({ challengeId })).toEqual({});
    expect(await other.validateChallenge({ token: passed.token })).toMatchObject({ isValid: false });
    for (const attempt of [
      other.getAction({ userId, action, idempotencyKey }),
      other.claimChallenge({ challengeId, userId }),
      other.verify({ challengeId, verificationCode: "123456" }),
      other.invalidateDevice({ userId, deviceId: "laptop" }),
    ]) {
      await expect(attempt).rejects.toMatchObject(refused(404, "not_found"));
    }
    for (const attempt of [
      other.createSession({ token: passed.token, clientId: "web" }),
      other.validateSession({ accessToken }),
      other.refreshSession({ refreshToken }),
      other.revokeSession({ accessToken }),
    ]) {
      await expect(attempt).rejects.toMatchObject(refused(401, "unauthorized"));
    }
    await other.deleteUser({ userId });
    await other.revokeUserSessions({ userId });
    expect(await authsignal.validateSession({ accessToken })).toMatchObject({ user: { userId } });
    expect((await authsignal.validateChallenge({ token: passed.token })).isValid).toBe(true);
    expect(emulator.tenant(OTHER).export()).toMatchObject({ users: [], actions: [], messages: [] });
  });

  it("have rules, a clock, an outbox, faults and a request log of their own", async () => {
    const { emulator, authsignal, enroll } = start();
    const tenant = emulator.tenant(OTHER);
    expect(tenant).toBe(emulator.tenant(OTHER));
    const other = clientOf(emulator, tenant);
    tenant.rules.set(action, "BLOCK");
    expect((await other.track({ userId, action })).state).toBe("BLOCK");
    expect((await authsignal.track({ userId, action })).state).toBe("ALLOW");
    await other.challenge({ verificationMethod: "SMS", phoneNumber, action });
    expect([tenant.outbox.list().length, emulator.outbox.list().length]).toEqual([1, 0]);
    tenant.clock.advance("1 day");
    expect(tenant.clock.milliseconds - emulator.clock.milliseconds).toBeGreaterThan(80_000_000);
    await enroll();
    const operations = (log: typeof tenant.requests) => log.list().map(({ operation }) => operation);
    expect(operations(tenant.requests)).toEqual(["track", "challenge"]);
    expect(operations(emulator.requests)).toEqual(["track", "enrollVerifiedAuthenticator"]);
    tenant.reset();
    expect(emulator.export().users).toHaveLength(1);
    expect(emulator.tenant(emulator.apiSecretKey).export()).toEqual(emulator.export());
    expect(tenant.tenantId).not.toBe(emulator.tenant(emulator.apiSecretKey).tenantId);
    expect(tenant.tenantId).toBe(createEmulator().tenant(OTHER).tenantId);
  });

  it("sign sessions with keys of their own", async () => {
    const { emulator } = start();
    const keysOf = async (key: string) =>
      (await call(emulator, `GET /client/public/${emulator.tenant(key).tenantId}/.well-known/jwks`)).body;
    expect(await keysOf(OTHER)).not.toEqual(await keysOf(emulator.apiSecretKey));
  });

  it.each([
    "",
    "sk_live_1",
    "sk_emulator_",
    "sk_emulator_a b",
    "sk_emulator_connect_x",
    `sk_emulator_${"x".repeat(101)}`,
  ])("have no key such as %o", (key) => {
    const { emulator } = start();
    expect(() => emulator.tenant(key)).toThrow(/^A secret key of the emulator is sk_emulator_ and/);
    expect(() => createEmulator({ apiSecretKey: key })).toThrow(TypeError);
  });
});

describe("reset", () => {
  it("empties everything, and the emulator goes on working", async () => {
    const { emulator, stepUp } = start({ seed: { configurations: [{ verificationMethod: "SMS" }] } });
    const empty = createEmulator().export();
    const { token } = await stepUp();
    emulator.clock.freeze("2020-01-01");
    emulator.faults.add({ status: 503, operations: ["getUser"] });
    emulator.rules.next("BLOCK");
    emulator.rules.add({ outcome: "BLOCK", when: () => true });
    emulator.reset();
    expect(emulator.export()).toEqual(empty);
    expect([emulator.rules.list(), emulator.faults.list(), emulator.requests.list()]).toEqual([[], [], []]);
    expect(emulator.clock.milliseconds).toBeGreaterThan(Date.UTC(2021, 0));
    const authsignal = clientOf(emulator);
    expect(await authsignal.validateChallenge({ token })).toMatchObject({ isValid: false });
    expect((await authsignal.track({ userId, action })).state).toBe("ALLOW");
  });
});

describe("snapshot and restore", () => {
  it("go back, as often as you like, with function rules and the clock", async () => {
    const { emulator, authsignal, stepUp, enroll } = start();
    emulator.clock.freeze("2026-01-15T00:00:00Z");
    emulator.rules.add({ ruleId: "f", action: "pay", outcome: "REVIEW", when: ({ user }) => user.email === undefined });
    const { token } = await stepUp();
    const snapshot = emulator.snapshot();
    const before = emulator.export();
    for (const _time of [1, 2]) {
      expect((await authsignal.validateChallenge({ token })).isValid).toBe(true);
      await enroll("usr_2");
      await authsignal.deleteUser({ userId });
      emulator.clock.advance("1 day");
      emulator.rules.clear();
      emulator.restore(snapshot);
      expect(emulator.export()).toEqual(before);
      expect(emulator.rules.list()[0]).toMatchObject({ ruleId: "f" });
      expect((await authsignal.track({ userId, action: "pay" })).state).toBe("REVIEW_REQUIRED");
      emulator.restore(snapshot);
    }
  });

  it("rejects anything but a snapshot, and changes nothing then", async () => {
    const { emulator, enroll } = start();
    await enroll();
    const before = emulator.export();
    expect(() => emulator.restore(Object({ ...emulator.snapshot() }))).toThrow(
      new TypeError("restore takes what snapshot gave. import takes a seed"),
    );
    expect(() => emulator.restore(Object(undefined))).toThrow(TypeError);
    expect(emulator.export()).toEqual(before);
  });

  it("are not changed when a caller changes what an earlier call returned", async () => {
    const { emulator, authsignal } = start();
    await authsignal.updateUser({ userId, attributes: { email, custom: { tier: "gold" } } });
    const snapshot = emulator.snapshot();
    const [user] = emulator.export().users ?? [];
    Object.assign(user ?? {}, { email: "evil@example.com" });
    Object.assign(user?.custom ?? {}, { tier: "lead" });
    const expected = { email, custom: { tier: "gold" } };
    expect(await authsignal.getUser({ userId })).toMatchObject(expected);
    emulator.restore(snapshot);
    expect(await authsignal.getUser({ userId })).toMatchObject(expected);
  });
});

describe("the options of an emulator", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each<[wrong: object, words: RegExp]>([
    [{ otp: "123" }, /^otp must be/],
    [{ otp: "12345678901" }, /^otp must be/],
    [{ otp: "abcdef" }, /^otp must be/],
    [{ otp: 123456 }, /^otp must be/],
    [{ defaultOutcome: "CHALLENGE_REQUIRED" }, /^There is no outcome CHALLENGE_REQUIRED/],
    [{ tokenLifetime: "ten minutes" }, /tokenLifetime/],
    [{ codeLifetime: 0 }, /^codeLifetime must be/],
    [{ accessTokenLifetime: "-1m" }, /^accessTokenLifetime must be/],
    [{ refreshTokenLifetime: Number.NaN }, /refreshTokenLifetime/],
    [{ allowedRedirects: ["app.example.com"] }, /^allowedRedirects must be origins .* not app\.example\.com/],
    [{ allowedRedirects: ["javascript:alert(1)"] }, /^allowedRedirects must be/],
    [{ allowedRedirects: ["data:text/html,x"] }, /^allowedRedirects must be/],
    [{ apiSecretKey: "sk_live_1" }, /^A secret key of the emulator is/],
    [
      { seed: { authenticators: [{ userId, verificationMethod: "SMS" }] } },
      /^authenticators\[0\].*phoneNumber is requ/,
    ],
  ])("%o is refused", (wrong, words) => {
    const options: EmulatorOptions = wrong;
    expect(() => createEmulator(options)).toThrow(TypeError);
    expect(() => createEmulator(options)).toThrow(words);
  });

  it("refuse to run in production, unless forced", () => {
    vi.stubEnv("NODE_ENV", "production");
    expect(() => createEmulator()).toThrow(/NODE_ENV is production: set allowProduction/);
    expect(createEmulator({ allowProduction: true }).apiSecretKey).toBe("sk_emulator_default");
  });

  it("give a key and addresses that fit each other", async () => {
    const emulator = createEmulator({ apiSecretKey: "sk_emulator_mine" });
    expect(emulator.apiSecretKey).toBe("sk_emulator_mine");
    expect(emulator.apiUrl).toBe(`${emulator.origin}/v1`);
    const { apiSecretKey, apiUrl, fetch } = emulator;
    const authsignal = new Authsignal({ apiSecretKey, apiUrl, fetch });
    expect(await authsignal.getAuthenticatorConfigurations()).not.toEqual([]);
    await emulator.close();
    await emulator[Symbol.asyncDispose]();
  });
});
