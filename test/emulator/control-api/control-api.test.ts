import { describe, expect, it, vi } from "vitest";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { Authsignal } from "../../../src/index.ts";
import { call, done, invalid, refusal } from "../../support/emulator/control-api.ts";

const userId = "usr_1";
const phoneNumber = "+64270000000";

function clientOf({ apiSecretKey, apiUrl, fetch }: Emulator) {
  return new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0 });
}

/** An emulator, and what sends a code by text message. */
function start(options: EmulatorOptions = {}) {
  const emulator = createEmulator(options);
  const authsignal = clientOf(emulator);
  const send = (to = phoneNumber) =>
    authsignal.challenge({ verificationMethod: "SMS", action: "withdraw", phoneNumber: to });
  return { emulator, authsignal, send };
}

describe("the outbox by HTTP", () => {
  it("lists messages, all or those that fit", async () => {
    const { emulator, authsignal, send } = start();
    expect(await call(emulator, "GET /_emulator/outbox")).toMatchObject({ status: 200, body: [] });
    await send();
    await authsignal.challenge({ verificationMethod: "EMAIL_OTP", action: "withdraw", email: "jo@example.com" });
    const text = { channel: "SMS", to: phoneNumber, code: "123456", action: "withdraw" };
    const mail = { channel: "EMAIL", to: "jo@example.com" };
    const { body } = await call(emulator, "GET /_emulator/outbox");
    expect(body).toMatchObject([text, mail]);
    expect(body).toEqual(emulator.outbox.list());
    expect((await call(emulator, "GET /_emulator/outbox?channel=EMAIL")).body).toMatchObject([mail]);
    expect((await call(emulator, "GET /_emulator/outbox?to=%2B64270000000")).body).toMatchObject([text]);
    expect((await call(emulator, "GET /_emulator/outbox?userId=usr_none")).body).toEqual([]);
    expect(await call(emulator, "GET /_emulator/outbox?channel=PIGEON")).toMatchObject(
      invalid(/^query\.channel must be/),
    );
    expect(await call(emulator, "GET /_emulator/outbox?from=me")).toMatchObject(
      invalid("query.from is not in the spec"),
    );
  });

  it("is emptied, and codes that were sent go on working", async () => {
    const { emulator, authsignal, send } = start();
    const { challengeId } = await send();
    expect(await call(emulator, "DELETE /_emulator/outbox")).toMatchObject(done);
    expect(emulator.outbox.list()).toEqual([]);
    const result = await authsignal.verify({ challengeId, verificationCode: "123456" });
    expect(result.isVerified).toBe(true);
  });

  it("gives each message to one who waits for it: at once, or as soon as it is sent", async () => {
    const { emulator, send } = start();
    await send();
    await send("+64270000001");
    const next = (query = "") => call(emulator, `GET /_emulator/outbox/next${query}`);
    expect((await next("?to=%2B64270000001")).body).toMatchObject({ to: "+64270000001", isTaken: true });
    expect(await next()).toMatchObject({ status: 200, body: { to: phoneNumber } });
    const later = next("?to=%2B64270000002");
    await send("+64270000003");
    await send("+64270000002");
    expect((await later).body).toMatchObject({ to: "+64270000002" });
  });

  it("says what was sent instead when nothing comes in time", async () => {
    const { emulator, send } = start();
    await send();
    expect(await call(emulator, "GET /_emulator/outbox/next?userId=usr_none&timeout=0")).toMatchObject(
      refusal(404, "not_found", /^No message for .*usr_none.* within 0 ms\. The last messages: SMS to \+64270000000\./),
    );
    const tooLong = await call(emulator, "GET /_emulator/outbox/next?timeout=60001");
    expect(tooLong).toMatchObject(invalid("query.timeout must be <= 60000"));
  });
});

describe("the rules by HTTP", () => {
  it("are listed and replaced", async () => {
    const { emulator, authsignal } = start();
    emulator.rules.add({ outcome: "REVIEW", when: () => true });
    const track = async () => (await authsignal.track({ userId, action: "withdraw" })).state;
    expect(await call(emulator, "GET /_emulator/rules")).toMatchObject({ status: 200, body: [{ outcome: "REVIEW" }] });
    expect(await track()).toBe("REVIEW_REQUIRED");
    const body = [{ action: "withdraw", where: { custom: { isLarge: true } }, outcome: "BLOCK" }, { outcome: "ALLOW" }];
    expect(await call(emulator, "PUT /_emulator/rules", { body })).toMatchObject(done);
    expect((await call(emulator, "GET /_emulator/rules")).body).toMatchObject(body);
    expect(await track()).toBe("ALLOW");
    expect(await call(emulator, "PUT /_emulator/rules", { body: [{ outcome: "MAYBE" }] })).toMatchObject(
      invalid(/^body\[0\]\.outcome must be equal to one of the allowed values - allowedValues: ALLOW,/),
    );
    expect((await call(emulator, "GET /_emulator/rules")).body).toMatchObject(body);
  });

  it("are passed over by outcomes that wait in a queue", async () => {
    const { emulator, authsignal } = start();
    const body = [{ action: "withdraw", outcome: "BLOCK" }, { outcome: "REVIEW" }];
    expect(await call(emulator, "POST /_emulator/rules/next", { body })).toMatchObject(done);
    const states = [];
    for (const action of ["deposit", "withdraw", "withdraw"]) {
      states.push((await authsignal.track({ userId, action })).state);
    }
    expect(states).toEqual(["REVIEW_REQUIRED", "BLOCK", "ALLOW"]);
  });

  it("queue as many outcomes as a request can hold", async () => {
    const { emulator } = start();
    const body = Array.from({ length: 90_000 }, () => ({ outcome: "BLOCK" }));
    expect(await call(emulator, "POST /_emulator/rules/next", { body })).toMatchObject(done);
  });
});

describe("the clock by HTTP", () => {
  it("is set, moved, frozen and let go", async () => {
    const { emulator } = start();
    const move = async (body: unknown) => (await call(emulator, "POST /_emulator/clock", { body })).body;
    const now = "2031-01-15T03:04:05.000Z";
    expect(await move({ now, isFrozen: true })).toEqual({ now, isFrozen: true });
    expect(await move({ advance: "16m" })).toEqual({ now: "2031-01-15T03:20:05.000Z", isFrozen: true });
    expect(await move({ advance: -1_000 })).toEqual({ now: "2031-01-15T03:20:04.000Z", isFrozen: true });
    expect(await move({ now, advance: "1 day" })).toEqual({ now: "2031-01-16T03:04:05.000Z", isFrozen: true });
    expect((await call(emulator, "GET /_emulator/clock")).body).toEqual(await move({}));
    expect(await move({ isFrozen: false })).toMatchObject({ isFrozen: false });
    expect(emulator.clock.isFrozen).toBe(false);
    expect(emulator.clock.now().getFullYear()).toBe(2031);
  });

  it.each([
    [{ advance: "16 parsecs" }, /body\.advance must be milliseconds, or a text such as "16m"/],
    [{ advance: "" }, /body\.advance must be milliseconds, or a text such as "16m"/],
    [{ advance: "9".repeat(100_000) }, /body\.advance must be/],
    [{ advance: true }, /body\.advance must be string,number/],
    [{ advance: 1e15 }, /between the years 1971 and 8999/],
    [{ advance: -1e15 }, /between the years 1971 and 8999/],
    [{ advance: 1e300 }, /between the years/],
    [{ now: "tomorrow" }, /body\.now must match format "date-time"/],
    [{ now: "2031-01-15T23:59:60Z" }, /between the years/],
    [{ back: "16m" }, "body.back is not in the spec"],
    [undefined, /^body is required/],
  ])("stays where it is after %j", async (body, words) => {
    const { emulator } = start();
    const now = "2031-01-15T03:04:05.000Z";
    emulator.clock.freeze(now);
    expect(await call(emulator, "POST /_emulator/clock", { body })).toMatchObject(invalid(words));
    expect((await call(emulator, "GET /_emulator/clock")).body).toEqual({ now, isFrozen: true });
  });
});

describe("faults by HTTP", () => {
  it("happen, are listed until then, and are taken away", async () => {
    const { emulator, authsignal } = start();
    const fault = { operations: ["getUser"], times: 1, status: 503, headers: { "x-note": "soon" } };
    expect(await call(emulator, "POST /_emulator/faults", { body: fault })).toMatchObject(done);
    expect(await call(emulator, "GET /_emulator/faults")).toMatchObject({ status: 200, body: [fault] });
    await expect(authsignal.getUser({ userId })).rejects.toMatchObject({ statusCode: 503 });
    expect((await call(emulator, "GET /_emulator/faults")).body).toEqual([]);
    await call(emulator, "POST /_emulator/faults", { body: { status: 500 } });
    expect(await call(emulator, "DELETE /_emulator/faults")).toMatchObject(done);
    expect(await authsignal.getUser({ userId })).toMatchObject({ isEnrolled: false });
  });

  it.each([
    [{ operations: ["getUsers"] }, /no operation getUsers\. There are queryUsers, /],
    [{ operations: ["track", "TRACK"] }, /no operation TRACK\. There are .*\btrack\b/],
    [{ operations: ["x"] }, /no operation x\. There are \w+, \w+, \w+/],
    [{ headers: { "a b": "1" } }, /"a b" is an invalid header name/],
    [{ retryAfter: "a\nb" }, /invalid header value/],
    [{ status: 204, connection: "cut" }, /status/],
    [{ status: 700 }, "body.status must be <= 599"],
    [{ times: 0 }, "body.times must be >= 1"],
    [{ every: 2 }, "body.every is not in the spec"],
  ])("are refused when they make no sense: %j", async (body, words) => {
    const { emulator } = start();
    expect(await call(emulator, "POST /_emulator/faults", { body })).toMatchObject(invalid(words));
    expect(emulator.faults.list()).toEqual([]);
  });
});

describe("the state by HTTP", () => {
  it("goes from one tenant to another", async () => {
    const { emulator, authsignal, send } = start();
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
    await send();
    emulator.clock.freeze("2031-01-15T03:04:05.000Z");
    const { status, body } = await call(emulator, "GET /_emulator/state");
    expect(status).toBe(200);
    const key = "sk_emulator_other";
    expect(await call(emulator, "PUT /_emulator/state", { body, key })).toMatchObject(done);
    expect((await call(emulator, "GET /_emulator/state", { key })).body).toEqual(body);
    expect(emulator.tenant(key).export()).toEqual(emulator.export());
  });

  it("stays as it is when a seed is refused", async () => {
    const { emulator } = start();
    emulator.import({ users: [{ userId }] });
    const before = emulator.export();
    const send = (body: unknown) => call(emulator, "PUT /_emulator/state", { body });
    const lacking = { authenticators: [{ userId: "usr_2", verificationMethod: "SMS" }] };
    expect(await send(lacking)).toMatchObject(invalid("authenticators[0]: phoneNumber is required for SMS"));
    expect(await send({ users: [{}] })).toMatchObject(invalid("body.users[0].userId is required"));
    expect(await send({ people: [] })).toMatchObject(invalid("body.people is not in the spec"));
    expect(await send({ clock: { offset: 1e300 } })).toMatchObject(invalid(/between the years/));
    expect(emulator.export()).toEqual(before);
  });

  it("is emptied, with rules, faults, request log and clock", async () => {
    const { emulator, authsignal, send } = start();
    await send();
    await authsignal.track({ userId, action: "withdraw" });
    const empty = createEmulator().export();
    emulator.rules.set("withdraw", "BLOCK");
    emulator.rules.next("REVIEW");
    emulator.faults.add({ status: 500 });
    emulator.clock.advance("1d");
    expect(await call(emulator, "POST /_emulator/reset")).toMatchObject(done);
    expect(emulator.export()).toEqual(empty);
    expect(emulator.faults.list()).toEqual([]);
    expect(emulator.requests.list()).toEqual([]);
  });

  it("is not let out when it is not what the spec says", async () => {
    const { emulator } = start();
    Reflect.get(emulator.tenant(emulator.apiSecretKey), "state").messages.put(JSON.parse('{"messageId":1}'));
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const words = /The response of getMessages is not what the spec says: .*response\[0\]\.\w+ is required/;
    expect(await call(emulator, "GET /_emulator/outbox")).toMatchObject(refusal(500, "emulator_defect", words));
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

describe("the request log by HTTP", () => {
  it("holds requests to the API, and none to the control API", async () => {
    const { emulator, authsignal } = start();
    await call(emulator, "GET /_emulator/clock");
    await authsignal.getUser({ userId });
    const { status, body } = await call(emulator, "GET /_emulator/requests");
    expect(status).toBe(200);
    expect(body).toMatchObject([{ method: "GET", path: "/v1/users/usr_1", operation: "getUser", status: 200 }]);
    expect(JSON.stringify(body)).not.toContain(emulator.apiSecretKey);
  });
});
