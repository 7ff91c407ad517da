import { describe, expect, it } from "vitest";
import { routes } from "../../../generated/authsignal-data.ts";
import { action, basic, call, invalid, start, userId } from "../../support/emulator/emulator.ts";

const track = `POST /users/${userId}/actions/${action}`;
const UNAUTHORIZED =
  "The request is unauthorized. Check that your API key and region base URL are correctly configured.";

describe("a request that does not fit the spec", () => {
  it.each<[name: string, at: string, body: unknown, words: string | RegExp]>([
    ["a wrong type", track, { deviceId: 5 }, "body.deviceId must be string"],
    ["a wrong type inside", track, { crypto: { assetAmount: "1" } }, "body.crypto.assetAmount must be number"],
    ["a missing field", "POST /verify", { challengeId: "c" }, "body.verificationCode is required"],
    ["several problems", "POST /verify", {}, "body.challengeId is required; body.verificationCode is required"],
    ["no body", "POST /verify", undefined, "body is required"],
    ["an unknown field", track, { device_id: "x" }, "body.device_id is not in the spec"],
    ["an unknown field inside", track, { crypto: { coin: 1 } }, "body.crypto.coin is not in the spec"],
    ["an unknown field with an odd name", track, { "a/b~c": 1 }, "body.a/b~c is not in the spec"],
    [
      "an item",
      "POST /users/authenticators",
      { authenticators: [{ userId, verificationMethod: "SMS", credentialId: "c", credentialPublicKey: "k" }] },
      "body.authenticators[0].verificationMethod must be equal to one of the allowed values - allowedValues: PASSKEY",
    ],
    [
      "an unknown value",
      `PATCH /users/${userId}/actions/${action}/k`,
      { state: "DONE" },
      /^body\.state must be equal to one of the allowed values - allowedValues: ALLOW,BLOCK,CHALLENGE_REQUIRED,/,
    ],
    ["an array", track, [], "body must be object"],
    ["a text", track, '"x"', "body must be object"],
    ["null as a body", track, "null", "body must be object"],
    ["what is no JSON", track, "{deviceId:1}", /^body must be JSON: /],
    ["half of a JSON", track, '{"deviceId":"', /^body must be JSON: /],
    ["deep JSON", track, `{"custom":${'{"a":'.repeat(70)}1${"}".repeat(71)}`, "body must not be deeper than 64 levels"],
    ["very deep JSON", track, "[".repeat(900_000), "body must not be deeper than 64 levels"],
    ["an unknown query parameter", "GET /users?email=a&emial=b", undefined, "query.emial is not in the spec"],
    ["a query where there is none", `GET /users/${userId}?x=1`, undefined, "query.x is not in the spec"],
    [
      "a query parameter that is no boolean",
      `DELETE /users/${userId}?actions=yes`,
      undefined,
      /^query\.actions must be/,
    ],
    [
      "a query parameter that is not allowed",
      `GET /users/${userId}/actions?state=DONE`,
      undefined,
      /^query\.state must/,
    ],
  ])("is told what is wrong: %s", async (_name, at, body, words) => {
    const { emulator } = start();
    const answer = await call(emulator, at, { body });
    expect(answer).toMatchObject(invalid(typeof words === "string" ? words : expect.stringMatching(words)));
    expect(emulator.requests.list()).toMatchObject([{ status: 400, problem: expect.any(String), answer: answer.body }]);
    expect(emulator.export()).toMatchObject({ users: [], actions: [], authenticators: [] });
  });

  it("may hold null in the place of what it leaves out, as some clients send it", async () => {
    const { emulator } = start();
    const body = { deviceId: null, custom: { a: null, b: 1 }, crypto: { asset: null } };
    expect(await call(emulator, track, { body })).toMatchObject({ status: 200 });
    expect(emulator.export().actions).toMatchObject([{ custom: { b: 1 } }]);
    const missing = { challengeId: "c", verificationCode: null };
    expect(await call(emulator, "POST /verify", { body: missing })).toMatchObject(
      invalid("body.verificationCode is required"),
    );
  });

  it("has its unknown fields taken out when the emulator is not strict, as the real service does", async () => {
    const { emulator } = start({ strict: false });
    const body = { device_id: "x", deviceId: "y", crypto: { coin: 1 }, custom: { a: 1 }, "a/b~c": {} };
    expect(await call(emulator, `${track}?trace=1`, { body })).toMatchObject({ status: 200 });
    expect(emulator.export().actions).toMatchObject([{ deviceId: "y", custom: { a: 1 } }]);
    expect(await call(emulator, track, { body: { x: 1, deviceId: 5 } })).toMatchObject(
      invalid("body.deviceId must be string"),
    );
    expect(await call(emulator, "POST /verify", { body: { x: 1 } })).toMatchObject(
      invalid("body.challengeId is required; body.verificationCode is required"),
    );
  });

  it("is answered shortly and quickly, however much is wrong with it", async () => {
    const { emulator } = start();
    const body = { authenticators: Array.from({ length: 30_000 }, () => ({})) };
    const before = performance.now();
    const answer = await call(emulator, "POST /users/authenticators", { body });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body).length).toBeLessThan(10_000);
    expect(performance.now() - before, "milliseconds for 90 kB").toBeLessThan(3_000);
  });
});

describe("keys like __proto__", () => {
  it("stay data and harm nothing", async () => {
    const { emulator, authsignal } = start();
    const body = '{"custom":{"__proto__":"p","constructor":"c","toString":"s","hasOwnProperty":"h"}}';
    expect(await call(emulator, `PATCH /users/${userId}`, { body })).toMatchObject({ status: 200 });
    expect(await call(emulator, track, { body })).toMatchObject({ status: 200 });
    expect(JSON.stringify((await authsignal.getUser({ userId })).custom)).toBe(JSON.stringify(JSON.parse(body).custom));
    expect(JSON.stringify(emulator.export())).toContain('"__proto__":"p"');
    for (const key of ["__proto__", "constructor", "toString"]) {
      const answer = await call(emulator, track, { body: `{"${key}":{"isVip":true}}` });
      expect(answer).toMatchObject(invalid(`body.${key} is not in the spec`));
    }
    expect(Object(Object.prototype).isVip).toBeUndefined();
  });

  it("do no harm either where unknown fields are taken out", async () => {
    const { emulator } = start({ strict: false });
    expect(await call(emulator, track, { body: '{"__proto__":{"isVip":true}}' })).toMatchObject({ status: 200 });
    expect(Object({}).isVip).toBeUndefined();
    Object.defineProperty(Object.prototype, "canary", { value: "alive", configurable: true });
    await call(emulator, track, { body: '{"__proto__/canary":1,"constructor/prototype/canary":1}' });
    const canary = Object({}).canary;
    Reflect.deleteProperty(Object.prototype, "canary");
    expect(canary, "what all objects inherit").toBe("alive");
  });
});

describe("a body", () => {
  it("may be 2 MiB long, and not one byte more", async () => {
    const { emulator } = start();
    const body = (length: number) => `{"custom":{"a":"${"x".repeat(length - 19)}"}}`.padEnd(length);
    expect(await call(emulator, track, { body: body(2 * 1024 * 1024) })).toMatchObject({ status: 200 });
    for (const length of [2 * 1024 * 1024 + 1, 3_000_000]) {
      expect(await call(emulator, track, { body: body(length) })).toMatchObject({
        status: 413,
        body: { errorCode: "invalid_request", errorDescription: "body must not be longer than 2097152 bytes" },
      });
    }
  });
});

describe("an address that is not in the spec", () => {
  it.each([
    ["POST /v1/nowhere", "POST /v1/nowhere is not in the spec"],
    ["POST /", "POST / is not in the spec"],
    ["PUT /v1/users/a%2Fb", /^PUT \/v1\/users\/a%2Fb is not in the spec: that path takes GET, PATCH, DELETE, POST$/],
    ["DELETE /v1/challenge", "DELETE /v1/challenge is not in the spec: that path takes POST"],
    ["GET /users/u", "GET /users/u is not in the spec: the base URL must end in /v1"],
    ["GET /v1/v1/users/u", "GET /v1/v1/users/u is not in the spec: the base URL has /v1 twice"],
    ["GET /v1/users//actions", /is not in the spec/],
    ["GET /v1/users/u/", /is not in the spec/],
  ])("%s is said not to be", async (at, words) => {
    const { emulator } = start();
    const [method, path = ""] = at.split(" ");
    const headers = { authorization: basic(emulator.apiSecretKey) };
    const response = await emulator.fetch(emulator.origin + path, { method, headers });
    expect(response.status).toBe(404);
    const errorDescription = typeof words === "string" ? words : expect.stringMatching(words);
    expect(await response.json()).toEqual({ error: "not_found", errorCode: "not_found", errorDescription });
  });

  it("is in the request log, too", async () => {
    const { emulator } = start();
    const answer = await call(emulator, "POST /nowhere", { body: {} });
    expect(emulator.requests.list()).toMatchObject([
      { requestId: answer.headers.get("x-request-id"), method: "POST", path: "/v1/nowhere", status: 404 },
    ]);
  });
});

describe("a key", () => {
  it.each<[string, string | undefined]>([
    ["none", undefined],
    ["of another kind", "Bearer sk_emulator_default"],
    ["that is empty", "Basic "],
    ["that is no base64", "Basic ?"],
    ["of a real tenant", basic("sk_live_0123456789")],
    ["too short", basic("sk_emulator_")],
    ["with odd characters", basic("sk_emulator_a/b")],
    ["too long", basic(`sk_emulator_${"x".repeat(101)}`)],
  ])("%s is refused in the words of the service on every operation", async (_name, authorization) => {
    const { emulator } = start();
    for (const route of Object.values(routes)) {
      const [method, path = ""] = route.split(" ");
      const url = emulator.apiUrl + path.replaceAll(/\{\w+\}/g, "x");
      const response = await emulator.fetch(url, {
        method,
        headers: authorization === undefined ? {} : { authorization },
      });
      expect([response.status, await response.json()]).toEqual([
        401,
        { error: "unauthorized", errorCode: "unauthorized", errorDescription: UNAUTHORIZED },
      ]);
    }
    expect(emulator.export()).toMatchObject({ users: [], actions: [] });
    expect(JSON.stringify(emulator.requests.list())).not.toMatch(/sk_(?!emulator_\.)/);
  });
});
