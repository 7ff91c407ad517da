import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Prism, startPrismProxy } from "../../scripts/prism.ts";
import { allCalls, calls, invoke, returned, usual } from "./calls.ts";
import { accessTo, facadeAt, logged, readied, type Scene, useEmulator } from "./emulated.ts";
import { phoneNumber, userId } from "./emulated-seed.ts";
import { only, parsed, useLoopback } from "./harness.ts";
import { relayTo } from "./relay.ts";
import { type Api, type Operation, operationNamed } from "./spec.ts";
import { rawOf, send, spoil } from "./spoil.ts";

// The emulator behind `prism proxy`, an independent program that compares every request and response with our specs and reports
// violations in a header.

const stage = useEmulator();
const loopback = useLoopback();

let proxies: Readonly<Record<Api, Prism>> | undefined;
beforeAll(async () => {
  const { apiUrl, origin } = stage.emulator;
  const [authsignal, callConnect] = await Promise.all([
    startPrismProxy("authsignal", apiUrl),
    startPrismProxy("call-connect", origin),
  ]);
  proxies = { authsignal, "call-connect": callConnect };
});
afterAll(() => Promise.all(Object.values(proxies ?? {}).map((proxy) => proxy[Symbol.asyncDispose]())));

function proxyOf({ api }: Operation): string {
  if (!proxies) throw new Error("The proxies run in tests only");
  return proxies[api].url;
}

/** Makes a call through the proxy; returns its value and the traffic on the wire. */
async function callThrough(operation: Operation, scene: Scene, request: unknown) {
  const relay = relayTo(proxyOf(operation), loopback);
  const client = facadeAt(operation.api, { ...accessTo(operation.api, scene), apiUrl: relay.apiUrl });
  const [result] = await Promise.allSettled([invoke(client, operation.name, request)]);
  return { result, exchange: only(relay.exchanges) };
}

/** Returns a response with one field of a wrong type; an array where the body has no field. */
function wrongOf(answer: unknown): unknown {
  if (answer === undefined) return [];
  if (Array.isArray(answer)) return answer.map(wrongOf);
  const [[field, value] = ["", ""], ...rest] = Object.entries(Object(answer));
  return { ...Object.fromEntries(rest), [field]: typeof value === "string" ? 5 : "wrong" };
}

/** Whether Prism found a violation in the request or in the response. */
function placesOf(violations: string | null | undefined): unknown[] {
  const found: { location: string[] }[] = JSON.parse(violations ?? "[]");
  return [...new Set(found.map(({ location }) => location[0]))];
}

describe.each(allCalls)("%s", (name, call) => {
  const operation = operationNamed(name);

  it.each(Object.entries(call.requests))("%s fits the spec, and so does its response", async (_name, request) => {
    const scene = stage.scene();
    const { result, exchange } = await callThrough(operation, scene, await readied(scene, name, request));
    expect(exchange.violations).toBeUndefined();
    const { operation: matched, answer, status } = logged(scene);
    expect({ matched, status }).toEqual({ matched: name, status: exchange.status });
    expect(parsed(exchange.response)).toEqual(parsed(JSON.stringify(answer) ?? ""));
    expect(result).toEqual({ status: "fulfilled", value: returned(call, parsed(exchange.response)) });
  });

  it("is compared: a wrong response and a wrong request do not fit", async () => {
    const scene = stage.scene();
    const request = await readied(scene, name, usual(call));
    const good = (await callThrough(operation, scene, request)).exchange;
    expect(good.violations).toBeUndefined();

    const body = wrongOf(parsed(good.response));
    scene.tenant.faults.add({ operations: [name], times: 1, status: 200, body });
    const { exchange } = await callThrough(operation, scene, request);
    expect(parsed(exchange.response)).toEqual(body);
    expect(placesOf(exchange.violations)).toEqual(["response"]);

    const refused = await send(proxyOf(operation), spoil(rawOf(good), operation, call.canary));
    expect(refused.status).toBe("authorization" in call.canary ? 401 : 400);
    expect(placesOf(refused.violations)).toEqual(["request"]);
  });
});

describe("error responses fit the spec", () => {
  const passkey = { ...calls.enrollVerifiedAuthenticator.requests.passkey.attributes, credentialId: "Y3JlZC10d28" };
  const text = { verificationMethod: "SMS", action: "signIn" };

  it.each([
    [404, "not_found", "getAction", { userId, action: "signIn", idempotencyKey: "unknown" }],
    [404, "not_found", "verify", { challengeId: "unknown", verificationCode: "012345" }],
    [404, "not_found", "finishCall", { referenceId: "unknown", state: "CHALLENGE_FAILED" }],
    [409, "conflict", "enrollVerifiedAuthenticator", { userId, attributes: passkey }],
    [401, "unauthorized", "createSession", calls.createSession.requests.create],
    [400, "invalid_request", "track", { userId, action: "signIn", attributes: { redirectUrl: "javascript:alert(1)" } }],
    [400, "invalid_configuration", "challenge", { ...text, verificationMethod: "WHATSAPP", phoneNumber }],
    [429, "too_many_requests", "challenge", { ...text, phoneNumber: "+15005550005" }],
    [502, "delivery_failed", "challenge", { ...text, phoneNumber: "+15005550004" }],
  ])("%s %s of %s", async (statusCode, errorCode, name, request) => {
    const scene = stage.scene();
    const { result, exchange } = await callThrough(operationNamed(name), scene, request);
    expect(exchange).toMatchObject({ status: statusCode, violations: undefined });
    const { errorDescription } = Object(parsed(exchange.response));
    expect(errorDescription).toBe(logged(scene).problem);
    expect(result).toMatchObject({ status: "rejected", reason: { statusCode, errorCode, errorDescription } });
  });
});

it("does not notice a status that is not described, because `default` describes them all", async () => {
  const scene = stage.scene();
  const operation = operationNamed("getUser");
  const answer = { errorCode: "teapot" };
  scene.tenant.faults.add({ operations: ["getUser"], times: 1, status: 418, body: answer });
  const { exchange } = await callThrough(operation, scene, usual(calls.getUser));
  expect(exchange).toMatchObject({ status: 418, response: JSON.stringify(answer), violations: undefined });
});

it("does not know the alias of updateUser, which the spec mentions in its text only", async () => {
  const scene = stage.scene();
  const { exchange } = await callThrough(operationNamed("updateUser"), scene, usual(calls.updateUser));
  const { status, violations } = await send(proxyOf(operationNamed("updateUser")), {
    ...rawOf(exchange),
    method: "POST",
  });
  expect(status).toBe(200);
  expect(violations).toContain("Selected route not found");
});
