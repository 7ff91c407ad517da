import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { routes } from "../../../generated/client-api-data.ts";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import { startEmulator } from "../../../src/emulator/start.ts";
import { post, refusal, startClient } from "../../support/emulator/client-api.ts";
import { action, basic, clientOf, userId } from "../../support/emulator/emulator.ts";

// What a browser needs to call the Client API from a page of any origin.

const origin = "https://app.example.com";
const sdk = readFileSync(new URL("../../../node_modules/@authsignal/browser/dist/index.js", import.meta.url), "utf8");

let emulator: Emulator;
afterEach(() => emulator?.close());

async function preflight(
  url: string,
  { method = "POST", send = fetch }: { method?: string; send?: Emulator["fetch"] } = {},
) {
  const headers = {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": "authorization,content-type",
  };
  const response = await send(url, { method: "OPTIONS", headers });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

const list = (headers: Headers, name: string) => (headers.get(name) ?? "").toLowerCase().split(/, */);

describe("a page of another origin", () => {
  it.each(Object.values(routes))("may ask for %s, without a token", async (route) => {
    emulator = await startEmulator();
    const { status, headers, body } = await preflight(emulator.apiUrl + route.replace("POST ", ""));
    expect({ status, body }).toEqual({ status: 204, body: "" });
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    expect(list(headers, "access-control-allow-methods")).toContain("post");
    const allowed = list(headers, "access-control-allow-headers");
    expect(allowed).toEqual(expect.arrayContaining(["authorization", "content-type"]));
    expect(emulator.requests.list(), "a preflight is no request to the API").toEqual([]);
  });

  it("may read every answer, and its id", async () => {
    emulator = await startEmulator();
    const client = clientOf(emulator, { fetch });
    const { token } = await client.track({ userId, action });
    const send = (path: string, authorization: string) =>
      fetch(`${emulator.apiUrl}/client/${path}`, { method: "POST", headers: { origin, authorization } });
    emulator.faults.add({ operations: ["challengeEmailOtp"], status: 503, latency: 1 });
    const statuses: number[] = [];
    for (const [path, authorization] of [
      ["user-authenticators/totp", `Bearer ${token}`],
      ["challenge/sms", `Bearer ${token}`],
      ["challenge/sms", "Basic eA=="],
      ["challenge/email-otp", `Bearer ${token}`],
      ["verify/passkey", `Bearer ${token}`],
      ["nowhere", `Bearer ${token}`],
    ] as const) {
      const { status, headers } = await send(path, authorization);
      statuses.push(status);
      expect(headers.get("access-control-allow-origin"), path).toBe("*");
      expect(list(headers, "access-control-expose-headers"), path).toContain("x-request-id");
      expect(headers.get("x-request-id"), path).toMatch(/^[\da-f-]{36}$/);
    }
    expect(statuses).toEqual([200, 409, 401, 503, 404, 404]);
    const keys = await fetch(`${emulator.apiUrl}/client/public/${emulator.tenantId}/.well-known/jwks`);
    expect([keys.status, keys.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
  });

  it.each([
    ["GET", "/v1/users/usr_1"],
    ["POST", "/v1/users/usr_1/actions/withdraw"],
    ["POST", "/v1/challenge"],
    ["POST", "/v1/clients/challenge/sms"],
    ["POST", "/client/challenge/sms"],
    ["POST", "/call/start"],
    ["GET", "/_emulator/outbox"],
    ["GET", "/health"],
    ["GET", "/challenge?token=x"],
    ["GET", "/challenge/link?tenant=x&key=y"],
    ["GET", "/"],
  ])("may not read %s %s, which belongs to servers and to the pages of the emulator", async (method, path) => {
    emulator = await startEmulator();
    const headers = { origin, authorization: basic(emulator.apiSecretKey) };
    for (const send of [fetch, emulator.fetch]) {
      const asked = await preflight(emulator.origin + path, { method, send });
      const response = await send(emulator.origin + path, { method, headers });
      await response.text();
      const names = [...asked.headers.keys(), ...response.headers.keys()];
      expect(names.filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
  });
});

/** What follows `/client/` in the addresses that the browser SDK calls. */
function pathsOfSdk(): string[] {
  const found = [...sdk.matchAll(/"\/client\/([\w/-]+)[\w/?=]*"/g)].map(([, path = ""]) => path);
  return [...new Set(found)].sort();
}

describe("the browser SDK", () => {
  const served = Object.values(routes).map((route) => route.replace("POST /client/", ""));
  const others = pathsOfSdk().filter((path) => !served.includes(path));

  it("calls what the spec has, and some more that is known", () => {
    expect(pathsOfSdk()).toEqual(expect.arrayContaining(served));
    expect(others).toEqual([
      "challenge",
      "challenge/qr-code",
      "challenge/web",
      "user-authenticators/passkey",
      "user-authenticators/passkey/authentication-options",
      "user-authenticators/passkey/authentication-options/web",
      "user-authenticators/passkey/registration-options",
      "user-authenticators/passkey/registration-options/web",
      "user-authenticators/security-key",
      "user-authenticators/security-key/authentication-options",
      "user-authenticators/security-key/registration-options",
      "verify/passkey",
      "verify/qr-code",
      "verify/security-key",
    ]);
  });

  it.each(others)("is told that %s is not emulated, and what to do instead", async (path) => {
    const client = startClient();
    emulator = client.emulator;
    const token = await client.track();
    const words = expect.stringMatching(
      /The emulator has no (passkeys|QR codes|signing in).*Open the url that track gives/,
    );
    for (const one of [token, undefined]) {
      const answer = await post(emulator, path, one, {});
      expect(answer).toMatchObject(refusal(404, "not_found", words));
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
      expect(emulator.requests.list().at(-1)).toMatchObject({
        status: 404,
        path: `/v1/client/${path}`,
        problem: words,
      });
    }
  });

  it("is told what is wrong with its base URL", async () => {
    const { emulator: unmounted } = startClient();
    emulator = unmounted;
    const response = await emulator.fetch(`${emulator.origin}/client/challenge/sms`, { method: "POST" });
    const errorDescription = "POST /client/challenge/sms is not in the spec: the base URL must end in /v1";
    expect({ status: response.status, body: await response.json() }).toMatchObject(
      refusal(404, "not_found", errorDescription),
    );
    const get = await emulator.fetch(`${emulator.apiUrl}/client/challenge/sms`);
    expect(await get.json()).toMatchObject({ errorDescription: expect.stringContaining("that path takes POST") });
  });

  it("finds the log of what it asked with its tenant", async () => {
    const client = startClient();
    emulator = client.emulator;
    const tenant = emulator.tenant("sk_emulator_second");
    const { token } = await clientOf(emulator, { apiSecretKey: tenant.apiSecretKey }).track({ userId, action });
    await post(emulator, "verify/passkey", token, {});
    expect(tenant.requests.list().at(-1)).toMatchObject({ path: "/v1/client/verify/passkey", status: 404 });
  });
});
