import { describe, expect, it } from "vitest";
import { newApprovalName } from "../../../../src/authy/migrate/bridge/approval-name.ts";
import type { AuthyBridgeOptions } from "../../../../src/authy/migrate/bridge/options.ts";
import { type AuthyBridge, createAuthyBridge } from "../../../../src/authy/migrate/bridge.ts";
import { AUTHY_ID, failureOf, MIRA, OLD_ID, PHONE, startBridge, USER_ID } from "../../../support/authy/bridge.ts";

const OTHER = "+14155550199";

describe("users.create on the bridge", () => {
  it("sets address and number, which are not verified, and enrolls nothing", async () => {
    const { authsignal, bridge, emulator, enrolled } = startBridge();
    const created = await bridge.users.create({ ...MIRA, sendInstallLinkViaSms: true });
    expect(created.id).toBe(AUTHY_ID);
    expect(await authsignal.getUser({ userId: USER_ID })).toMatchObject({
      isEnrolled: false,
      email: MIRA.email,
      emailVerified: false,
      phoneNumber: PHONE,
      phoneNumberVerified: false,
    });
    expect(await enrolled()).toEqual([]);
    expect(emulator.outbox.list()).toEqual([]);
  });

  it("makes another id for every number, which no id of Authy is", async () => {
    const { bridge } = startBridge();
    const numbers = ["+40213377", "+14155550137", "+819012345678", "+4915123456789"];
    const ids = await Promise.all(
      numbers.map(async (cellphone) => (await bridge.users.create({ email: MIRA.email, cellphone })).id),
    );
    expect(ids.slice(1)).toEqual([1_000_014_155_550_137, 1_000_819_012_345_678, 1_004_915_123_456_789]);
    expect(ids.every((id = 0) => id > 10 ** 15 && Number.isSafeInteger(id))).toBe(true);
    expect(new Set(ids).size).toBe(numbers.length);
  });

  it("changes nothing when it is called again", async () => {
    const { bridge, count, emulator } = startBridge();
    await bridge.users.create(MIRA);
    const before = emulator.export();
    expect((await bridge.users.create({ ...MIRA, cellphone: "(415) 555 0137" })).id).toBe(AUTHY_ID);
    expect(emulator.export()).toEqual(before);
    expect(count(`PATCH /users/${USER_ID}`)).toBe(1);
  });

  it("does not lower what is verified", async () => {
    const { authsignal, bridge, createConfirmed } = startBridge();
    await createConfirmed();
    await authsignal.updateUser({ userId: USER_ID, attributes: { email: "new@example.com", emailVerified: true } });
    expect((await bridge.users.create(MIRA)).ok()).toBe(true);
    const user = { phoneNumber: PHONE, phoneNumberVerified: true, email: "new@example.com", emailVerified: true };
    expect(await authsignal.getUser({ userId: USER_ID })).toMatchObject(user);
  });

  it("leaves the address of a user alone who is enrolled", async () => {
    const { authsignal, bridge, createConfirmed } = startBridge();
    await createConfirmed();
    expect((await bridge.users.create({ ...MIRA, email: "mallory@example.com" })).id).toBe(AUTHY_ID);
    const user = { email: MIRA.email, emailVerified: false };
    expect(await authsignal.getUser({ userId: USER_ID })).toMatchObject(user);
  });

  it("leaves an address alone that is verified", async () => {
    const { authsignal, bridge } = startBridge();
    await bridge.users.create(MIRA);
    await authsignal.updateUser({ userId: USER_ID, attributes: { emailVerified: true } });
    await bridge.users.create({ ...MIRA, email: "mallory@example.com" });
    const user = { isEnrolled: false, email: MIRA.email, emailVerified: true };
    expect(await authsignal.getUser({ userId: USER_ID })).toMatchObject(user);
  });

  it("sets the address of a user who is not enrolled, or has none", async () => {
    const { authsignal, bridge } = startBridge();
    await bridge.users.create({ ...MIRA, email: "typo@example.com" });
    await bridge.users.create({ ...MIRA, email: "lena.berg@example.com" });
    await bridge.users.create({ ...MIRA, email: "Lena.Berg@example.com" });
    expect(await authsignal.getUser({ userId: USER_ID })).toMatchObject({ email: "lena.berg@example.com" });
    const lena = { userId: "authy-1000014155550199" };
    const attributes = { verificationMethod: "SMS", phoneNumber: OTHER } as const;
    await authsignal.enrollVerifiedAuthenticator({ ...lena, attributes });
    await bridge.users.create({ email: MIRA.email, cellphone: OTHER });
    expect(await authsignal.getUser(lena)).toMatchObject({ email: MIRA.email, emailVerified: false });
  });

  it.each([
    ["enrolled", { verificationMethod: "SMS", phoneNumber: OTHER } as const],
    ["verified", undefined],
  ])("leaves another number alone that is %s, until this one is said to be verified", async (_how, enrollment) => {
    const { authsignal, bridge, enrolled, sent } = startBridge({ userIdOf: () => "usr_1" });
    const user = { userId: "usr_1" };
    if (enrollment) await authsignal.enrollVerifiedAuthenticator({ ...user, attributes: enrollment });
    else await authsignal.updateUser({ ...user, attributes: { phoneNumber: OTHER, phoneNumberVerified: true } });
    const before = sent.length;
    const refused = await bridge.users.create(MIRA);
    expect([failureOf(refused), refused.id, refused.error?.statusCode]).toEqual(["60027", undefined, undefined]);
    expect(refused.errors()).toEqual({
      message: expect.stringContaining("verified: true"),
      cellphone: "is not the one that is verified",
    });
    expect(failureOf(await bridge.users.requestSms(AUTHY_ID))).toBe("60026");
    expect(sent.slice(before).filter(({ at }) => !at.startsWith("GET "))).toEqual([]);

    expect((await bridge.users.create({ ...MIRA, verified: true })).id).toBe(AUTHY_ID);
    expect(await enrolled("usr_1")).toContain(`SMS ${PHONE}`);
    expect(await authsignal.getUser(user)).toMatchObject({ phoneNumber: OTHER, phoneNumberVerified: true });
    expect((await bridge.users.requestSms(AUTHY_ID)).ok()).toBe(true);
  });

  it("sends nothing to a number that is not verified, when another one is", async () => {
    const attributes = { verificationMethod: "SMS", phoneNumber: OTHER } as const;
    for (const id of [AUTHY_ID, OLD_ID]) {
      const { authsignal, bridge, count } = startBridge({ phoneOf: () => PHONE, userIdOf: () => USER_ID });
      await bridge.users.create(MIRA);
      await authsignal.enrollVerifiedAuthenticator({ userId: USER_ID, attributes });
      const results = [await bridge.users.requestSms(id), await bridge.tokens.verify(id, "123456")];
      expect(results.map(failureOf)).toEqual(["60026", "60026"]);
      expect([count("POST /challenge"), count("GET /challenges")]).toEqual([0, 0]);
    }
  });

  it("enrolls a number that is said to be verified, once", async () => {
    const { bridge, count, createConfirmed, enrolled } = startBridge();
    await createConfirmed();
    await createConfirmed();
    expect(await enrolled()).toEqual([`SMS ${PHONE}`]);
    expect(count(`POST /users/${USER_ID}/authenticators`)).toBe(1);
    const status = await bridge.users.status(AUTHY_ID);
    expect(status.ok() && status.content.status.confirmed).toBe(true);
  });

  it("takes nothing but true for verified", async () => {
    const { bridge, sent } = startBridge();
    const request: { verified?: boolean } = JSON.parse('{ "verified": "yes" }');
    await expect(bridge.users.create({ ...MIRA, ...request })).rejects.toMatchObject({ errorCode: "invalid_argument" });
    await bridge.users.create({ ...MIRA, verified: false });
    expect(sent.map(({ at }) => at)).not.toContain(`POST /users/${USER_ID}/authenticators`);
  });
});

describe("the other methods of users on the bridge", () => {
  it("tell the status of a user", async () => {
    const { authsignal, bridge, createConfirmed } = startBridge();
    await createConfirmed();
    expect((await bridge.users.status(AUTHY_ID)).content).toEqual({
      message: "User status.",
      success: true,
      status: {
        authyId: AUTHY_ID,
        confirmed: true,
        registered: false,
        countryCode: 1,
        phoneNumber: "XXX-XXX-0137",
        email: MIRA.email,
        devices: [],
      },
    });
    const attributes = { verificationMethod: "SMS", phoneNumber: "+6421234567" } as const;
    await authsignal.enrollVerifiedAuthenticator({ userId: "authy-1000006421234567", attributes });
    const other = await bridge.users.status("1000006421234567");
    expect(other.ok() && other.content.status).toMatchObject({ countryCode: 64, phoneNumber: "X-XXX-4567" });
  });

  it("call a user registered who gets pushes", async () => {
    const { bridge, faults } = startBridge();
    await bridge.users.create(MIRA);
    faults.push(async ({ at }) =>
      at === `GET /users/${USER_ID}`
        ? Response.json({ isEnrolled: true, phoneNumber: PHONE, enrolledVerificationMethods: ["PUSH"] })
        : undefined,
    );
    const status = await bridge.users.status(AUTHY_ID);
    expect(status.ok() && status.content.status).toMatchObject({ registered: true, confirmed: false });
  });

  it("do not call a number confirmed that is another one, or not verified yet", async () => {
    const { bridge, faults } = startBridge();
    await bridge.users.create(MIRA);
    let rows: object[] = [];
    faults.push(({ at }) => (at.endsWith("/authenticators") ? Response.json(rows) : undefined));
    const row = { userAuthenticatorId: "a", createdAt: "2026-01-15T00:00:00Z", verificationMethod: "SMS" };
    const verifiedAt = row.createdAt;
    for (const [more, isConfirmed] of [
      [{ phoneNumber: PHONE, verifiedAt }, true],
      [{ phoneNumber: PHONE }, false],
      [{ phoneNumber: OTHER, verifiedAt }, false],
      [{ phoneNumber: PHONE, verifiedAt, verificationMethod: "WHATSAPP" }, false],
    ] as const) {
      rows = [{ ...row, ...more }];
      const status = await bridge.users.status(AUTHY_ID);
      expect(status.ok() && status.content.status.confirmed, JSON.stringify(more)).toBe(isConfirmed);
    }
  });

  it("change an address, which is not verified then", async () => {
    const { authsignal, bridge } = startBridge();
    await bridge.users.create(MIRA);
    await authsignal.updateUser({ userId: USER_ID, attributes: { email: MIRA.email, emailVerified: true } });
    for (const email of [MIRA.email, "Mira.Okafor@Example.com"]) await bridge.users.update(AUTHY_ID, { email });
    expect(await authsignal.getUser({ userId: USER_ID })).toMatchObject({ email: MIRA.email, emailVerified: true });
    await bridge.users.update(AUTHY_ID, { email: "new@example.com" });
    const user = { email: "new@example.com", emailVerified: false, phoneNumber: PHONE };
    expect(await authsignal.getUser({ userId: USER_ID })).toMatchObject(user);
  });

  it("delete a user, whatever number they have by now", async () => {
    const { authsignal, bridge, createConfirmed, emulator } = startBridge();
    await createConfirmed();
    const attributes = { phoneNumber: OTHER, phoneNumberVerified: true };
    await authsignal.updateUser({ userId: USER_ID, attributes });
    expect(failureOf(await bridge.users.requestSms(AUTHY_ID))).toBe("60026");
    expect((await bridge.users.delete(AUTHY_ID)).ok()).toBe(true);
    expect(emulator.export()).toMatchObject({ users: [], authenticators: [] });
    expect(failureOf(await bridge.users.delete(AUTHY_ID))).toBe("60026");
  });

  it("say so when a user was not deleted", async () => {
    const { bridge, faults } = startBridge();
    await bridge.users.create(MIRA);
    faults.push(({ at }) => (at.startsWith("DELETE") ? Response.json({ success: false }) : undefined));
    expect(failureOf(await bridge.users.delete(AUTHY_ID))).toBe("60028");
  });
});

describe("ids on the bridge", () => {
  it.each<[string, number | string]>([
    ["a number", OLD_ID],
    ["digits", `0${OLD_ID}`],
  ])("that a user of Authy has, as %s, are found by users.create", async (_form, known) => {
    const asked: unknown[] = [];
    const { bridge, codeTo, createConfirmed, emulator, enrolled, sent } = startBridge({
      idOf: async (...given): Promise<typeof known> => {
        asked.push(given);
        return known;
      },
      phoneOf: () => PHONE,
    });
    const created = await bridge.users.create(MIRA);
    expect([created.id, created.ok() && created.content.user]).toEqual([OLD_ID, { id: OLD_ID }]);
    expect(asked).toEqual([[PHONE]]);
    await bridge.users.requestSms(OLD_ID);
    expect((await bridge.tokens.verify(OLD_ID, codeTo())).ok()).toBe(true);
    const before = sent.length;
    expect((await createConfirmed()).id).toBe(OLD_ID);
    expect(sent.slice(before).filter(({ at }) => !at.startsWith("GET "))).toEqual([]);
    expect(await enrolled(`authy-${OLD_ID}`)).toEqual([`SMS ${PHONE}`]);
    expect(emulator.export().users).toHaveLength(1);
  });

  it.each([undefined, null, AUTHY_ID, `${AUTHY_ID}`])("are made for a number of which idOf tells %o", async (known) => {
    const { bridge } = startBridge({ idOf: () => known });
    expect((await bridge.users.create(MIRA)).id).toBe(AUTHY_ID);
    expect((await bridge.users.requestSms(AUTHY_ID)).ok()).toBe(true);
  });

  it.each([0, -1, 1.5, Number.NaN, "", "x", "1e3", AUTHY_ID + 1, 2 * 10 ** 15, true, {}])(
    "are refused when idOf tells %o",
    async (known) => {
      const { authsignal, sent } = startBridge();
      const bridge: AuthyBridge = Reflect.apply(createAuthyBridge, undefined, [authsignal, { idOf: () => known }]);
      const message = expect.stringContaining("idOf");
      await expect(bridge.users.create(MIRA)).rejects.toMatchObject({ errorCode: "invalid_argument", message });
      expect(sent).toEqual([]);
    },
  );

  it("come with their number to userIdOf, as far as it is known", async () => {
    const asked: unknown[] = [];
    const { bridge } = startBridge({
      phoneOf: () => "+1 415-555-0199",
      userIdOf: (...given) => {
        asked.push(given);
        return USER_ID;
      },
    });
    await bridge.users.create({ ...MIRA, verified: true });
    await bridge.users.status(AUTHY_ID);
    await bridge.users.status(OLD_ID);
    const uuids = [AUTHY_ID, OLD_ID].map((authyId) => newApprovalName({ authyId, secondsToExpire: 0 }));
    for (const uuid of uuids) await bridge.oneTouch.getApprovalStatus(uuid);
    const ours = [AUTHY_ID, PHONE];
    expect(asked).toEqual([ours, ours, [OLD_ID, OTHER], ours, [OLD_ID, undefined]]);
  });

  it("of Authy are found by phoneOf and userIdOf", async () => {
    const asked: unknown[] = [];
    const { bridge, codeTo, emulator, enrolled } = startBridge({
      phoneOf: async (authyId): Promise<string | undefined> => {
        asked.push(authyId);
        return authyId === OLD_ID ? "+1 415-555-0137" : undefined;
      },
      userIdOf: async (authyId) => (authyId === OLD_ID ? "usr_7f3a" : `authy-${authyId}`),
    });
    expect((await bridge.users.requestSms(`00${OLD_ID}`)).content).toMatchObject({ cellphone: "+1-XXX-XXX-XX37" });
    expect(emulator.outbox.list()).toMatchObject([{ to: PHONE, userId: "usr_7f3a", action: "authy-sms" }]);
    expect((await bridge.tokens.verify(OLD_ID, codeTo())).ok()).toBe(true);
    expect(await enrolled("usr_7f3a")).toEqual([`SMS ${PHONE}`]);
    await bridge.users.create(MIRA);
    await bridge.users.status(AUTHY_ID);
    expect(asked, "never for an id that the bridge made").toEqual([OLD_ID, OLD_ID]);
    expect(failureOf(await bridge.users.requestSms(77))).toBe("60026");
  });

  it.each([
    ["of Authy, when phoneOf returns undefined", OLD_ID, /phoneOf/],
    ["of the bridge, when no user is registered with it", AUTHY_ID, /users\.create/],
    ["of the bridge that stands for no number", 10 ** 15, /Neither/],
    ["that stands for a number written in another way", "1000440151234567", /Neither/],
    ["that neither creates", 2 * 10 ** 15, /Neither/],
    ["that is too large for a number", "9".repeat(40), /Neither/],
  ])("%s, find no user", async (_name, id, words) => {
    const { bridge, count, emulator } = startBridge();
    const results = [
      await bridge.users.requestSms(id),
      await bridge.users.status(id),
      await bridge.users.update(id, { email: MIRA.email }),
      await bridge.users.delete(id),
      await bridge.tokens.verify(id, "123456"),
      await bridge.oneTouch.sendRequest(id, { message: "Pay?" }),
    ];
    for (const result of results) {
      expect(failureOf(result)).toBe("60026");
      expect(result.errors().message).toMatch(words);
      expect(result.error).toMatchObject({ statusCode: undefined, mayHaveBeenProcessed: false });
    }
    expect(count("POST /challenge")).toBe(0);
    expect(emulator.export()).toMatchObject({ users: [], actions: [] });
  });

  it.each<[AuthyBridgeOptions, string]>([
    [{ phoneOf: () => "415-555-0137" }, "phoneOf"],
    [{ phoneOf: () => PHONE, userIdOf: () => "" }, "userIdOf"],
    [{ phoneOf: () => PHONE, userIdOf: () => "." }, "userId"],
  ])("are refused when %o cannot be right", async (options, words) => {
    const { bridge, sent } = startBridge(options);
    const error = { name: "AuthyError", errorCode: "invalid_argument", message: expect.stringContaining(words) };
    await expect(bridge.users.requestSms(OLD_ID)).rejects.toMatchObject(error);
    expect(sent).toEqual([]);
  });
});
