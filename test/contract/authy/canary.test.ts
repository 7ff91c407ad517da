import { describe, expect, inject, it } from "vitest";
import { only, prismFor, useLoopback } from "../harness.ts";
import { authyOperationNamed, type Operation } from "../spec.ts";
import { type Raw, rawOf, send, spoil } from "../spoil.ts";
import { type AuthyCall, allAuthyCalls, apiKey, invokeAuthy, usualArguments } from "./calls.ts";

// Prism looks closely at Authy, too: it refuses the usual request of each operation once that is spoilt in one place.

/** Whose requests hold nothing that could be wrong but the key. */
const KEY_ONLY = ["appsFetch", "statsFetch", "oneTouchGetApprovalStatus"];

const loopback = useLoopback();

it("spoils all requests that hold something to spoil", () => {
  const others = allAuthyCalls.filter(([, { canary }]) => "authorization" in canary);
  expect(others.map(([name]) => name).sort()).toEqual([...KEY_ONLY].sort());
});

describe.each(allAuthyCalls)("%s", (name, call) => {
  const operation = authyOperationNamed(name);

  it("is refused when spoilt in one place", async () => {
    const good = await usualRequest(operation, call);
    expect(good.headers["x-authy-api-key"]).toBe(apiKey);
    expect(await answerTo(good)).toEqual({ status: 200, violations: null });
    const bad = await answerTo(spoil(good, operation, call.canary));
    expect(bad).toEqual({ status: KEY_ONLY.includes(name) ? 401 : 400, violations: expect.any(String) });
  });

  it("is refused without a key", async () => {
    const bad = await answerTo(spoil(await usualRequest(operation, call), operation, { authorization: "missing" }));
    expect(bad).toEqual({ status: 401, violations: expect.stringContaining("Invalid security scheme") });
  });
});

/** What the client sends. */
async function usualRequest(operation: Operation<"authy">, call: AuthyCall): Promise<Raw> {
  const relay = prismFor(operation, loopback);
  await invokeAuthy(operation.name, usualArguments(call), { apiUrl: relay.apiUrl });
  return rawOf(only(relay.exchanges));
}

async function answerTo(request: Raw) {
  const { status, violations } = await send(inject("prism").authy, request);
  return { status, violations };
}
