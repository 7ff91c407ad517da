import { describe, expect, it } from "vitest";
import { AuthyError, type AuthyResult, type Fetch } from "../../../src/authy/index.ts";
import { only, parsed, prismFor, useLoopback } from "../harness.ts";
import { authyOperationNamed, authyOperations, fillPath, pathOf, queryOf, responsesOf } from "../spec.ts";
import { allAuthyCalls, apiKey, invokeAuthy, type Told, usualArguments } from "./calls.ts";
import { FAILURE, ours, schemaOf } from "./our-names.ts";

// The calls of the Authy client against Prism, which serves our spec. Expected camelCase names are read from the spec, not from
// the tables of the client.

const TRANSPORTS: Record<string, Fetch | undefined> = { "node:http": undefined, fetch: globalThis.fetch };

/** The expected error of each documented status; the code is that of a body without one. */
const ERRORS: Record<string, { errorCode: string; mayHaveBeenProcessed: boolean; retryAfter?: number }> = {
  400: { errorCode: "invalid_request", mayHaveBeenProcessed: false },
  401: { errorCode: "unauthorized", mayHaveBeenProcessed: false },
  403: { errorCode: "forbidden", mayHaveBeenProcessed: false },
  404: { errorCode: "not_found", mayHaveBeenProcessed: false },
  429: { errorCode: "too_many_requests", mayHaveBeenProcessed: false, retryAfter: 30_000 },
  500: { errorCode: "invalid_response", mayHaveBeenProcessed: true },
  503: { errorCode: "invalid_response", mayHaveBeenProcessed: true },
  default: { errorCode: "invalid_response", mayHaveBeenProcessed: true },
};

/** Undocumented statuses and their errors. Prism sends the default response for them. */
const UNEXPECTED: [status: number, errorCode: string, mayHaveBeenProcessed: boolean][] = [
  [409, "conflict", false],
  [422, "invalid_request", false],
  [418, "invalid_response", true],
  [504, "invalid_response", true],
];

/** Each makes Prism invent another response, the same on every run. */
const SEEDS = ["one", "two", "three", "four", "five"];

/** Documented parameters that the facade does not take, as the classic clients do not. */
const ONLY_TYPED = new Map([
  ["usersRequestEmail", ["force"]],
  ["tokensVerify", ["user_ip"]],
]);

/** Bodies of clients that do not normalize; the facade sends the normal form only. */
const UNNORMALISED = ["usersCreate codeAsText", "phonesVerificationStart asText"];

const loopback = useLoopback();

it("covers all 23 operations, 15 of them core, and all statuses", () => {
  expect(allAuthyCalls.map(([name]) => name).sort()).toEqual(authyOperations.map(({ name }) => name).sort());
  expect(allAuthyCalls).toHaveLength(15 + 8);
  const statuses = authyOperations.flatMap(({ responses }) => responses.map(({ status }) => status));
  expect(new Set(statuses)).toEqual(new Set(["200", ...Object.keys(ERRORS)]));
  for (const { responses } of authyOperations) expect(responses.map(({ status }) => status)).toContain("200");
});

describe.each(Object.entries(TRANSPORTS))("over %s", (transport, fetch) => {
  describe.each(allAuthyCalls)("%s", (name, call) => {
    const operation = authyOperationNamed(name);
    const success = schemaOf(operation.method, operation.path, "success");
    const usual = usualArguments(call);

    it.each(Object.entries(call.requests))("sends %s as described", async (requestName, given) => {
      const relay = prismFor(operation, loopback);
      await invokeAuthy(name, given, { apiUrl: relay.apiUrl, fetch });

      const sent = only(relay.exchanges);
      expect(sent).toMatchObject({ status: 200, violations: undefined });
      expect(`${sent.method} ${pathOf(sent.path)}`).toBe(`${operation.method} ${fillPath(operation)}`);
      expect(queryOf(operation)).toMatchObject(queryOf(sent.path));
      expect(parsed(sent.body)).toEqual(operation.bodies?.[requestName]);
      expect(sent.headers["x-authy-api-key"]).toBe(apiKey);
      expect("authorization" in sent.headers).toBe(false);
      expect("sec-fetch-mode" in sent.headers).toBe(transport === "fetch");
    });

    it("can send every documented body and parameter", async () => {
      const relay = prismFor(operation, loopback);
      for (const given of Object.values(call.requests)) await invokeAuthy(name, given, { apiUrl: relay.apiUrl, fetch });
      const sent = relay.exchanges.map(({ path }) => queryOf(path));
      const described = Object.entries(queryOf(operation));
      const sayable = described.filter(([parameter]) => !ONLY_TYPED.get(name)?.includes(parameter));
      expect(Object.assign({}, ...sent)).toEqual(Object.fromEntries(sayable));
      const bodies = Object.keys(operation.bodies ?? {}).filter((body) => !UNNORMALISED.includes(`${name} ${body}`));
      if (operation.bodies) expect(Object.keys(call.requests).sort()).toEqual(bodies.sort());
    });

    it.each(responsesOf(operation, ["200"]))("returns the value of %s %s", async (_status, example, response) => {
      const relay = prismFor(operation, loopback, `code=200, example=${example}`);
      const result = await invokeAuthy(name, usual, { apiUrl: relay.apiUrl, fetch, throwOnFailure: true });
      expect(result.ok()).toBe(true);
      expect(result.error).toBeUndefined();
      expect(result.errors()).toEqual({});
      expect(result.content).toStrictEqual({ ...Object(ours(response, success)), ...checked(name, true) });
      expect(toldBy(result)).toEqual(call.tells?.[example] ?? {});
      expect(only(relay.exchanges)).toMatchObject({ status: 200, violations: undefined });
    });

    it.each(SEEDS)("survives a 200 with an invented body (%s)", async (seed) => {
      const relay = prismFor(operation, loopback, `code=200, dynamic=true, seed=${seed}`);
      const result = await invokeAuthy(name, usual, { apiUrl: relay.apiUrl, fetch });
      const { response = "", violations } = only(relay.exchanges);
      expect(violations).toBeUndefined();
      const invented = Object(ours(JSON.parse(response), success));
      const { success: said = true, token } = invented;
      const isGood = `${said}` === "true" && (name !== "tokensVerify" || token === "is valid");
      expect(result.ok()).toBe(isGood);
      expect(result.content).toStrictEqual({ ...invented, ...checked(name, isGood) });
      expect(result.error?.errorCode).toBe(isGood ? undefined : "invalid_response");
    });

    it.each(responsesOf(operation, Object.keys(ERRORS)))(
      "returns or throws the error of %s %s",
      async (status, example, response) => {
        const statusCode = status === "default" ? 502 : Number(status);
        const relay = prismFor(operation, loopback, `code=${statusCode}, example=${example}`);
        const wishes = { apiUrl: relay.apiUrl, fetch, retries: 0 };
        const { error_code: code, message } = Object(response);
        const failure = {
          name: "AuthyError",
          statusCode,
          errorDescription: message,
          retryAfter: undefined,
          attempts: 1,
          ...ERRORS[status],
          ...(code && { errorCode: code }),
        };

        const result = await invokeAuthy(name, usual, wishes);
        expect(result.ok()).toBe(false);
        expect(result.error).toBeInstanceOf(AuthyError);
        expect(result.error).toMatchObject(failure);
        expect(result.errors()).toEqual(errorsIn(Object(response)));
        expect(result.content).toStrictEqual({ ...Object(ours(response, FAILURE)), ...checked(name, false) });
        expect(toldBy(result)).toEqual(nothingOf(call.tells));

        const thrown = invokeAuthy(name, usual, { ...wishes, throwOnFailure: true });
        await expect(thrown).rejects.toBeInstanceOf(AuthyError);
        await expect(thrown).rejects.toMatchObject(failure);
        expect(relay.exchanges).toMatchObject(Array(2).fill({ status: statusCode, violations: undefined }));
      },
    );

    it.each(UNEXPECTED)("maps a %i to its error code", async (statusCode, errorCode, mayHaveBeenProcessed) => {
      const relay = prismFor(operation, loopback, `code=${statusCode}`);
      const result = await invokeAuthy(name, usual, { apiUrl: relay.apiUrl, fetch, retries: 0 });
      expect(result.ok()).toBe(false);
      expect(result.error).toMatchObject({ statusCode, errorCode, mayHaveBeenProcessed, attempts: 1 });
      expect(result.errors()).toEqual({ message: "Internal Server Error" });
      expect(only(relay.exchanges)).toMatchObject({ status: statusCode, violations: undefined });
    });
  });
});

/** Fields of a checked code that are always booleans, in whatever form the service sends them or leaves them out. */
const checked = (name: string, success: boolean) => (name === "tokensVerify" ? { success } : {});

/** Reads the members of a result besides its content. */
function toldBy(result: AuthyResult<unknown>): Record<string, unknown> {
  const members = ["id", "ignored", "getUuid", "status"].filter((name) => name in result);
  return Object.fromEntries(
    members.map((name) => {
      const member: unknown = Reflect.get(result, name);
      return [name, typeof member === "function" ? member.call(result) : member];
    }),
  );
}

/** The values of those members by default. */
function nothingOf(tells: Readonly<Record<string, Told>> = {}): Record<string, unknown> {
  const members = Object.keys(Object.values(tells)[0] ?? {});
  return Object.fromEntries(members.map((name) => [name, name === "ignored" ? false : undefined]));
}

/** Returns the expected `errors()` of an error response: problems by field, and always a message. */
function errorsIn({ message, errors = {}, error_code: _code, success: _no, ...fields }: Record<string, unknown>) {
  return { message, ...fields, ...Object(errors) };
}
