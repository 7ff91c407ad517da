import { describe, expect, it } from "vitest";
import { allCalls, invoke, returned } from "./calls.ts";
import { only, prismFor, useLoopback } from "./harness.ts";
import { OURS_ALONE, officialOf, RETURNS_NOTHING, sharedCalls } from "./official.ts";
import { fillPath, firstSuccess, operationNamed } from "./spec.ts";

// The official client against Prism with our specs: its requests fit the specs, so that these describe the real API.

const loopback = useLoopback();

it("has 21 of our calls, and the two of Call Connect", () => {
  const names = sharedCalls.map(([name]) => name);
  expect(names).toHaveLength(21 + 2);
  expect([...names, ...OURS_ALONE].sort()).toEqual(allCalls.map(([name]) => name).sort());
});

describe.each(sharedCalls)("%s", (name, call) => {
  const operation = operationNamed(name);

  it.each(Object.entries(call.requests))("%s is a request that our spec allows", async (_request, request) => {
    const relay = prismFor(operation, loopback);
    const value = await invoke(officialOf(operation, relay.apiUrl), name, request);
    const { status, body } = firstSuccess(operation);
    const sent = only(relay.exchanges);
    const [path, query] = sent.path.split("?");
    expect(sent).toMatchObject({ status, violations: undefined });
    expect(`${sent.method} ${path}`).toBe(`${operation.method} ${fillPath(operation)}`);
    const described = operation.parameters.map((parameter) => parameter.name);
    expect(described).toEqual(expect.arrayContaining([...new URLSearchParams(query).keys()]));
    expect(value).toEqual(RETURNS_NOTHING.includes(name) ? undefined : returned(call, body));
  });
});
