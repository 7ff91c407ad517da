import { describe, expect, it } from "vitest";
import { AuthyApiClient } from "../../../src/authy/index.ts";
import { snakeCase } from "../../../src/index.ts";
import { only, parsed, prismFor, useLoopback } from "../harness.ts";
import { authyOperationNamed, type Json, responsesOf } from "../spec.ts";
import { allAuthyCalls, apiKey, invokeMethod, type Told, usualArguments } from "./calls.ts";

// The same calls through `snakeCase`: arguments and wire have the same names.

/** The names in the view of fields that are renamed for their meaning, or that begin with `_`. */
const OUR_NAMES: Record<string, string> = {
  _id: "internal_id",
  app_id: "internal_app_id",
  user_id: "internal_user_id",
  _app_name: "app_name",
  _app_serial_id: "app_serial_id",
  _authy_id: "authy_id",
  _user_email: "user_email",
};

const loopback = useLoopback();

describe.each(allAuthyCalls.filter(([name]) => name !== "usersRemove"))("%s in snake_case", (name, call) => {
  const operation = authyOperationNamed(name);
  const usual = usualArguments(call).map(snaked);
  const viewAt = (apiUrl: string) => snakeCase(new AuthyApiClient({ apiKey, apiUrl, retries: 0 }));

  it.each(Object.entries(call.requests))("sends %s as the camelCase client does", async (requestName, given) => {
    const relay = prismFor(operation, loopback);
    await invokeMethod(viewAt(relay.apiUrl), name, given.map(snaked), snakeName);
    await invokeMethod(new AuthyApiClient({ apiKey, apiUrl: relay.apiUrl }), name, given);
    const [viewed, direct] = relay.exchanges;
    expect(viewed).toMatchObject({ status: 200, violations: undefined, path: direct?.path, body: direct?.body });
    expect(parsed(viewed?.body ?? "")).toEqual(operation.bodies?.[requestName]);
  });

  it.each(responsesOf(operation, ["200"]))(
    "returns %s %s with the names of the wire",
    async (_status, example, response) => {
      const relay = prismFor(operation, loopback, `code=200, example=${example}`);
      const result = Object(await invokeMethod(viewAt(relay.apiUrl), name, usual, snakeName));
      expect(result.ok()).toBe(true);
      expect(result.errors()).toEqual({});
      const said = name === "tokensVerify" ? { ...Object(response), success: true } : response;
      expect(result.content).toStrictEqual(name === "oneTouchGetApprovalStatus" ? withOurNames(said) : said);
      const { id, ignored, getUuid, status }: Told = call.tells?.[example] ?? {};
      expect([result.id, result.ignored?.(), result.get_uuid?.(), result.status?.()]).toEqual([
        id,
        ignored,
        getUuid,
        status,
      ]);
    },
  );

  it.each(responsesOf(operation, ["400"]))(
    "returns %s %s with the names of the wire",
    async (_status, example, response) => {
      const relay = prismFor(operation, loopback, `code=400, example=${example}`);
      const result = Object(await invokeMethod(viewAt(relay.apiUrl), name, usual, snakeName));
      expect(result.ok()).toBe(false);
      expect(result.content).toStrictEqual(response);
      expect(result.errors()).toMatchObject(Object(response).errors);
      expect(result.error).toMatchObject({ name: "AuthyError", errorCode: Object(response).error_code });
      expect(only(relay.exchanges).status).toBe(400);
    },
  );
});

const snakeName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Converts an argument for the view. The keys below these names are chosen by users. */
function snaked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snaked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isOwn = ["details", "hiddenDetails", "data"].includes(name);
      return [snakeName(name), isOwn ? inner : snaked(inner)];
    }),
  );
}

/** Converts a response about an approval request as the view does. */
function withOurNames(response: Json): unknown {
  const { approval_request, ...rest } = Object(response);
  const fields = Object.entries(approval_request).map(([name, value]) => [OUR_NAMES[name] ?? name, value]);
  return { ...rest, approval_request: Object.fromEntries(fields) };
}
