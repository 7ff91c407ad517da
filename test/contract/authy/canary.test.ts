import { describe, expect, inject, it } from "vitest";
import { only, prismFor, useLoopback } from "../harness.ts";
import { authyOperationNamed, type Operation } from "../spec.ts";
import { type Raw, rawOf, send, spoil } from "../spoil.ts";
import { type AuthyCall, allAuthyCalls, apiKey, invokeAuthy, usualArguments } from "./calls.ts";

// Prism validates requests to Authy too: it rejects the usual request of each operation that is broken in one place.

/** The operations whose requests hold nothing but the key. */
const KEY_ONLY = ["appsFetch", "statsFetch", "oneTouchGetApprovalStatus"];

const loopback = useLoopback();

it("breaks every request that holds more than a key", () => {
  const others = allAuthyCalls.filter(([, { canary }]) => "authorization" in canary);
  expect(others.map(([name]) => name).sort()).toEqual([...KEY_ONLY].sort());
});

describe.each(allAuthyCalls)("%s", (name, call) => {
  const operation = authyOperationNamed(name);

  it("is rejected when it is broken in one place", async () => {
    const good = await usualRequest(operation, call);
    expect(good.headers["x-authy-api-key"]).toBe(apiKey);
    expect(await responseTo(good)).toEqual({ status: 200, violations: null });
    const bad = await responseTo(spoil(good, operation, call.canary));
    expect(bad).toEqual({ status: KEY_ONLY.includes(name) ? 401 : 400, violations: expect.any(String) });
  });

  it("is rejected without a key", async () => {
    const bad = await responseTo(spoil(await usualRequest(operation, call), operation, { authorization: "missing" }));
    expect(bad).toEqual({ status: 401, violations: expect.stringContaining("Invalid security scheme") });
  });
});

/** Returns the request that the client sends. */
async function usualRequest(operation: Operation<"authy">, call: AuthyCall): Promise<Raw> {
  const relay = prismFor(operation, loopback);
  await invokeAuthy(operation.name, usualArguments(call), { apiUrl: relay.apiUrl });
  return rawOf(only(relay.exchanges));
}

async function responseTo(request: Raw) {
  const { status, violations } = await send(inject("prism").authy, request);
  return { status, violations };
}
