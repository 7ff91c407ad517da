import { expect, inject } from "vitest";
import { allCalls, returned } from "../../contract/calls.ts";
import { relayTo } from "../../contract/relay.ts";
import { fillPath, firstSuccess, type Json, type Operation, operationNamed, queryOf } from "../../contract/spec.ts";
import type { Transport } from "../task.ts";
import { AUTHORIZATION, type Case, type Open, type SeenRequest } from "./case.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every request of the contract table, over one transport. */
export function contractCases(transport: Transport): Case[] {
  return allCalls.flatMap(([name, call]) => {
    const operation = operationNamed(name);
    return Object.entries(call.requests).map(
      ([requestName, request]): Case => ({
        group: `calls, ${transport}`,
        name: `${name} (${requestName})`,
        open: prism(operation.api),
        task: (apiUrl) => ({ kind: "call", client: clientOf(operation), apiUrl, transport, operation: name, request }),
        expected: {
          outcome: { value: returned(call, firstSuccess(operation).body) },
          requests: [requestOf(operation, request, operation.bodies?.[requestName])],
        },
      }),
    );
  });
}

/** The operations that the cases call. */
export const operationsOf = (cases: readonly Case[]): Set<string | undefined> =>
  new Set(cases.map(({ name }) => name.split(" ")[0]));

/** Opens a relay to the Prism of an API; `prefer` selects the response, such as `code=404`. */
export function prism(api: Operation["api"], prefer?: string): Open {
  return (loopback) => {
    const { apiUrl, exchanges } = relayTo(inject("prism")[api], loopback, prefer);
    return { apiUrl, received: exchanges };
  };
}

/** Parameters with another name in the facade. */
const NAMES: Readonly<Record<string, string>> = { codes: "actionCodes" };

/** Returns the expected request. */
export function requestOf(operation: Operation, request: unknown, body?: Json): SeenRequest {
  const query = Object.entries(queryOf(operation)).filter(([name]) => (NAMES[name] ?? name) in Object(request));
  return {
    method: operation.method,
    path: fillPath(operation),
    query: Object.fromEntries(query),
    authorization: AUTHORIZATION,
    contentType: operation.bodies && "application/json",
    body: withMadeKey(operation, body),
    violations: undefined,
  };
}

function clientOf({ api }: Operation): "Authsignal" | "CallConnect" {
  return api === "authsignal" ? "Authsignal" : "CallConnect";
}

/** Replaces the key that `track` makes when the caller has none. */
function withMadeKey({ name }: Operation, body: Json | undefined): Json | undefined {
  if (name !== "track") return body;
  return { idempotencyKey: expect.stringMatching(UUID), ...Object(body) };
}
