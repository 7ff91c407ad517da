import { describe, expect, it } from "vitest";
import { AuthyError, type AuthyResult, type Fetch } from "../../../src/authy/index.ts";
import { only, parsed, prismFor, useLoopback } from "../harness.ts";
import { answersOf, authyOperationNamed, authyOperations, fillPath, pathOf, queryOf } from "../spec.ts";
import { allAuthyCalls, apiKey, invokeAuthy, type Told, usualArguments } from "./calls.ts";
import { FAILURE, ours, schemaOf } from "./our-names.ts";

// The calls of the Authy client against Prism, which knows nothing but our description. What is expected in our names is
// read from the description too, not from the tables that the client goes by.

const TRANSPORTS: Record<string, Fetch | undefined> = { "node:http": undefined, fetch: globalThis.fetch };

/** What an error must say for each documented status; the code holds where the body names none. */
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

/** Statuses that are documented nowhere, and what they mean. Prism answers them as what is unexpected. */
const UNEXPECTED: [status: number, errorCode: string, mayHaveBeenProcessed: boolean][] = [
  [409, "conflict", false],
  [422, "invalid_request", false],
  [418, "invalid_response", true],
  [504, "invalid_response", true],
];

/** Each makes Prism invent another answer, the same on every run. */
const SEEDS = ["one", "two", "three", "four", "five"];

/** What is described and cannot be said to the facade: the classic clients could not say it either. */
const ONLY_TYPED = new Map([
  ["usersRequestEmail", ["force"]],
  ["tokensVerify", ["user_ip"]],
]);

/** The bodies of clients that do not normalise: the facade sends no others than the normal form. */
const UNNORMALISED = ["usersCreate codeAsText", "phonesVerificationStart asText"];

const loopback = useLoopback();

it("covers all 23 operations, 15 of them core, and all statuses", () => {
  expect(allAuthyCalls.map(([name]) => name).sort()).toEqual(authyOperations.map(({ name }) => name).sort());
  expect(allAuthyCalls).toHaveLength(15 + 8);
  const statuses = authyOperations.flatMap(({ answers }) => answers.map(({ status }) => status));
  expect(new Set(statuses)).toEqual(new Set(["200", ...Object.keys(ERRORS)]));
  for (const { answers } of authyOperations) expect(answers.map(({ status }) => status)).toContain("200");
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

    it("can send every body and every parameter that is described", async () => {
      const relay = prismFor(operation, loopback);
      for (const given of Object.values(call.requests)) await invokeAuthy(name, given, { apiUrl: relay.apiUrl, fetch });
      const sent = relay.exchanges.map(({ path }) => queryOf(path));
      const described = Object.entries(queryOf(operation));
      const sayable = described.filter(([parameter]) => !ONLY_TYPED.get(name)?.includes(parameter));
      expect(Object.assign({}, ...sent)).toEqual(Object.fromEntries(sayable));
      const bodies = Object.keys(operation.bodies ?? {}).filter((body) => !UNNORMALISED.includes(`${name} ${body}`));
      if (operation.bodies) expect(Object.keys(call.requests).sort()).toEqual(bodies.sort());
    });

    it.each(answersOf(operation, ["200"]))("gives %s %s", async (_status, example, answer) => {
      const relay = prismFor(operation, loopback, `code=200, example=${example}`);
      const result = await invokeAuthy(name, usual, { apiUrl: relay.apiUrl, fetch, throwOnFailure: true });
      expect(result.ok()).toBe(true);
      expect(result.error).toBeUndefined();
      expect(result.errors()).toEqual({});
      expect(result.content).toStrictEqual({ ...Object(ours(answer, success)), ...checked(name, true) });
      expect(toldBy(result)).toEqual(call.tells?.[example] ?? {});
      expect(only(relay.exchanges)).toMatchObject({ status: 200, violations: undefined });
    });

    it.each(SEEDS)("survives a 200 with an invented body (%s)", async (seed) => {
      const relay = prismFor(operation, loopback, `code=200, dynamic=true, seed=${seed}`);
      const result = await invokeAuthy(name, usual, { apiUrl: relay.apiUrl, fetch });
      const { answer = "", violations } = only(relay.exchanges);
      expect(violations).toBeUndefined();
      const invented = Object(ours(JSON.parse(answer), success));
      const { success: said = true, token } = invented;
      const isGood = `${said}` === "true" && (name !== "tokensVerify" || token === "is valid");
      expect(result.ok()).toBe(isGood);
      expect(result.content).toStrictEqual({ ...invented, ...checked(name, isGood) });
      expect(result.error?.errorCode).toBe(isGood ? undefined : "invalid_response");
    });

    it.each(answersOf(operation, Object.keys(ERRORS)))("gives, or throws, %s %s", async (status, example, answer) => {
      const statusCode = status === "default" ? 502 : Number(status);
      const relay = prismFor(operation, loopback, `code=${statusCode}, example=${example}`);
      const wishes = { apiUrl: relay.apiUrl, fetch, retries: 0 };
      const { error_code: code, message } = Object(answer);
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
      expect(result.errors()).toEqual(errorsIn(Object(answer)));
      expect(result.content).toStrictEqual({ ...Object(ours(answer, FAILURE)), ...checked(name, false) });
      expect(toldBy(result)).toEqual(nothingOf(call.tells));

      const thrown = invokeAuthy(name, usual, { ...wishes, throwOnFailure: true });
      await expect(thrown).rejects.toBeInstanceOf(AuthyError);
      await expect(thrown).rejects.toMatchObject(failure);
      expect(relay.exchanges).toMatchObject(Array(2).fill({ status: statusCode, violations: undefined }));
    });

    it.each(UNEXPECTED)("understands a %i", async (statusCode, errorCode, mayHaveBeenProcessed) => {
      const relay = prismFor(operation, loopback, `code=${statusCode}`);
      const result = await invokeAuthy(name, usual, { apiUrl: relay.apiUrl, fetch, retries: 0 });
      expect(result.ok()).toBe(false);
      expect(result.error).toMatchObject({ statusCode, errorCode, mayHaveBeenProcessed, attempts: 1 });
      expect(result.errors()).toEqual({ message: "Internal Server Error" });
      expect(only(relay.exchanges)).toMatchObject({ status: statusCode, violations: undefined });
    });
  });
});

/** What the content for a code that was checked always says as a boolean, however the service said it, or if it did not. */
const checked = (name: string, success: boolean) => (name === "tokensVerify" ? { success } : {});

/** What a result tells besides its content, by those of its members that are asked. */
function toldBy(result: AuthyResult<unknown>): Record<string, unknown> {
  const members = ["id", "ignored", "getUuid", "status"].filter((name) => name in result);
  return Object.fromEntries(
    members.map((name) => {
      const member: unknown = Reflect.get(result, name);
      return [name, typeof member === "function" ? member.call(result) : member];
    }),
  );
}

/** What those members say when there is nothing to tell. */
function nothingOf(tells: Readonly<Record<string, Told>> = {}): Record<string, unknown> {
  const members = Object.keys(Object.values(tells)[0] ?? {});
  return Object.fromEntries(members.map((name) => [name, name === "ignored" ? false : undefined]));
}

/** What `errors()` must say of a refusal: what is wrong by field, and always a message. */
function errorsIn({ message, errors = {}, error_code: _code, success: _no, ...fields }: Record<string, unknown>) {
  return { message, ...fields, ...Object(errors) };
}
