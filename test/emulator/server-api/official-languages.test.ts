import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, type EmulatorTenant, startEmulator } from "../../../src/emulator/index.ts";

// What the official clients for other languages send, byte for byte as far as that matters, and what they read.

interface Sent {
  readonly method: string;
  /** What comes after the host. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const JSON_TYPE = { "content-type": "application/json" };

const emulators = new Map<boolean, Emulator>();
let count = 0;

beforeAll(async () => {
  for (const strict of [true, false]) emulators.set(strict, await startEmulator({ strict }));
});
afterAll(async () => {
  for (const emulator of emulators.values()) await emulator.close();
});

/** A tenant of its own, and a way to send it requests. */
function start({ strict = true } = {}) {
  const emulator = emulators.get(strict);
  if (!emulator) throw new Error("The emulators run in tests only");
  count += 1;
  const tenant = emulator.tenant(`sk_emulator_languages_${count}`);
  return { tenant, send: (sent: Sent) => send(emulator.origin, tenant, sent) };
}

/** Sends exactly these bytes: `fetch` would set headers and normalize paths. */
function send(origin: string, { apiSecretKey }: EmulatorTenant, { method, path, headers, body }: Sent) {
  const authorization = `Basic ${Buffer.from(`${apiSecretKey}:`).toString("base64")}`;
  return new Promise<{ status: number | undefined; type: string | undefined; answer: unknown }>((resolve, reject) => {
    const outgoing = request(
      origin,
      { method, path, headers: { authorization, ...headers }, agent: false },
      async (response) => {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        resolve({ status: response.statusCode, type: response.headers["content-type"], answer: JSON.parse(text) });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const java = { "x-authsignal-version": "2.10.1", ...JSON_TYPE };
const ruby = {
  accept: "application/json",
  "user-agent": "authsignal-ruby",
  "x-authsignal-version": "5.2.1",
  ...JSON_TYPE,
};
const python = { accept: "*/*", "user-agent": "authsignal-python-sdk/4.2.0", ...JSON_TYPE };
const go = { accept: "*/*", "user-agent": "authsignalgo/v1", ...JSON_TYPE };
const php = { "user-agent": "authsignal-php", "content-length": "0" };

describe.each(Object.entries({ Java: java, Ruby: ruby }))("%s", (_language, headers) => {
  it("changes a user by POST", async () => {
    const { tenant, send } = start();
    const attributes = {
      email: "jo@example.com",
      emailVerified: true,
      phoneNumber: "9876543210",
      custom: { foo: "bar" },
    };
    const body = JSON.stringify(attributes);
    const { status, answer } = await send({ method: "POST", path: "/v1/users/usr_1", headers, body });
    expect({ status, answer }).toMatchObject({ status: 200, answer: { userId: "usr_1", ...attributes } });
    expect(tenant.requests.list()).toMatchObject([
      { method: "POST", operation: "updateUser", status: 200, body: attributes },
    ]);
    expect(tenant.export().users).toMatchObject([{ userId: "usr_1", ...attributes }]);

    const more = { method: "POST", path: "/v1/users/usr_1", headers, body: '{"displayName":"Jo"}' };
    expect((await send(more)).answer).toMatchObject({ ...attributes, displayName: "Jo" });
    expect((await send({ ...more, body: '{"displayName":1}' })).answer).toMatchObject({
      errorDescription: "body.displayName must be string",
    });
  });

  it("cannot change a user whose id is taken by another operation", async () => {
    const { tenant, send } = start();
    const { status } = await send({ method: "POST", path: "/v1/users/authenticators", headers, body: '{"email":"x"}' });
    expect(status).toBe(400);
    expect(tenant.requests.list()).toMatchObject([{ operation: "batchEnrollVerifiedAuthenticators" }]);
    expect(tenant.export().users).toEqual([]);
  });
});

describe("PHP", () => {
  it("tracks without a body", async () => {
    const { tenant, send } = start();
    const { status, answer } = await send({ method: "POST", path: "/v1/users/usr_1/actions/signIn", headers: php });
    expect({ status, answer }).toMatchObject({ status: 200, answer: { state: "ALLOW", isEnrolled: false } });
    const { idempotencyKey } = Object(answer);
    expect(tenant.export().actions).toMatchObject([{ userId: "usr_1", actionCode: "signIn", idempotencyKey }]);
  });

  it("announces a body of no bytes wherever it sends none", async () => {
    const { tenant, send } = start();
    const device = { userId: "usr_1", deviceId: "device_1" };
    tenant.import({ devices: [device] });
    expect(await send({ method: "GET", path: "/v1/users/usr_1", headers: php })).toMatchObject({ status: 200 });
    const path = "/v1/users/usr_1/devices/device_1/invalidate";
    const { status, answer } = await send({ method: "POST", path, headers: php });
    expect({ status, answer }).toMatchObject({ status: 200, answer: { ...device, invalidatedAt: expect.any(String) } });
    expect(await send({ method: "DELETE", path: "/v1/users/usr_1", headers: php })).toMatchObject({
      answer: { success: true },
    });
  });

  it("is told when its base URL lacks /v1, as it does by default", async () => {
    const { send } = start();
    const errorDescription = "GET /users/usr_1 is not in the spec: the base URL must end in /v1";
    expect(await send({ method: "GET", path: "/users/usr_1", headers: php })).toMatchObject({
      status: 404,
      answer: { error: "not_found", errorCode: "not_found", errorDescription },
    });
  });
});

describe("Python", () => {
  const path = "/v1/users/usr_1/actions/signIn";
  const body = JSON.stringify({
    email: "jo@example.com",
    redirect_url: "http://localhost/",
    custom: { its_amount: 400.0 },
  });

  it("writes names as the service ignores them, which a lenient emulator does as well", async () => {
    const { tenant, send } = start({ strict: false });
    expect(await send({ method: "POST", path, headers: python, body })).toMatchObject({ status: 200 });
    const [action] = tenant.export().actions ?? [];
    expect(action).toMatchObject({ email: "jo@example.com", custom: { its_amount: 400 } });
    expect(action).not.toHaveProperty("redirect_url");
    expect(action?.redirectUrl).toBeUndefined();
  });

  it("is told about such names by a strict one, which does nothing", async () => {
    const { tenant, send } = start();
    expect(await send({ method: "POST", path, headers: python, body })).toMatchObject({
      status: 400,
      answer: { errorCode: "invalid_request", errorDescription: "body.redirect_url is not in the spec" },
    });
    expect(tenant.export().users).toEqual([]);
  });

  it("gets a content type without a charset, because it cannot read any other", async () => {
    const { send } = start();
    const good = { method: "GET", path: "/v1/users/usr_1", headers: python };
    expect((await send(good)).type).toBe("application/json");
    expect((await send({ ...good, path: "/v1/users" })).type).toBe("application/json");
    expect((await send({ ...good, path: "/v1/nothing" })).type).toBe("application/json");
  });
});

describe("Go", () => {
  const path = "/v1/users/usr_1/actions/signIn";

  it("tracks with everything that it can say", async () => {
    const { tenant, send } = start();
    const crypto = { asset: "BTC", address: "bc1q", txnHash: "00", assetAmount: 0.5, assetAmountUsd: 30_000 };
    const body = JSON.stringify({ redirectToSettings: false, username: "jo", crypto });
    expect(await send({ method: "POST", path, headers: go, body })).toMatchObject({ status: 200 });
    expect(tenant.export().actions).toMatchObject([{ redirectToSettings: false, username: "jo" }]);
  });

  // It writes null for a flag that is not set, whatever else it sends.
  it("tracks with a flag that is not set", async () => {
    const { send } = start();
    const sent = { method: "POST", path, headers: go, body: '{"redirectToSettings":null,"email":"jo@example.com"}' };
    expect(await send(sent)).toMatchObject({ status: 200 });
  });

  it("is told when it writes /v1 twice, as it does for getChallenge", async () => {
    const { send } = start();
    const errorDescription = "GET /v1/v1/challenges is not in the spec: the base URL has /v1 twice";
    expect(await send({ method: "GET", path: "/v1/v1/challenges?challengeId=1", headers: go })).toMatchObject({
      status: 404,
      answer: { errorDescription },
    });
  });
});

it.each(["auth0|1234", "a/b", "über uns", "50%", "?#&=+", "🙂"])(
  "knows the user %s by its encoded id",
  async (userId) => {
    const { tenant, send } = start();
    const path = `/v1/users/${encodeURIComponent(userId).replaceAll(".", "%2E")}`;
    const body = '{"email":"jo@example.com"}';
    expect(await send({ method: "PATCH", path, headers: JSON_TYPE, body })).toMatchObject({ answer: { userId } });
    expect(tenant.export().users).toMatchObject([{ userId, email: "jo@example.com" }]);
    expect(await send({ method: "GET", path })).toMatchObject({ answer: { email: "jo@example.com" } });
  },
);
