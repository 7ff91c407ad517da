import { describe, expect, it } from "vitest";
import { UserActionState } from "../../../src/index.ts";
import {
  action,
  call,
  clientOf,
  invalid,
  phoneNumber,
  refused,
  start,
  userId,
} from "../../support/emulator/emulator.ts";

describe("track", () => {
  it("answers with all that is known", async () => {
    const { emulator, authsignal, enroll } = start();
    await enroll();
    const answer = await authsignal.track({ userId, action, attributes: { idempotencyKey: "k" } });
    expect(answer).toEqual({
      state: "CHALLENGE_REQUIRED",
      idempotencyKey: "k",
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      url: `${emulator.origin}/challenge?token=${answer.token}`,
      isEnrolled: true,
      allowedVerificationMethods: expect.arrayContaining(["SMS"]),
      enrolledVerificationMethods: ["SMS"],
      defaultVerificationMethod: "SMS",
      ruleIds: [expect.any(String)],
    });
  });

  it.each([
    ["ALLOW", "ALLOW", "ALLOW"],
    ["BLOCK", "BLOCK", "BLOCK"],
    ["CHALLENGE", "CHALLENGE_REQUIRED", "ALLOW"],
    ["REVIEW", "REVIEW_REQUIRED", "REVIEW_REQUIRED"],
  ] as const)(
    "makes of the outcome %s %s, and %s for a user who is not enrolled",
    async (outcome, state, otherwise) => {
      for (const defaultOutcome of [outcome, undefined]) {
        const { emulator, authsignal, enroll } = start({ defaultOutcome });
        if (!defaultOutcome) emulator.rules.set("signIn", outcome);
        await enroll();
        expect(await authsignal.track({ userId, action: "signIn" })).toMatchObject({ state, isEnrolled: true });
        const stranger = await authsignal.track({ userId: "stranger", action: "signIn" });
        expect(stranger).toMatchObject({ state: otherwise, isEnrolled: false });
      }
    },
  );

  it("keeps one action for a key, whatever happens to rules and attributes", async () => {
    const { emulator, authsignal, enroll } = start();
    await enroll();
    const track = (custom: Record<string, string>) =>
      authsignal.track({ userId, action, attributes: { idempotencyKey: "k", custom } });
    const first = await track({ to: "A" });
    emulator.clock.advance("1m");
    emulator.rules.set(action, "BLOCK");
    const again = await track({ to: "B" });
    expect(again).toMatchObject({ state: first.state, idempotencyKey: "k", ruleIds: first.ruleIds });
    expect(emulator.export().actions).toMatchObject([{ custom: { to: "A" } }]);
    for (const other of [
      { userId: "usr_2", action },
      { userId, action: "other" },
    ]) {
      await authsignal.track({ ...other, attributes: { idempotencyKey: "k" } });
    }
    expect(emulator.export().actions).toHaveLength(3);
  });

  it("makes a key where there is none, also without a body", async () => {
    const { emulator } = start();
    const uuid = /^[\da-f-]{36}$/;
    for (const body of [undefined, "", " ", {}, "{}"]) {
      const answer = await call(emulator, `POST /users/${userId}/actions/signIn`, { body });
      expect(answer).toMatchObject({ status: 200, body: { idempotencyKey: expect.stringMatching(uuid) } });
    }
    expect(emulator.export().actions).toHaveLength(5);
  });

  it("takes attributes of every kind", async () => {
    const { emulator, authsignal } = start();
    const kept = {
      idempotencyKey: "k",
      redirectUrl: "https://app.example.com/callback?x=1",
      redirectToSettings: true,
      ipAddress: "203.0.113.7",
      userAgent: "Mozilla/5.0",
      deviceId: "laptop",
      scope: "read:authenticators add:authenticators",
      email: "jo@example.com",
      phoneNumber,
      username: "jo",
      locale: "en",
      challengeId: "unknown",
      custom: { amount: 250.5, currency: "NZD", isNewPayee: true },
    };
    const attributes = { ...kept, customDomain: "mfa.example.com", crypto: { asset: "BTC", assetAmount: 1 } };
    await authsignal.track({ userId, action, attributes });
    expect(emulator.export().actions).toMatchObject([{ userId, actionCode: action, ...kept }]);
  });

  it.each([
    [{ idempotencyKey: "" }, "body.idempotencyKey must not be empty"],
    [{ redirectUrl: "/callback" }, /^body\.redirectUrl must be an absolute URL/],
    [{ redirectUrl: "javascript:alert(1)" }, /^body\.redirectUrl must be/],
    [{ redirectUrl: " JavaScript:alert(1)" }, /^body\.redirectUrl must be/],
    [{ redirectUrl: "data:text/html,<script>1</script>" }, /^body\.redirectUrl must be/],
    [{ custom: { nested: { a: 1 } } }, "body.custom.nested must be string,number,boolean"],
    [{ custom: [] }, "body.custom must be object"],
  ])("refuses %o", async (body, words) => {
    const { emulator } = start();
    const answer = await call(emulator, `POST /users/${userId}/actions/${action}`, { body });
    expect(answer).toMatchObject(invalid(typeof words === "string" ? words : expect.stringMatching(words)));
    expect(emulator.export().users).toEqual([]);
  });

  it.each(["a%20b", "a.b", `${"x".repeat(65)}`, "%C3%A9"])("refuses the action code %s", async (code) => {
    const { emulator } = start();
    const answer = await call(emulator, `POST /users/${userId}/actions/${code}`);
    expect(answer).toMatchObject(invalid(expect.stringMatching(/^path\.action must match pattern/)));
  });
});

describe("an action", () => {
  it("is read with the rules that fired as they were", async () => {
    const { emulator, authsignal } = start();
    emulator.clock.freeze("2026-01-15T03:04:05Z");
    emulator.rules.add({ ruleId: "r1", name: "One", description: "First", outcome: "REVIEW", output: { risk: 3 } });
    const { idempotencyKey } = await authsignal.track({ userId, action: "pay" });
    emulator.rules.clear();
    expect(await authsignal.getAction({ userId, action: "pay", idempotencyKey })).toEqual({
      state: "REVIEW_REQUIRED",
      createdAt: "2026-01-15T03:04:05.000Z",
      stateUpdatedAt: "2026-01-15T03:04:05.000Z",
      ruleIds: ["r1"],
      rules: [{ ruleId: "r1", name: "One", description: "First" }],
      priorityRuleId: "r1",
      output: { risk: 3 },
    });
  });

  it.each(Object.values(UserActionState))("is moved to %s by the server", async (state) => {
    const { emulator, authsignal } = start();
    const { idempotencyKey } = await authsignal.track({ userId, action });
    const ids = { userId, action, idempotencyKey };
    emulator.clock.advance("1m");
    const updated = await authsignal.updateAction({ ...ids, attributes: { state } });
    expect(updated.state).toBe(state);
    expect(await authsignal.getAction(ids)).toEqual(updated);
    const { createdAt = "", stateUpdatedAt = "" } = updated;
    expect(stateUpdatedAt > createdAt).toBe(state !== "ALLOW");
  });

  it("that is unknown is a 404", async () => {
    const { authsignal } = start();
    await authsignal.track({ userId, action, attributes: { idempotencyKey: "k" } });
    for (const ids of [
      { userId, action, idempotencyKey: "K" },
      { userId, action: "other", idempotencyKey: "k" },
      { userId: "usr_2", action, idempotencyKey: "k" },
    ]) {
      const missing = refused(404, "not_found", "There is no such action.");
      await expect(authsignal.getAction(ids)).rejects.toMatchObject(missing);
      const attributes = { state: "ALLOW" } as const;
      await expect(authsignal.updateAction({ ...ids, attributes })).rejects.toMatchObject(missing);
    }
  });
});

describe("queryUserActions", () => {
  const DAY = 24 * 60 * 60 * 1_000;

  it("lists the last 30 days, the newest first, by code, date and state", async () => {
    const { emulator, authsignal } = start();
    emulator.clock.freeze("2026-01-01T00:00:00Z");
    for (const [code, outcome] of [
      ["a", "ALLOW"],
      ["b", "BLOCK"],
      ["a", "REVIEW"],
    ] as const) {
      emulator.rules.next(outcome);
      await authsignal.track({ userId, action: code, attributes: { userAgent: "UA", ipAddress: "203.0.113.7" } });
      emulator.clock.advance(DAY);
    }
    const list = async (request: Partial<Parameters<typeof authsignal.queryUserActions>[0]> = {}) =>
      (await authsignal.queryUserActions({ userId, ...request })).map((one) => `${one.actionCode} ${one.state}`);
    expect(await list()).toEqual(["a REVIEW_REQUIRED", "b BLOCK", "a ALLOW"]);
    expect(await list({ actionCodes: ["a"] })).toEqual(["a REVIEW_REQUIRED", "a ALLOW"]);
    expect(await list({ actionCodes: ["a", "b"], state: "BLOCK" })).toEqual(["b BLOCK"]);
    expect(await list({ actionCodes: ["c"] })).toEqual([]);
    expect(await list({ fromDate: "2026-01-02T00:00:00Z" })).toEqual(["a REVIEW_REQUIRED", "b BLOCK"]);
    expect(await list({ fromDate: "2020-01-01" })).toHaveLength(3);
    expect(await authsignal.queryUserActions({ userId, state: "BLOCK" })).toEqual([
      {
        actionCode: "b",
        idempotencyKey: expect.any(String),
        createdAt: "2026-01-02T00:00:00.000Z",
        updatedAt: "2026-01-02T00:00:00.000Z",
        stateUpdatedAt: "2026-01-02T00:00:00.000Z",
        state: "BLOCK",
        userAgent: "UA",
        ipAddress: "203.0.113.7",
      },
    ]);
    emulator.clock.set("2026-02-01T00:00:00Z");
    expect(await list({ fromDate: "2026-01-01T00:00:00Z" }), "no longer the first").toHaveLength(2);
    await expect(list({ fromDate: "yesterday" })).rejects.toMatchObject(refused(400, "invalid_request"));
  });

  it("lists the newest first, also when the clock stands", async () => {
    const { emulator, authsignal } = start();
    emulator.clock.freeze();
    for (const key of ["1", "2", "3"]) await authsignal.track({ userId, action, attributes: { idempotencyKey: key } });
    expect((await authsignal.queryUserActions({ userId })).map((one) => one.idempotencyKey)).toEqual(["3", "2", "1"]);
  });
});

describe("ids", () => {
  const IDS = [
    "auth0|a/b",
    "100%",
    "%41%2F",
    "a+b c",
    "é",
    "🙂",
    "a.b",
    "..a",
    "a?b#c&d=e",
    "a\\b;c",
    "authenticators",
  ];
  const odd = [...IDS, "jo@example.com", "<b>'\"", " ", "~", "__proto__", "x".repeat(1_000), "é".repeat(300)];

  it.each(odd)("%s goes through every path unharmed", async (id) => {
    const { emulator } = start();
    const authsignal = clientOf(emulator);
    if (id !== "authenticators") await authsignal.updateUser({ userId: id, attributes: { displayName: "Jo" } });
    const attributes = { verificationMethod: "SMS", phoneNumber } as const;
    const { authenticator } = await authsignal.enrollVerifiedAuthenticator({ userId: id, attributes });
    expect(authenticator.userId).toBe(id);
    const ids = { userId: id, action, idempotencyKey: id };
    await authsignal.track({ userId: id, action, attributes: { idempotencyKey: id, deviceId: id } });
    expect(await authsignal.getUser({ userId: id })).toMatchObject({ isEnrolled: true });
    expect(await authsignal.getAction(ids)).toMatchObject({ state: "CHALLENGE_REQUIRED" });
    expect(await authsignal.updateAction({ ...ids, attributes: { state: "BLOCK" } })).toMatchObject({ state: "BLOCK" });
    expect(await authsignal.queryUserActions({ userId: id })).toMatchObject([{ idempotencyKey: id, state: "BLOCK" }]);
    expect(await authsignal.getAuthenticators({ userId: id })).toEqual([authenticator]);
    expect(await authsignal.getDevices({ userId: id })).toMatchObject([{ userId: id, deviceId: id }]);
    const device = { userId: id, deviceId: id };
    await authsignal.updateDevice({ ...device, attributes: { rememberedUntil: null } });
    expect(await authsignal.invalidateDevice(device)).toMatchObject({ ...device, invalidatedAt: expect.any(String) });
    expect(emulator.export().users).toMatchObject([{ userId: id }]);
    const { userAuthenticatorId } = authenticator;
    await authsignal.deleteAuthenticator({ userId: id, userAuthenticatorId });
    await authsignal.deleteUser({ userId: id });
    expect(emulator.export()).toMatchObject({ users: [], actions: [], devices: [], authenticators: [] });
  });
});
