import { describe, expect, it } from "vitest";
import type { AuthyError } from "../../../../src/authy/index.ts";
import {
  AUTHY_ID,
  answer,
  failureOf,
  MIRA,
  PHONE,
  startBridge,
  USER_ID,
  WRONG,
} from "../../../support/authy/bridge.ts";

const NUMBER = { phoneNumber: PHONE };
const LENA = { email: "lena.berg@example.com", cellphone: "+14155550199" };
const LENA_ID = 1_000_014_155_550_199;
const ENROLL = `POST /users/${USER_ID}/authenticators`;

describe("requestSms and verify on the bridge", () => {
  it("start one challenge, check it, and enroll the number only after the right code", async () => {
    const { bridge, codeTo, createAndSend, enrolled, sent } = startBridge();
    await createAndSend();
    await bridge.tokens.verify(AUTHY_ID, WRONG);
    expect(await enrolled()).toEqual([]);
    const before = sent.length;
    await bridge.tokens.verify(AUTHY_ID, codeTo());
    expect(
      sent
        .slice(before)
        .map(({ at }) => at)
        .sort(),
    ).toEqual(
      [
        "GET /challenges",
        `GET /users/${USER_ID}`,
        `GET /users/${USER_ID}/authenticators`,
        "POST /verify",
        ENROLL,
      ].sort(),
    );
    expect(sent.filter(({ at }) => at === "POST /challenge")).toMatchObject([
      { body: { verificationMethod: "SMS", userId: USER_ID, phoneNumber: PHONE, action: "authy-sms" } },
    ]);
    expect(sent.at(-1)?.body).toEqual({ verificationMethod: "SMS", phoneNumber: PHONE });
    expect(await enrolled()).toEqual([`SMS ${PHONE}`]);
  });

  it("enroll a number once", async () => {
    const { bridge, codeTo, count, createAndSend } = startBridge();
    for (const _ of [1, 2]) {
      await createAndSend();
      expect((await bridge.tokens.verify(AUTHY_ID, codeTo())).ok()).toBe(true);
    }
    expect(count(ENROLL)).toBe(1);
  });

  it("pass on the language and the description", async () => {
    const { bridge, sent } = startBridge();
    await bridge.users.create(MIRA);
    await bridge.users.requestSms(AUTHY_ID, { action: "payout", actionMessage: "Confirm payout", locale: "es" });
    const custom = { actionMessage: "Confirm payout" };
    expect(sent.at(-1)?.body).toMatchObject({ action: "authy-sms-payout", locale: "es", custom });
  });

  it("let a code in for its own action only", async () => {
    const { bridge, codeTo, count, createAndSend } = startBridge();
    await bridge.users.create(MIRA);
    await bridge.users.requestSms(AUTHY_ID, { action: "payout" });
    const code = codeTo();
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, code))).toBe("60020");
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, code, { action: "Payout" }))).toBe("60020");
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, code, { action: "sms" }))).toBe("60020");
    expect(count("POST /verify"), "no other challenge was tried").toBe(0);
    expect((await bridge.tokens.verify(AUTHY_ID, code, { action: "payout" })).ok()).toBe(true);
    await createAndSend();
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, codeTo(), { action: "payout" }))).not.toBeUndefined();
  });

  it("find the code of each action, whichever was sent last", async () => {
    const { bridge, codeTo } = startBridge();
    await bridge.users.create(MIRA);
    await bridge.users.requestSms(AUTHY_ID, { action: "payout" });
    const payout = codeTo();
    await bridge.users.requestSms(AUTHY_ID);
    expect((await bridge.tokens.verify(AUTHY_ID, payout, { action: "payout" })).ok()).toBe(true);
    expect((await bridge.tokens.verify(AUTHY_ID, codeTo())).ok()).toBe(true);
  });

  it.each(["", " ", "pay out", "päyout", "a/b", "x".repeat(55), 5, {}])("refuse the action %o", async (action) => {
    const { bridge, sent } = startBridge();
    const request: { action?: string } = JSON.parse(JSON.stringify({ action }));
    const error = { name: "AuthyError", errorCode: "invalid_argument", message: expect.stringContaining("action") };
    await expect(bridge.users.requestSms(AUTHY_ID, request)).rejects.toMatchObject(error);
    await expect(bridge.tokens.verify(AUTHY_ID, "123456", request)).rejects.toMatchObject(error);
    expect(sent).toEqual([]);
  });

  it("let a code in for its own user only", async () => {
    const { bridge, codeTo, createAndSend, enrolled } = startBridge();
    await createAndSend();
    await bridge.users.create(LENA);
    expect(failureOf(await bridge.tokens.verify(LENA_ID, codeTo()))).toBe("60020");
    await bridge.users.requestSms(LENA_ID);
    expect(failureOf(await bridge.tokens.verify(LENA_ID, codeTo()))).toBe("60020");
    expect(await enrolled(`authy-${LENA_ID}`)).toEqual([]);
    expect((await bridge.tokens.verify(AUTHY_ID, codeTo())).ok()).toBe(true);
  });

  it("do not take the code of a number for another one that the same user got since", async () => {
    const { bridge, codeTo, count, enrolled } = startBridge({ userIdOf: () => "usr_1" });
    await bridge.users.create(MIRA);
    await bridge.users.requestSms(AUTHY_ID);
    await bridge.users.create(LENA);
    expect(failureOf(await bridge.tokens.verify(LENA_ID, codeTo()))).toBe("60020");
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, codeTo()))).toBe("60026");
    expect(failureOf(await bridge.users.requestSms(AUTHY_ID))).toBe("60026");
    expect(count("POST /verify")).toBe(0);
    expect(await enrolled("usr_1")).toEqual([]);
  });

  it("accept no code, forced or not", async () => {
    const { bridge, emulator } = startBridge();
    await bridge.users.create(MIRA);
    for (const force of [undefined, false, true]) {
      expect(failureOf(await bridge.tokens.verify(AUTHY_ID, "123456", { force }))).toBe("60020");
    }
    await bridge.users.requestSms(AUTHY_ID);
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, WRONG, { force: false }))).toBe("60020");
    emulator.clock.advance("11m");
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, "100001"))).toBe("60020");
  });

  it("take a code once, and only the newest", async () => {
    const { bridge, codeTo, count, createAndSend } = startBridge();
    await createAndSend();
    const first = codeTo();
    await bridge.users.requestSms(AUTHY_ID);
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, first))).toBe("60020");
    const [one, two] = await Promise.all([1, 2].map(() => bridge.tokens.verify(AUTHY_ID, codeTo())));
    expect([one?.ok(), two?.ok()].sort()).toEqual([false, true]);
    const tried = count("POST /verify");
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, codeTo()))).toBe("60019");
    expect(count("POST /verify"), "the used challenge is not tried again").toBe(tried);
  });

  it("stop when too many codes were tried", async () => {
    const { bridge, codeTo, createAndSend } = startBridge();
    await createAndSend();
    for (let i = 0; i < 10; i++) await bridge.tokens.verify(AUTHY_ID, WRONG);
    const result = await bridge.tokens.verify(AUTHY_ID, codeTo());
    expect([failureOf(result), result.error?.mayHaveBeenProcessed]).toEqual(["60003", true]);
  });

  it.each([
    ["another number", { phoneNumber: "+14155550199", action: "authy-sms" }],
    ["no number", { action: "authy-sms" }],
    ["another action", { phoneNumber: PHONE, action: "authy-sms-payout" }],
    ["no action", { phoneNumber: PHONE }],
    ["no id", { phoneNumber: PHONE, action: "authy-sms", challengeId: undefined }],
  ])("try no challenge that tells %s", async (_what, challenge) => {
    const { bridge, codeTo, count, createAndSend, faults } = startBridge();
    await createAndSend();
    faults.push(({ at }) =>
      at === "GET /challenges" ? answer(200, { challengeId: "c", expiresAt: 2e9, ...challenge }) : undefined,
    );
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, codeTo()))).toBe("60020");
    expect(count("POST /verify")).toBe(0);
  });

  it.each([
    [{ isVerified: true, phoneNumber: "+14155550199" }],
    [{ isVerified: false, phoneNumber: PHONE }],
    [{ isVerified: true, phoneNumber: PHONE, failureReason: "MAX_ATTEMPTS_EXCEEDED" }],
  ])("take %o for a failure", async (body) => {
    const { bridge, codeTo, count, createAndSend, faults } = startBridge();
    await createAndSend();
    faults.push(({ at }) => (at === "POST /verify" ? answer(200, body) : undefined));
    expect((await bridge.tokens.verify(AUTHY_ID, codeTo())).ok()).toBe(false);
    expect(count(ENROLL)).toBe(0);
  });
});

describe("an enrollment that fails after the right code", () => {
  function prepare(fault: () => Response, isCarriedOut: boolean) {
    const told: [AuthyError, object][] = [];
    const world = startBridge({ onEnrollmentFailure: (...what) => told.push(what) });
    world.faults.push(async ({ at }, request) => {
      if (at !== ENROLL || world.count(ENROLL) > 1) return undefined;
      if (isCarriedOut) await world.emulator.fetch(request);
      return fault();
    });
    return { ...world, told };
  }

  it.each([
    [500, true],
    [400, false],
  ])("with %i accepts the code, is reported, and is retried with the next code", async (status, isOpen) => {
    const { bridge, codeTo, createAndSend, enrolled, told } = prepare(
      () => answer(status, { errorCode: "e", errorDescription: "no" }),
      false,
    );
    await createAndSend();
    const result = await bridge.tokens.verify(AUTHY_ID, codeTo());
    expect([result.ok(), result.error, result.errors()]).toEqual([true, undefined, {}]);
    const error = { name: "AuthyError", statusCode: status, errorCode: "e", mayHaveBeenProcessed: isOpen };
    expect(told).toMatchObject([[error, { authyId: AUTHY_ID, userId: USER_ID }]]);
    expect(await enrolled()).toEqual([]);
    await createAndSend();
    expect((await bridge.tokens.verify(AUTHY_ID, codeTo())).ok()).toBe(true);
    expect(await enrolled()).toEqual([`SMS ${PHONE}`]);
    expect(told).toHaveLength(1);
  });

  it("is reported to the deprecated option onEnrolmentFailure, too", async () => {
    const reported: unknown[] = [];
    const onEnrolmentFailure = (...args: unknown[]) => reported.push(args);
    const { bridge, codeTo, createAndSend, faults } = startBridge({ onEnrolmentFailure });
    faults.push(({ at }) => (at === ENROLL ? answer(500, {}) : undefined));
    await createAndSend();
    expect((await bridge.tokens.verify(AUTHY_ID, codeTo())).ok()).toBe(true);
    expect(reported).toMatchObject([[{ name: "AuthyError" }, { authyId: AUTHY_ID, userId: USER_ID }]]);
  });

  it("because of an aborted signal accepts the code, is reported, and is retried with the next code", async () => {
    const caller = new AbortController();
    const reason = new Error("the user left");
    const { bridge, codeTo, createAndSend, enrolled, told } = prepare(() => {
      caller.abort(reason);
      return answer(500, {});
    }, false);
    await createAndSend();
    const code = codeTo();
    expect((await bridge.tokens.verify(AUTHY_ID, code, {}, { signal: caller.signal })).ok()).toBe(true);
    const error = {
      name: "AuthyError",
      statusCode: undefined,
      errorCode: "network_error",
      mayHaveBeenProcessed: true,
      cause: reason,
    };
    expect(told).toMatchObject([[error, { authyId: AUTHY_ID, userId: USER_ID }]]);
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, code)), "it is spent").toBe("60019");
    await createAndSend();
    expect((await bridge.tokens.verify(AUTHY_ID, codeTo())).ok()).toBe(true);
    expect(await enrolled()).toEqual([`SMS ${PHONE}`]);
  });

  it.each<[string, () => void]>([
    [
      "throws",
      () => {
        throw new Error("the log is full");
      },
    ],
    ["rejects", () => Promise.reject(new Error("the log is gone"))],
    ["never ends", () => new Promise(() => {})],
  ])("accepts the code even when onEnrollmentFailure %s", async (_what, onEnrollmentFailure) => {
    const { bridge, codeTo, count, createAndSend, faults } = startBridge({ onEnrollmentFailure, throwOnFailure: true });
    faults.push(({ at }) => (at === ENROLL ? answer(500, {}) : undefined));
    await createAndSend();
    expect((await bridge.tokens.verify(AUTHY_ID, codeTo())).ok()).toBe(true);
    expect(count(ENROLL)).toBe(1);
  });

  it("is not reported when only its response was lost", async () => {
    const { bridge, codeTo, count, createAndSend, enrolled, told } = prepare(() => answer(502, {}), true);
    await createAndSend();
    expect((await bridge.tokens.verify(AUTHY_ID, codeTo())).ok()).toBe(true);
    expect(told).toEqual([]);
    expect(await enrolled()).toEqual([`SMS ${PHONE}`]);
    expect(count(ENROLL), "it is looked for, not repeated").toBe(1);
  });
});

describe("phones on the bridge", () => {
  it("verify a number once, which enrolls nothing and makes no user", async () => {
    const { bridge, codeTo, emulator, sent } = startBridge();
    const started = await bridge.phones.verificationStart({
      phoneNumber: "415-555-0137",
      countryCode: 1,
      locale: "fr",
    });
    const uuid = started.ok() ? (started.content.uuid ?? "") : "";
    expect(started.content).toEqual({
      message: `Text message sent to ${PHONE}.`,
      secondsToExpire: expect.closeTo(600, -1),
      uuid: expect.any(String),
      success: true,
    });
    const action = "authy-phone-verification";
    expect(sent).toMatchObject([
      { at: "POST /challenge", body: { verificationMethod: "SMS", phoneNumber: PHONE, action, locale: "fr" } },
    ]);
    const check = { ...NUMBER, verificationCode: codeTo() };
    expect(failureOf(await bridge.phones.verificationCheck({ ...check, verificationCode: WRONG }))).toBe("60022");
    expect((await bridge.phones.verificationStatus({ uuid })).content).toMatchObject({ status: "pending" });
    expect((await bridge.phones.verificationCheck(check)).ok()).toBe(true);
    expect((await bridge.phones.verificationStatus({ uuid })).content).toMatchObject({ status: "verified" });
    expect((await bridge.phones.verificationStatus(NUMBER)).content).toMatchObject({ status: "verified" });
    expect(failureOf(await bridge.phones.verificationCheck(check))).toBe("60023");
    expect(emulator.export()).toMatchObject({ users: [], authenticators: [] });
  });

  it("find nothing where nothing was started, and not the codes of users", async () => {
    const { bridge, codeTo, count, createAndSend, emulator } = startBridge();
    await createAndSend();
    const { challengeId: uuid = "" } = emulator.outbox.last() ?? {};
    expect(failureOf(await bridge.phones.verificationCheck({ ...NUMBER, verificationCode: codeTo() }))).toBe("60023");
    expect(failureOf(await bridge.phones.verificationStatus(NUMBER))).toBe("60023");
    expect(failureOf(await bridge.phones.verificationStatus({ uuid }))).toBe("60023");
    await bridge.phones.verificationStart(NUMBER);
    const other = { phoneNumber: "+14155550199", verificationCode: codeTo() };
    expect(failureOf(await bridge.phones.verificationCheck(other))).toBe("60023");
    expect(failureOf(await bridge.tokens.verify(AUTHY_ID, codeTo()))).toBe("60020");
    expect(count("POST /verify"), "the code of a phone was tried for the user's own challenge").toBe(1);
  });

  it("stop when too many codes were tried", async () => {
    const { bridge, codeTo } = startBridge();
    await bridge.phones.verificationStart(NUMBER);
    for (let i = 0; i < 10; i++) await bridge.phones.verificationCheck({ ...NUMBER, verificationCode: WRONG });
    expect(failureOf(await bridge.phones.verificationCheck({ ...NUMBER, verificationCode: codeTo() }))).toBe("60003");
  });

  it("send one text under every fault", async () => {
    const { bridge, count, createAndSend, faults } = startBridge();
    faults.push(({ at }) => (at === "POST /challenge" ? answer(503, {}) : undefined));
    expect((await bridge.phones.verificationStart(NUMBER)).ok()).toBe(false);
    expect((await createAndSend()).error?.mayHaveBeenProcessed).toBe(true);
    expect(count("POST /challenge")).toBe(2);
  });
});
