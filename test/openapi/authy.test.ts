import { describe, expect, it } from "vitest";
import { asList, asNode, at, examplesOf, follow, isNode, type Json, load, operationsOf, visit } from "./document.ts";

// Rules for openapi/authy.yaml, beside those for every spec.

const document = load("authy");
const operations = operationsOf(document);
const calls = operations.filter(({ webhook }) => !webhook);
const schemas = asNode(asNode(document.components).schemas);
const examples = calls.flatMap((call) => examplesOf(document, call));

/** The examples of an operation that a mock must be able to serve, by status. */
const EXAMPLES: Record<string, Record<string, string[]>> = {
  usersCreate: { 200: ["created"], 400: ["invalidUser"], 401: ["invalidKey"] },
  usersRequestSms: { 200: ["sent", "ignored"], 403: ["channelDisabled"], 404: ["userNotFound"] },
  usersRequestCall: { 200: ["sent", "ignored"], 403: ["channelDisabled"], 404: ["userNotFound"] },
  usersStatus: { 200: ["registered", "neverConfirmed"], 404: ["userNotFound"] },
  usersDelete: { 200: ["removed"], 404: ["userNotFound"] },
  usersGenerateQr: { 200: ["qr"], 403: ["genericTokensDisabled"] },
  usersRegistrationStatus: { 200: ["completed", "pending"], 404: ["notFound"] },
  tokensVerify: { 200: ["valid"], 401: ["invalid", "reused", "invalidKey"], 404: ["userNotFound"] },
  appsFetch: { 200: ["ok"], 401: ["invalidKey"] },
  statsFetch: { 200: ["ok"], 401: ["invalidKey"] },
  phonesVerificationStart: {
    200: ["smsSent", "callStarted"],
    400: ["missingParameter", "invalidPhone"],
    403: ["landline"],
  },
  phonesVerificationCheck: { 200: ["correct"], 401: ["incorrect", "invalidKey"], 404: ["nonePending"] },
  phonesInfo: { 200: ["mobile", "voip"], 500: ["providerError"] },
  oneTouchSendRequest: { 200: ["created"], 403: ["oneTouchDisabled"], 404: ["userNotFound"] },
  oneTouchGetApprovalStatus: { 200: ["pending", "approved", "denied", "expired"], 404: ["notFound"] },
};

/** The messages that clients compare. */
const SUCCESS_TEXTS = [
  "User created successfully.",
  "SMS token was sent",
  "Ignored: SMS is not needed for smartphones. Pass force=true if you want to actually send it anyway.",
  "Call started...",
  "Call ignored. User is using  App Tokens and this call is not necessary. Pass force=true if you still want to call users that are using the App.",
  "User status.",
  "User removed from application",
  "User was added to remove.",
  "Token is valid.",
  "Application information.",
  "Monthly statistics.",
  "Text message sent to +1 415-555-0137.",
  "Call to +1 415-555-0137 initiated.",
  "Verification code is correct.",
  "Phone number information as of 2022-05-25 14:06:03 UTC",
  "Email token was sent",
  "User was updated successfully",
  "Activity was created.",
  "Phone Verification status.",
];

function examplesNamed(operation: string, status: string): Record<string, Json> {
  const prefix = `${operation} ${status} `;
  const found = examples.filter(({ name }) => name.startsWith(prefix));
  return Object.fromEntries(found.map(({ name, value }) => [name.slice(prefix.length), value]));
}

describe("openapi/authy.yaml", () => {
  it("requires the key in its header", () => {
    const scheme = { apiKey: expect.objectContaining({ type: "apiKey", in: "header", name: "X-Authy-API-Key" }) };
    expect(asNode(document.components).securitySchemes).toEqual(scheme);
    expect(document.security).toEqual([{ apiKey: [] }]);
    for (const { node } of calls) expect(node).not.toHaveProperty("security");
  });

  it("marks no GET with an effect as repeatable", () => {
    const acting = calls.filter(({ route, node }) => route.startsWith("GET") && node["x-repeatable"] !== "always");
    expect(acting.map(({ name, node }) => [name, node["x-repeatable"]])).toEqual([
      ["usersRequestSms", "never"],
      ["usersRequestCall", "never"],
      ["tokensVerify", "never"],
      ["phonesVerificationCheck", "never"],
    ]);
  });

  it.each(Object.entries(EXAMPLES))("has examples of every response of %s", (operation, byStatus) => {
    for (const [status, names] of Object.entries(byStatus)) {
      expect(Object.keys(examplesNamed(operation, status)), status).toEqual(expect.arrayContaining(names));
    }
  });

  it("has a wrong key as the first example of a 401, because a mock serves the first one", () => {
    for (const { name } of calls) expect(Object.keys(examplesNamed(name, "401"))[0], name).toBe("invalidKey");
  });

  it("has every message that clients compare", () => {
    const successes = examples.filter(({ name }) => / 200 /.test(name)).map(({ value }) => asNode(value).message);
    expect(successes).toEqual(expect.arrayContaining(SUCCESS_TEXTS));
  });

  it("shows a right code with either form of success, and only with the one text that means it", () => {
    const { valid, validAsBoolean } = examplesNamed("tokensVerify", "200");
    expect(valid).toMatchObject({ token: "is valid", success: "true" });
    expect(validAsBoolean).toMatchObject({ token: "is valid", success: true });
  });

  it("has the wrong field of a user beside the errors too", () => {
    const { invalidUser } = examplesNamed("usersCreate", "400");
    expect(invalidUser).toMatchObject({ cellphone: "is invalid", errors: { cellphone: "is invalid" } });
  });

  it("has failures in the form of the service or of a gateway", () => {
    const failures = examples.filter(({ name }) => / ([345]\d\d|default) /.test(name));
    expect(failures.length).toBeGreaterThan(calls.length);
    for (const { name, value } of failures) {
      const body = asNode(value);
      const gateway = Object.keys(body).join() === "message";
      if (!gateway) expect(body, name).toMatchObject({ message: expect.any(String), success: false, errors: {} });
      if (!gateway) expect(body.error_code, name).toMatch(/^60\d{3}$/);
    }
  });

  it("lists and explains every error code of its examples", () => {
    const known = asList(asNode(schemas.KnownErrorCode).enum);
    const shown = examples.flatMap(({ value }) => asNode(value).error_code ?? []);
    expect(new Set(shown).size).toBeGreaterThan(15);
    expect(known).toEqual(expect.arrayContaining(shown));

    const words = String(asNode(schemas.KnownErrorCode).description);
    const explained = new Set(words.match(/\b60\d{3}\b/g));
    for (const [, from, to] of words.matchAll(/(60\d{3}) to (60\d{3})/g)) {
      for (let code = Number(from); code <= Number(to); code++) explained.add(String(code));
    }
    expect([...explained].sort()).toEqual(known);
  });

  it("is in snake_case, and renames ambiguous fields", () => {
    const names: Record<string, Json> = {};
    const strange: string[] = [];
    for (const schema of Object.keys(schemas)) {
      visit(document, `/components/schemas/${schema}`, ({ properties }, where) => {
        for (const [key, property] of Object.entries(asNode(properties))) {
          if (!/^_?[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(key)) strange.push(`${where} ${key}`);
          const name = asNode(property)["x-name"];
          if (name !== undefined) names[`${where.split("/").at(-1)}.${key}`] = name;
        }
      });
    }
    expect(strange).toEqual([]);
    expect(names).toEqual({
      "ApprovalRequest._id": "internalId",
      "ApprovalRequest.app_id": "internalAppId",
      "ApprovalRequest.user_id": "internalUserId",
      "CallbackApprovalRequest.app_id": "internalAppId",
      "ErrorResponse.country_code": "country_code",
    });
  });
});

describe("the callback of openapi/authy.yaml", () => {
  const [callback, ...others] = operations.filter(({ webhook }) => webhook);
  const { node = {}, pointer = "" } = callback ?? {};
  const body = follow(document, `${pointer}/requestBody/content/application~1json/schema`);

  it("is one webhook, without an id of an operation and without the key", () => {
    expect(others).toEqual([]);
    expect(callback).toMatchObject({ name: "webhook oneTouchCallback", route: "POST oneTouchCallback" });
    expect(node).not.toHaveProperty("operationId");
    expect(node).toMatchObject({ description: expect.any(String), security: [], responses: { "200": {} } });
  });

  it("is signed by two headers", () => {
    const headers = asList(node.parameters).map((_, index) => follow(document, `${pointer}/parameters/${index}`).node);
    expect(headers).toMatchObject([
      { name: "X-Authy-Signature", in: "header", required: true, example: expect.stringMatching(/^[\w+/]{43}=$/) },
      { name: "X-Authy-Signature-Nonce", in: "header", required: true, example: "1653487601" },
    ]);
  });

  it("has an example with every field", () => {
    const missing: string[] = [];
    const example = at(document, `${pointer}/requestBody/content/application~1json/examples/approved/value`);
    const compare = (where: string, value: Json | undefined) => {
      const { pointer, node } = follow(document, where);
      for (const key of Object.keys(asNode(node.properties))) {
        const inner = asNode(value)[key];
        if (inner === undefined) missing.push(`${pointer} ${key}`);
        if (isNode(inner)) compare(`${pointer}/properties/${key}`, inner);
      }
    };
    compare(body.pointer, example);
    expect(missing).toEqual([]);
  });

  it("allows other fields than those described", () => {
    const closed: string[] = [];
    visit(document, body.pointer, (schema, where) => {
      if (schema.additionalProperties === false || "enum" in schema) closed.push(where);
    });
    expect(closed.filter((where) => !where.startsWith("/components/schemas/Known"))).toEqual([]);
  });
});
