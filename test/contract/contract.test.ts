import { describe, expect, it } from "vitest";
import { AuthsignalError, type Fetch } from "../../src/index.ts";
import { allCalls, invoke, returned, usual } from "./calls.ts";
import { facadeOf, only, parsed, prismFor, useLoopback } from "./harness.ts";
import {
  fillPath,
  firstSuccess,
  type Json,
  type Operation,
  operationNamed,
  operations,
  pathOf,
  queryOf,
  responsesOf,
} from "./spec.ts";

// Our calls against Prism, which serves our specs. canary.test.ts shows that it validates requests.

const TRANSPORTS: Record<string, Fetch | undefined> = { "node:http": undefined, fetch: globalThis.fetch };

/** The expected error of each documented status; "default" stands for a fault of the service. */
const ERRORS: Record<string, { errorCode: string; mayHaveBeenProcessed: boolean; retryAfter?: number }> = {
  400: { errorCode: "invalid_request", mayHaveBeenProcessed: false },
  401: { errorCode: "unauthorized", mayHaveBeenProcessed: false },
  403: { errorCode: "forbidden", mayHaveBeenProcessed: false },
  404: { errorCode: "not_found", mayHaveBeenProcessed: false },
  409: { errorCode: "conflict", mayHaveBeenProcessed: false },
  429: { errorCode: "too_many_requests", mayHaveBeenProcessed: false, retryAfter: 30_000 },
  default: { errorCode: "invalid_response", mayHaveBeenProcessed: true },
};

/** Each makes Prism invent another response, the same on every run. */
const SEEDS = ["one", "two", "three", "four", "five"];

const loopback = useLoopback();

it("covers all 28 operations and all statuses", () => {
  expect(allCalls.map(([name]) => name).sort()).toEqual(operations.map(({ name }) => name).sort());
  expect(allCalls).toHaveLength(28);
  for (const { responses } of operations) {
    const [success, ...rest] = responses.map(({ status }) => status);
    expect(success).toMatch(/^20[04]$/);
    expect(rest.filter((status) => status !== "204").sort()).toEqual(Object.keys(ERRORS).sort());
  }
});

describe.each(Object.entries(TRANSPORTS))("over %s", (transport, fetch) => {
  describe.each(allCalls)("%s", (name, call) => {
    const operation = operationNamed(name);

    it.each(Object.entries(call.requests))("sends %s as described", async (requestName, request) => {
      const relay = prismFor(operation, loopback);
      const value = await invoke(facadeOf(operation, relay.apiUrl, fetch), name, request);

      const sent = only(relay.exchanges);
      expect(sent.violations).toBeUndefined();
      expect(`${sent.method} ${pathOf(sent.path)}`).toBe(`${operation.method} ${fillPath(operation)}`);
      expect(queryOf(operation)).toMatchObject(queryOf(sent.path));
      expect(withoutMadeKey(operation, parsed(sent.body))).toEqual(operation.bodies?.[requestName]);
      expect("sec-fetch-mode" in sent.headers).toBe(transport === "fetch");
      expect(value).toStrictEqual(returned(call, firstSuccess(operation).body));
    });

    it("can send every documented body and parameter", async () => {
      const relay = prismFor(operation, loopback);
      const client = facadeOf(operation, relay.apiUrl, fetch);
      await Promise.all(Object.values(call.requests).map((request) => invoke(client, name, request)));
      const sent = relay.exchanges.map(({ path }) => queryOf(path));
      expect(Object.assign({}, ...sent)).toEqual(queryOf(operation));
      expect(Object.keys(call.requests)).toEqual(expect.arrayContaining(Object.keys(operation.bodies ?? {})));
    });

    it.each(responsesOf(operation, ["200"]))("returns the value of %s %s", async (_status, example, response) => {
      const relay = prismFor(operation, loopback, `code=200, example=${example}`);
      const value = await invoke(facadeOf(operation, relay.apiUrl, fetch), name, usual(call));
      expect(value).toStrictEqual(returned(call, response));
      expect(only(relay.exchanges)).toMatchObject({ status: 200, violations: undefined });
    });

    it.each(documents(operation, "200") ? SEEDS : [])("survives a 200 with an invented body (%s)", async (seed) => {
      const relay = prismFor(operation, loopback, `code=200, dynamic=true, seed=${seed}`);
      const value = await invoke(facadeOf(operation, relay.apiUrl, fetch), name, usual(call));
      const { response, violations } = only(relay.exchanges);
      expect(violations).toBeUndefined();
      expect(value).toStrictEqual(returned(call, parsed(response)));
    });

    it.each(documents(operation, "204") ? ["204"] : [])("returns undefined for %s", async () => {
      const relay = prismFor(operation, loopback, "code=204");
      expect(await invoke(facadeOf(operation, relay.apiUrl, fetch), name, usual(call))).toBeUndefined();
      expect(only(relay.exchanges)).toMatchObject({ status: 204, response: "", violations: undefined });
    });

    it.each(responsesOf(operation, Object.keys(ERRORS)))("rejects on %s %s", async (status, example, response) => {
      const statusCode = status === "default" ? 500 : Number(status);
      const relay = prismFor(operation, loopback, `code=${statusCode}, example=${example}`);
      const failing = invoke(facadeOf(operation, relay.apiUrl, fetch), name, usual(call), { retries: 0 });
      await expect(failing).rejects.toBeInstanceOf(AuthsignalError);
      await expect(failing).rejects.toMatchObject({
        statusCode,
        errorDescription: Object(response).errorDescription ?? Object(response).message,
        retryAfter: undefined,
        attempts: 1,
        ...ERRORS[status],
      });
      expect(only(relay.exchanges)).toMatchObject({ status: statusCode, violations: undefined });
    });
  });
});

const documents = ({ responses }: Operation, status: string): boolean => responses.some((one) => one.status === status);

/** Removes the key that `track` makes when the caller has none. */
function withoutMadeKey({ name, bodies }: Operation, body: Json | undefined): Json | undefined {
  if (name !== "track" || Object(body).idempotencyKey === Object(bodies?.withdrawal).idempotencyKey) return body;
  const { idempotencyKey, ...rest } = Object(body);
  expect(idempotencyKey).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return rest;
}
