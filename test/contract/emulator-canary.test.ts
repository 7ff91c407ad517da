import { describe, expect, it } from "vitest";
import { allCalls, invoke, usual } from "./calls.ts";
import { accessTo, facadeAt, readied, useEmulator } from "./emulated.ts";
import { only, useLoopback } from "./harness.ts";
import { relayTo } from "./relay.ts";
import { operationNamed } from "./spec.ts";
import { rawOf, send, spoil, spoiltFields } from "./spoil.ts";

// The emulator validates requests: it rejects the usual request of each operation that is broken in one place, names the place,
// and changes nothing.

const NOT_OURS = "The key is not one of the emulator's: those begin with sk_emulator_.";
const UNAUTHORIZED =
  "The request is unauthorized. Check that your API key and region base URL are correctly configured.";

const stage = useEmulator();
const loopback = useLoopback();

describe.each(allCalls)("%s", (name, call) => {
  const operation = operationNamed(name);
  const { api } = operation;

  /** Returns a request that the emulator has accepted, and a tenant that has not received it. */
  async function goodRequest() {
    const first = stage.scene();
    const access = accessTo(api, first);
    const relay = relayTo(access.apiUrl, loopback);
    await invoke(facadeAt(api, { ...access, apiUrl: relay.apiUrl }), name, await readied(first, name, usual(call)));
    const { status, ...exchange } = only(relay.exchanges);
    expect([200, 204]).toContain(status);
    const scene = stage.scene();
    const authorization = `Basic ${btoa(`${accessTo(api, scene).apiSecretKey}:`)}`;
    const good = rawOf({ ...exchange, headers: { ...exchange.headers, authorization } });
    return { scene, good, apiUrl: access.apiUrl };
  }

  it("is rejected when it is broken in one place", async () => {
    const { scene, good, apiUrl } = await goodRequest();
    const before = scene.tenant.export();
    const { status, response } = await send(apiUrl, spoil(good, operation, call.canary));
    const isAnonymous = "authorization" in call.canary;
    const code = isAnonymous ? "unauthorized" : "invalid_request";
    expect(status).toBe(isAnonymous ? 401 : 400);
    const body = JSON.parse(response);
    expect(body).toEqual({ error: code, errorCode: code, errorDescription: expect.any(String) });
    for (const field of spoiltFields(call.canary)) expect(body.errorDescription).toMatch(new RegExp(`\\b${field}\\b`));
    expect(scene.tenant.export()).toEqual(before);
    expect(scene.tenant.requests.list()).toMatchObject(
      isAnonymous ? [] : [{ operation: name, status, problem: body.errorDescription, answer: body }],
    );
  });

  it.each([
    ["no key", undefined],
    ["a key that is none of the emulator's", `Basic ${btoa("sk_live_1234:")}`],
    ["the key of the other API", "other"],
    ["a key of another kind", "Bearer sk_emulator_default"],
  ])("is refused with %s", async (_key, authorization) => {
    const { scene, good, apiUrl } = await goodRequest();
    const before = scene.tenant.export();
    const { apiSecretKey, callConnectSecretKey } = scene.tenant;
    const other = `Basic ${btoa(`${api === "authsignal" ? callConnectSecretKey : apiSecretKey}:`)}`;
    const { authorization: _right, ...headers } = good.headers;
    const wrong = authorization === "other" ? other : authorization;
    const { status, response } = await send(apiUrl, {
      ...good,
      headers: { ...headers, ...(wrong && { authorization: wrong }) },
    });
    const code = "unauthorized";
    expect(status).toBe(401);
    expect(JSON.parse(response)).toEqual({ error: code, errorCode: code, errorDescription: UNAUTHORIZED });
    expect(scene.tenant.export()).toEqual(before);
    expect(scene.tenant.requests.list()).toEqual([]);
    const told = stage.emulator.requests.list().at(-1);
    expect(told).toMatchObject({ operation: name, status: 401, problem: NOT_OURS });
    expect(JSON.stringify(told)).not.toMatch(/sk_(?!emulator_\.)/);
  });
});
