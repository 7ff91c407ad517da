import { describe, expect, inject, it } from "vitest";
import { allCalls, type Call, type Canary, invoke, usual } from "./calls.ts";
import { facadeOf, only, prismFor, useLoopback } from "./harness.ts";
import { fillPath, firstSuccess, type Operation, operationNamed } from "./spec.ts";

// Prism silently stops validating an operation whose schema it cannot compile. So that "no violation" means something,
// it must refuse the usual request of each operation once that is spoilt in one place.

const loopback = useLoopback();

describe.each(allCalls)("%s", (name, call) => {
  const operation = operationNamed(name);

  it("is refused when spoilt in one place", async () => {
    const good = await usualRequest(operation, call);
    expect(await answerTo(operation, good)).toEqual({ status: firstSuccess(operation).status, violations: null });
    const bad = await answerTo(operation, spoil(good, operation, call.canary));
    expect(bad).toEqual({ status: "authorization" in call.canary ? 401 : 400, violations: expect.any(String) });
  });

  it("is refused without a secret", async () => {
    const good = await usualRequest(operation, call);
    const bad = await answerTo(operation, spoil(good, operation, { authorization: "missing" }));
    expect(bad).toEqual({ status: 401, violations: expect.stringContaining("Invalid security scheme") });
  });
});

interface Raw {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What the facade sends. */
async function usualRequest(operation: Operation, call: Call): Promise<Raw> {
  const relay = prismFor(operation, loopback);
  await invoke(facadeOf(operation, relay.apiUrl), operation.name, usual(call));
  const { method, path, headers, body } = only(relay.exchanges);
  const { authorization = "", "content-type": type } = headers;
  return { method, path, headers: { authorization, ...(type && { "content-type": type }) }, body: body || undefined };
}

function spoil(good: Raw, operation: Operation, canary: Canary): Raw {
  if ("body" in canary) return { ...good, body: JSON.stringify({ ...JSON.parse(good.body ?? ""), ...canary.body }) };
  if ("ids" in canary) return { ...good, path: fillPath(operation, canary.ids) };
  if ("query" in canary) {
    const [path, query] = good.path.split("?");
    const all = new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(query)), ...canary.query });
    return { ...good, path: `${path}?${all}` };
  }
  const { authorization: _gone, ...headers } = good.headers;
  return { ...good, headers };
}

async function answerTo({ api }: Operation, { method, path, headers, body }: Raw) {
  const response = await fetch(inject("prism")[api] + path, { method, headers, body });
  await response.arrayBuffer();
  return { status: response.status, violations: response.headers.get("sl-violations") };
}
