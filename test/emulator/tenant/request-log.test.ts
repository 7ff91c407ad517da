import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { createApp } from "../../../src/emulator/server/app.ts";
import { settingsOf } from "../../../src/emulator/tenant/settings.ts";
import { Tenants } from "../../../src/emulator/tenant/tenants.ts";
import { action, basic, call, phoneNumber, start, userId } from "../../support/emulator/emulator.ts";

const track = `POST /users/${userId}/actions/${action}`;
const NOT_OURS = "The key is not one of the emulator's: those begin with sk_emulator_.";

describe("the request log", () => {
  it("holds each request and its response, under the request id of the response, and no secret key", async () => {
    const { emulator } = start();
    const good = await call(emulator, track, { body: { custom: { a: 1 } } });
    const bad = await call(emulator, `POST /users/${userId}/authenticators`, { body: {} });
    const wrong = await call(emulator, "GET /users?email=a%2Bb", { key: "sk_live_1" });
    const requestId = (answer: typeof good) => answer.headers.get("x-request-id");
    const common = { receivedAt: expect.any(String), duration: expect.any(Number) };
    expect(emulator.requests.list()).toEqual([
      {
        ...common,
        requestId: requestId(good),
        operation: "track",
        method: "POST",
        path: `/v1/users/${userId}/actions/${action}`,
        status: 200,
        body: { custom: { a: 1 } },
        answer: good.body,
      },
      {
        ...common,
        requestId: requestId(bad),
        operation: "enrollVerifiedAuthenticator",
        method: "POST",
        path: `/v1/users/${userId}/authenticators`,
        status: 400,
        body: {},
        problem: "body.verificationMethod is required",
        answer: bad.body,
      },
      {
        ...common,
        requestId: requestId(wrong),
        operation: "queryUsers",
        method: "GET",
        path: "/v1/users?email=a%2Bb",
        status: 401,
        problem: NOT_OURS,
        answer: wrong.body,
      },
    ]);
    expect(JSON.stringify(emulator.requests.list())).not.toMatch(/sk_(?!emulator_\.)|Basic/);
  });

  it("keeps the last 1,000", async () => {
    const { emulator } = start();
    for (let index = 0; index < 2_050; index += 1) await call(emulator, `GET /users/${index}`);
    const list = emulator.requests.list();
    expect([list.length, list[0]?.path, list.at(-1)?.path]).toEqual([1_000, "/v1/users/1050", "/v1/users/2049"]);
  });
});

describe("a defect", () => {
  const loud = { status: 500, body: { errorCode: "emulator_defect" } };
  const shout = vi.spyOn(console, "error").mockImplementation(() => {});
  afterEach(() => shout.mockClear());
  afterAll(() => shout.mockRestore());

  it("is a loud 500: a code that is none", async () => {
    const { emulator } = start({ otp: () => JSON.parse("123456") });
    const body = { verificationMethod: "SMS", phoneNumber, action };
    expect(await call(emulator, "POST /challenge", { body })).toMatchObject(loud);
    expect(shout).toHaveBeenCalledOnce();
    const problem = expect.stringMatching(/otp must give a text/);
    expect(emulator.requests.list()).toMatchObject([{ status: 500, problem, body }]);
    expect(emulator.export()).toMatchObject({ challenges: [], messages: [], quotas: [] });
  });

  it("is a loud 500: a response that violates the spec", async () => {
    const apiSecretKey = "sk_emulator_broken";
    const origin = "http://emulator.localhost";
    const tenants = new Tenants({ apiSecretKey, settings: settingsOf({}), origin: () => origin, fetch });
    const { state, requests } = tenants.default;
    state.users.put({ userId, createdAt: "then", emailVerified: JSON.parse("5"), phoneNumberVerified: false });
    const app = createApp(tenants, []);
    const headers = { authorization: basic(apiSecretKey) };
    const response = await app.fetch(new Request(`${origin}/v1/users/${userId}`, { headers }));
    expect({ status: response.status, body: await response.json() }).toMatchObject(loud);
    expect(shout).toHaveBeenCalledOnce();
    const violation = "response.emailVerified must be boolean";
    const problem = expect.stringMatching(`The response of getUser is not what the spec says: ${violation}`);
    expect(requests.list()).toMatchObject([{ status: 500, problem, violation }]);
  });
});
