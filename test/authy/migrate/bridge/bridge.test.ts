import { describe, expect, expectTypeOf, it } from "vitest";
import type { AuthyApi, AuthyApiClient, MessageResult } from "../../../../src/authy/index.ts";
import { AuthyError, type AuthyResult } from "../../../../src/authy/index.ts";
import { type AuthyBridge, createAuthyBridge } from "../../../../src/authy/migrate/bridge.ts";
import { Authsignal, snakeCase } from "../../../../src/index.ts";
import { AUTHY_ID, answer, failureOf, MIRA, OLD_ID, PHONE, startBridge, WRONG } from "../../../support/authy/bridge.ts";
import { client, SECRET } from "../../../support/clients.ts";
import { closedUrl, json, type Reply, serve } from "../../../support/server.ts";

const NUMBER = { phoneNumber: PHONE };

describe("the bridge", () => {
  it("has the interface of the client for Authy", () => {
    expectTypeOf<AuthyBridge>().toExtend<AuthyApi>();
    expectTypeOf<AuthyApiClient>().toExtend<AuthyApi>();
    expectTypeOf<AuthyBridge["users"]["requestSms"]>().returns.resolves.toEqualTypeOf<MessageResult>();
    const { bridge } = startBridge();
    const api: AuthyApi = bridge;
    // @ts-expect-error: only the bridge can be told that a number is verified
    api.users.create({ ...MIRA, verified: true }).catch(() => {});
  });

  it.each([
    [{ smsAction: "authy sms" }, "smsAction"],
    [{ phoneAction: "" }, "phoneAction"],
    [{ oneTouchAction: "x".repeat(65) }, "oneTouchAction"],
    [{ throwOnFailure: "yes" }, "throwOnFailure"],
    [{ phoneOf: "+1" }, "phoneOf"],
    [{ idOf: OLD_ID }, "idOf"],
    [{ userIdOf: 1 }, "userIdOf"],
    [{ onEnrollmentFailure: {} }, "onEnrollmentFailure"],
    [{ onEnrolmentFailure: 1 }, "onEnrollmentFailure"],
    [{ onEnrollmentFailure() {}, onEnrolmentFailure() {} }, "Leave onEnrolmentFailure out"],
  ])("refuses the options %o", (options, name) => {
    const { authsignal } = startBridge();
    const error = expect.objectContaining({ name: "AuthyError", message: expect.stringContaining(name) });
    expect(() => Reflect.apply(createAuthyBridge, undefined, [authsignal, options])).toThrow(error);
    expect(() => Reflect.apply(createAuthyBridge, undefined, [undefined])).toThrow(AuthyError);
  });

  it("names its actions as it is told", async () => {
    const names = { smsAction: "signIn", phoneAction: "phone", oneTouchAction: "approve" };
    const { bridge, codeTo, emulator } = startBridge(names);
    emulator.rules.set("approve", "CHALLENGE");
    await bridge.users.create({ ...MIRA, verified: true });
    await bridge.users.requestSms(AUTHY_ID);
    expect((await bridge.tokens.verify(AUTHY_ID, codeTo())).ok()).toBe(true);
    await bridge.phones.verificationStart(NUMBER);
    const uuid = (await bridge.oneTouch.sendRequest(AUTHY_ID, { message: "Pay?" })).getUuid() ?? "";
    expect((await bridge.oneTouch.getApprovalStatus(uuid)).status()).toBe("pending");
    expect(emulator.outbox.list().map(({ action }) => action)).toEqual(["signIn", "phone"]);
    expect(emulator.export().actions?.map(({ actionCode }) => actionCode)).toEqual(["approve"]);
  });

  it.each<[string, (bridge: AuthyBridge) => Promise<AuthyResult<unknown>>, RegExp]>([
    ["users.requestCall", ({ users }) => users.requestCall(AUTHY_ID), /users\.requestSms/],
    [
      "users.requestEmail",
      ({ users }) => users.requestEmail(AUTHY_ID, { force: true }, { timeout: 5_000 }),
      /EMAIL_OTP/,
    ],
    ["users.generateQr", ({ users }) => users.generateQr(AUTHY_ID), /authsignal\.track/],
    ["users.registrationStatus", ({ users }) => users.registrationStatus("usr_1"), /authsignal\.getUser/],
    ["users.registerActivity", ({ users }) => users.registerActivity(1, { type: "banned" }), /authsignal\.track/],
    ["users.exportPhoneNumber", ({ users }) => users.exportPhoneNumber(AUTHY_ID), /phoneOf/],
    ["users.exportSecret", ({ users }) => users.exportSecret(AUTHY_ID), /Authy/],
    ["apps.fetch", ({ apps }) => apps.fetch(), /getAuthenticatorConfigurations/],
    ["stats.fetch", ({ stats }) => stats.fetch(), /portal/],
    ["phones.info", ({ phones }) => phones.info(NUMBER), /lookup/],
    ['via "call"', ({ phones }) => phones.verificationStart({ ...NUMBER, via: "call" }), /via "sms"/],
    ["customCode", ({ phones }) => phones.verificationStart({ ...NUMBER, customCode: "1234" }), /customCode/],
    ["customMessage", ({ phones }) => phones.verificationStart({ ...NUMBER, customMessage: "Hi" }), /portal/],
    ["devices.delete", ({ devices }) => devices.delete(1), /authsignal\.deleteAuthenticator/],
  ])("does not support %s, and names the alternative", async (name, ask, alternative) => {
    const { bridge, authsignal, sent } = startBridge();
    const result = await ask(bridge);
    expect([result.ok(), failureOf(result)]).toEqual([false, "not_supported"]);
    expect(result.errors().message).toMatch(alternative);
    expect(result.errors().message).toContain(name);
    expect(result.error).toMatchObject({ statusCode: undefined, attempts: 0, mayHaveBeenProcessed: false });
    const throwing = createAuthyBridge(authsignal, { throwOnFailure: true });
    await expect(ask(throwing)).rejects.toMatchObject({ name: "AuthyError", errorCode: "not_supported" });
    expect(sent).toEqual([]);
  });

  it("throws failures when it is to", async () => {
    const { bridge } = startBridge({ throwOnFailure: true });
    await bridge.users.create(MIRA);
    await bridge.users.requestSms(AUTHY_ID);
    const error = { name: "AuthyError", errorCode: "60020", message: "60020: Token is invalid" };
    await expect(bridge.tokens.verify(AUTHY_ID, WRONG)).rejects.toMatchObject(error);
    await expect(bridge.users.status(OLD_ID)).rejects.toMatchObject({ errorCode: "60026" });
  });

  it("works through a Proxy, and refuses two names of one field in snake_case", async () => {
    const { bridge, createConfirmed } = startBridge();
    await createConfirmed();
    const phones = new Proxy(bridge.phones, {});
    const started = await phones.verificationStart({ phoneNumber: "415-555-0137", countryCode: 1 });
    expect(started.ok()).toBe(true);
    const status = await phones.verificationStatus({ phoneNumber: "415-555-0137", countryCode: 1 });
    expect(status.content).toMatchObject({ status: "pending" });
    const twice = { phone_number: "415-555-0137", phoneNumber: "415-555-0138", country_code: 1 };
    await expect(snakeCase(bridge).phones.verification_start(twice)).rejects.toMatchObject({
      name: "AuthyError",
      errorCode: "invalid_argument",
    });
  });

  it("can be seen in snake_case", async () => {
    const { bridge, codeTo, createConfirmed, sent } = startBridge();
    await createConfirmed();
    const view = snakeCase(bridge);
    const sms = await view.users.request_sms(AUTHY_ID, { action: "payout", action_message: "Pay" });
    expect([sms.ok(), sms.ignored()]).toEqual([true, false]);
    expect((await view.tokens.verify(AUTHY_ID, codeTo(), { action: "payout" })).ok()).toBe(true);
    const started = await view.phones.verification_start({ phone_number: "415-555-0137", country_code: 1 });
    expect(started.content).toHaveProperty("seconds_to_expire");
    const details = { "My key": "1", my_key: "2" };
    const asked = await view.one_touch.send_request(AUTHY_ID, { message: "Pay?", hidden_details: details });
    const custom = { message: "Pay?", "hiddenDetails_My key": "1", hiddenDetails_my_key: "2" };
    expect(sent.at(-1)?.body).toMatchObject({ custom });
    const status = await view.one_touch.get_approval_status(asked.get_uuid() ?? "");
    expect(status.content).toMatchObject({ approval_request: { authy_id: AUTHY_ID, status: "pending" } });
    const wrong = await view.tokens.verify(AUTHY_ID, WRONG);
    expect([wrong.ok(), wrong.errors().message, wrong.error?.errorCode]).toEqual([false, "Token is invalid", "60020"]);
  });
});

describe("a failure of Authsignal", () => {
  /** A bridge on a server that answers badly. */
  async function bridgeOn(reply: Reply, options = {}) {
    const server = await serve(reply);
    const bridge = createAuthyBridge(client(server.url, { retries: 0, ...options }), { phoneOf: () => PHONE });
    return { server, bridge };
  }

  it.each([
    [429, { error: "too_many_requests", errorDescription: "slow" }, "60003", false],
    [401, { errorCode: "unauthorized", errorDescription: "The key is wrong" }, "unauthorized", false],
    [400, { errorCode: "invalid_request", errorDescription: "body.x" }, "invalid_request", false],
    [500, { message: "Internal server error" }, "invalid_response", true],
    [503, {}, "invalid_response", true],
  ])("that answers %i comes back as a result", async (status, body, errorCode, mayHaveBeenProcessed) => {
    const headers = { "x-request-id": "req_1", "retry-after": "7" };
    const { server, bridge } = await bridgeOn((response) => json(response, status, body, headers));
    await using _ = server;
    const result = await bridge.phones.verificationStart(NUMBER);
    expect(result.error).toBeInstanceOf(AuthyError);
    expect(result.error).toMatchObject({
      statusCode: status,
      errorCode,
      requestId: "req_1",
      retryAfter: 7_000,
      attempts: 1,
      mayHaveBeenProcessed,
      cause: { name: "AuthsignalError", statusCode: status },
    });
    const { message } = result.errors();
    expect(message).not.toMatch(/undefined|\[object/);
    expect(result.content).toEqual({ message, success: false, errors: { message }, errorCode });
    expect(server.received).toHaveLength(1);
    const call = createAuthyBridge(client(server.url, { retries: 0 }), { throwOnFailure: true });
    await expect(call.phones.verificationStart(NUMBER)).rejects.toMatchObject({ errorCode, statusCode: status });
  });

  it("before anything was sent leaves no doubt", async () => {
    const { server, bridge } = await bridgeOn((response) => json(response, 500, {}));
    await using _ = server;
    for (const result of [
      await bridge.users.requestSms(OLD_ID),
      await bridge.tokens.verify(OLD_ID, "123456"),
      await bridge.oneTouch.sendRequest(OLD_ID, { message: "Pay?" }),
    ]) {
      expect(result.error).toMatchObject({ statusCode: 500, mayHaveBeenProcessed: false });
    }
    expect(server.received.map(({ method }) => method)).not.toContain("POST");
  });

  it("whose success is none is thrown", async () => {
    const page: Reply = (response) => response.writeHead(200).end("<html>");
    const { server, bridge } = await bridgeOn(page);
    await using _ = server;
    const error = { name: "AuthyError", statusCode: 200, errorCode: "invalid_response", mayHaveBeenProcessed: true };
    await expect(bridge.phones.verificationStart(NUMBER)).rejects.toMatchObject(error);
    await expect(bridge.users.status(OLD_ID)).rejects.toMatchObject({ ...error, mayHaveBeenProcessed: false });
  });

  it("who does not answer is thrown, without secret and number", async () => {
    const bridge = createAuthyBridge(client(await closedUrl(), { retries: 0 }));
    const error: unknown = await bridge.phones.verificationStart(NUMBER).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "AuthyError", statusCode: undefined, errorCode: "network_error", attempts: 1 });
    const { message, stack, cause } = Object(error);
    expect(`${message} ${stack} ${cause} ${Object(cause).stack} ${JSON.stringify(error)}`).not.toMatch(
      new RegExp(`${SECRET.slice(8)}|4155550137`),
    );
  });

  it("after the time of the call is thrown, however many requests it takes", async () => {
    const { emulator, sent } = startBridge();
    const timeouts: unknown[] = [];
    class Noting extends Authsignal {
      override getUser(...given: Parameters<Authsignal["getUser"]>) {
        timeouts.push(given[1]?.timeout);
        return super.getUser(...given);
      }
      override challenge(...given: Parameters<Authsignal["challenge"]>) {
        timeouts.push(given[1]?.timeout);
        return super.challenge(...given);
      }
    }
    const { apiSecretKey, apiUrl, fetch } = emulator;
    const bridge = createAuthyBridge(new Noting({ apiSecretKey, apiUrl, fetch }));
    await bridge.users.create(MIRA);
    await bridge.users.requestSms(AUTHY_ID, {}, { timeout: 5_000 });
    const [unlimited, first, last] = timeouts;
    expect(unlimited).toBeUndefined();
    expect(first).toBeLessThan(5_000);
    expect(last).toBeLessThan(Number(first));
    expect(sent).toEqual([]);
    await expect(bridge.users.requestSms(AUTHY_ID, {}, { timeout: -1 })).rejects.toMatchObject({
      name: "AuthyError",
      errorCode: "invalid_argument",
    });
  });

  it("does not hide that the caller gave up", async () => {
    const { bridge } = startBridge();
    await bridge.users.create(MIRA);
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    await expect(bridge.users.requestSms(AUTHY_ID, {}, { signal })).rejects.toBe(reason);
  });

  it("does not hide what phoneOf throws", async () => {
    const reason = new Error("the database is gone");
    const { bridge } = startBridge({ phoneOf: () => Promise.reject(reason) });
    await expect(bridge.users.requestSms(OLD_ID)).rejects.toBe(reason);
  });

  it("in the middle of a call is what came of it", async () => {
    const { bridge, faults } = startBridge();
    await bridge.users.create(MIRA);
    faults.push(({ at }) => (at === "POST /challenge" ? answer(502, { errorCode: "delivery_failed" }) : undefined));
    const result = await bridge.users.requestSms(AUTHY_ID);
    expect([failureOf(result), result.ignored(), result.error?.mayHaveBeenProcessed]).toEqual([
      "delivery_failed",
      false,
      true,
    ]);
  });
});
