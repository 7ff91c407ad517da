import { describe, expect, inject, it } from "vitest";
import { allCalls, type Call, invoke, usual } from "./calls.ts";
import { facadeOf, only, prismFor, useLoopback } from "./harness.ts";
import { firstSuccess, type Operation, operationNamed } from "./spec.ts";
import { type Raw, rawOf, send, spoil } from "./spoil.ts";

// Prism silently stops validating an operation whose schema it cannot compile. To give "no violation" a meaning, it must reject
// the usual request of each operation that is broken in one place.

const loopback = useLoopback();

describe.each(allCalls)("%s", (name, call) => {
  const operation = operationNamed(name);

  it("is rejected when it is broken in one place", async () => {
    const good = await usualRequest(operation, call);
    expect(await responseTo(operation, good)).toEqual({ status: firstSuccess(operation).status, violations: null });
    const bad = await responseTo(operation, spoil(good, operation, call.canary));
    expect(bad).toEqual({ status: "authorization" in call.canary ? 401 : 400, violations: expect.any(String) });
  });

  it("is rejected without a secret", async () => {
    const good = await usualRequest(operation, call);
    const bad = await responseTo(operation, spoil(good, operation, { authorization: "missing" }));
    expect(bad).toEqual({ status: 401, violations: expect.stringContaining("Invalid security scheme") });
  });
});

/** Returns the request that the facade sends. */
async function usualRequest(operation: Operation, call: Call): Promise<Raw> {
  const relay = prismFor(operation, loopback);
  await invoke(facadeOf(operation, relay.apiUrl), operation.name, usual(call));
  return rawOf(only(relay.exchanges));
}

async function responseTo({ api }: Operation, request: Raw) {
  const { status, violations } = await send(inject("prism")[api], request);
  return { status, violations };
}
