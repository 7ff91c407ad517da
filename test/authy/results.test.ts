import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import { AuthyError } from "../../src/authy/index.ts";
import { AUTHY_ID, authyAt, INVALID_TOKEN, KEY, SENT, VALID_TOKEN } from "../support/authy/support.ts";
import { failureOf } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

const UUID = "c9d0f0a2-6a1b-0139-5f0e-0242ac110002";

function answering(status: number, body: unknown) {
  return serve((response) => json(response, status, body));
}

describe("a result", () => {
  it("gives the id of a new user", async () => {
    await using server = await answering(200, {
      message: "User created successfully.",
      user: { id: AUTHY_ID },
      success: true,
    });
    const created = await authyAt(server.url).users.create({ email: "mira@example.com", cellphone: "415-555-0137" });
    expect(created.ok()).toBe(true);
    expect(created.id).toBe(AUTHY_ID);
    expect(created.errors()).toEqual({});
    expect(created.error).toBeUndefined();
    expectTypeOf(created.id).toEqualTypeOf<number | undefined>();
    if (created.ok()) expectTypeOf(created.content.user.id).toEqualTypeOf<number>();
    if (created.ok()) expectTypeOf(created.id).toEqualTypeOf<number>();
  });

  it("gives the problems of a new user by field, in snake_case", async () => {
    const message = "User was not valid";
    const body = {
      country_code: "is not supported",
      message,
      success: false,
      errors: { country_code: "is not supported", message },
      error_code: "60027",
    };
    await using server = await answering(400, body);
    const created = await authyAt(server.url).users.create({ email: "mira@example.com", cellphone: "415-555-0137" });
    expect(created.ok()).toBe(false);
    expect(created.id).toBeUndefined();
    expect(created.errors()).toEqual({ message, country_code: "is not supported" });
    expect(created.content).toMatchObject({ errorCode: "60027" });
    expect(created.error).toBeInstanceOf(AuthyError);
    expect(created.error).toMatchObject({
      statusCode: 400,
      errorCode: "60027",
      errorDescription: message,
      attempts: 1,
      mayHaveBeenProcessed: false,
    });
  });

  it("tells when nothing was sent because the user has the app", async () => {
    const answers = [SENT, { ...SENT, device: "iphone", ignored: true }, { ...SENT, ignored: false }];
    await using server = await serve((response, _request, count) => json(response, 200, answers[count - 1]));
    const authy = authyAt(server.url);
    const results = [];
    for (const _answer of answers) results.push(await authy.users.requestSms(AUTHY_ID));
    expect(results.map((result) => result.ignored())).toEqual([false, true, false]);
    expect(results.every((result) => result.ok())).toBe(true);
  });

  it("gives the decision of the user as its status", async () => {
    await using server = await serve((response, { method }) =>
      json(response, 200, {
        success: true,
        approval_request: method === "POST" ? { uuid: UUID } : { uuid: UUID, status: "denied" },
      }),
    );
    const { oneTouch } = authyAt(server.url);
    const sent = await oneTouch.sendRequest(AUTHY_ID, { message: "Approve?" });
    expect([sent.ok(), sent.getUuid(), sent.status()]).toEqual([true, UUID, undefined]);
    const read = await oneTouch.getApprovalStatus(UUID);
    expect([read.ok(), read.getUuid(), read.status()]).toEqual([true, UUID, "denied"]);
  });

  it("says what is wrong also when the service names no field", async () => {
    const message = `Approval request not found: ${UUID}`;
    await using server = await answering(404, { message, success: false, errors: {}, error_code: "60049" });
    const read = await authyAt(server.url).oneTouch.getApprovalStatus(UUID);
    expect([read.ok(), read.getUuid(), read.status()]).toEqual([false, undefined, undefined]);
    expect(read.errors()).toEqual({ message });
  });

  it.each([
    ["a page", "<html>Bad gateway</html>"],
    ["nothing", ""],
    ["JSON that is no object", "null"],
    ["errors that are a text", '{"errors":"bad"}'],
    ["a list", '[1,{"a":"b"}]'],
    ["a number", "42"],
  ])("reads an error response that holds %s", async (_what, body) => {
    await using server = await serve((response) => response.writeHead(502).end(body));
    const status = await authyAt(server.url, { retries: 0 }).users.status(AUTHY_ID);
    expect(status.ok()).toBe(false);
    expect(status.errors()).toEqual({ message: "502 invalid_response" });
    expect(typeof status.content).not.toBe("undefined");
    expect(status.error).toMatchObject({ statusCode: 502, errorCode: "invalid_response", mayHaveBeenProcessed: true });
  });

  it("has the text of a response that is not JSON", async () => {
    await using server = await serve((response) => response.writeHead(404).end("Requested URL was not found"));
    const status = await authyAt(server.url).users.status(AUTHY_ID);
    expect(status.content).toBe("Requested URL was not found");
    expect(status.errors()).toEqual({ message: "Requested URL was not found" });
    expect(status.error).toMatchObject({ statusCode: 404, errorCode: "not_found" });
  });

  it("is a failure when a 200 says success: false", async () => {
    await using server = await answering(200, { message: "Not today", success: false });
    const removed = await authyAt(server.url).users.delete(AUTHY_ID);
    expect(removed.ok()).toBe(false);
    expect(removed.errors()).toEqual({ message: "Not today" });
    expect(removed.error).toMatchObject({ statusCode: 200, errorCode: "invalid_response", mayHaveBeenProcessed: true });
  });

  it("keeps the code of a 200 that says success: false, and counts the attempts", async () => {
    const body = { message: "User is not ok", success: false, error_code: "60028", errors: { email: "is wrong" } };
    await using server = await serve((response, _request, count) =>
      count === 1
        ? json(response, 503, {}, { "retry-after": "0" })
        : json(response, 200, body, { "x-request-id": "request_1" }),
    );
    const removed = await authyAt(server.url).users.delete(AUTHY_ID);
    expect(removed.ok()).toBe(false);
    expect(removed.error).toMatchObject({
      errorCode: "60028",
      errorDescription: "User is not ok",
      requestId: "request_1",
      attempts: 2,
    });
    expect(removed.errors()).toEqual({ message: "User is not ok", email: "is wrong" });
    expect(removed.content).toMatchObject({ errorCode: "60028" });
  });

  it("holds no secret, even when the service repeats it", async () => {
    await using server = await answering(401, { message: `Invalid API key ${KEY}`, error_code: "60001" });
    const result = await authyAt(server.url).apps.fetch();
    const { error } = result;
    expect(`${error?.stack} ${JSON.stringify([error, result, result.errors()])} ${inspect(result)}`).not.toContain(KEY);
    expect(error).toMatchObject({ statusCode: 401, errorCode: "60001", errorDescription: "Invalid API key [secret]" });
  });

  it("holds no secret when a 200 with success: false repeats it", async () => {
    await using server = await answering(200, { message: `Hello ${KEY}`, success: false });
    const result = await authyAt(server.url).users.delete(AUTHY_ID);
    expect(result.error).toBeInstanceOf(AuthyError);
    expect(`${result.error?.stack} ${inspect(result)} ${JSON.stringify(result.errors())}`).not.toContain(KEY);
    const thrown = await failureOf(authyAt(server.url, { throwOnFailure: true }).users.delete(AUTHY_ID));
    expect(`${Object(thrown).stack} ${inspect(thrown)}`).not.toContain(KEY);
  });
});

describe("the result of a code that was checked", () => {
  it.each([
    ["as the service says it", VALID_TOKEN],
    ["with a boolean", { ...VALID_TOKEN, success: true }],
    ["spread over lines", JSON.parse(JSON.stringify(VALID_TOKEN, null, 2))],
  ])("is right %s", async (_how, body) => {
    await using server = await answering(200, body);
    const checked = await authyAt(server.url).tokens.verify(AUTHY_ID, "0297731");
    expect(checked.ok()).toBe(true);
    expect(checked.content).toMatchObject({ success: true, device: { osType: "sms" } });
    if (checked.ok()) expectTypeOf(checked.content.success).toEqualTypeOf<boolean>();
  });

  it.each([
    ["is called invalid", { ...VALID_TOKEN, token: "is invalid" }],
    ["is valid in the message only", { ...VALID_TOKEN, token: "" }],
    ["is no success", { ...VALID_TOKEN, success: "false" }],
    ["is no success, as a boolean", { ...VALID_TOKEN, success: false }],
    ["is a success of no kind", { ...VALID_TOKEN, success: 1 }],
    ["is null", { ...VALID_TOKEN, success: null }],
  ])("is not right when it %s", async (_what, body) => {
    await using server = await answering(200, body);
    const checked = await authyAt(server.url).tokens.verify(AUTHY_ID, "0297731");
    expect(checked.ok()).toBe(false);
    expect(checked.error).toBeInstanceOf(AuthyError);
  });

  it("is not right when it is refused", async () => {
    await using server = await answering(401, INVALID_TOKEN);
    const checked = await authyAt(server.url).tokens.verify(AUTHY_ID, "0297731");
    expect(checked.ok()).toBe(false);
    expect(checked.errors()).toEqual({ message: "Token is invalid", token: "is invalid" });
    expect(checked.error).toMatchObject({ statusCode: 401, errorCode: "60020" });
  });

  it.each([
    ["the page of another server", "<html>Log in to the WLAN</html>"],
    ["nothing", ""],
    ["an empty object", "{}"],
    ["the right words in a text", '"is valid"'],
  ])("is an error when a 200 holds %s", async (_what, body) => {
    await using server = await serve((response) => response.end(body));
    const failure = await failureOf(authyAt(server.url).tokens.verify(AUTHY_ID, "0297731"));
    expect(failure).toBeInstanceOf(AuthyError);
    expect(failure).toMatchObject({ statusCode: 200, errorCode: "invalid_response" });
  });
});

describe("throwOnFailure", () => {
  it("throws what the result would hold", async () => {
    await using server = await answering(401, INVALID_TOKEN);
    const failure = await failureOf(authyAt(server.url, { throwOnFailure: true }).tokens.verify(AUTHY_ID, "0297731"));
    expect(failure).toBeInstanceOf(AuthyError);
    expect(failure).toMatchObject({ statusCode: 401, errorCode: "60020", message: "401 60020: Token is invalid" });
  });

  it("throws when a 200 does not say that the code is right", async () => {
    await using server = await answering(200, { ...VALID_TOKEN, token: "is invalid" });
    const failure = await failureOf(authyAt(server.url, { throwOnFailure: true }).tokens.verify(AUTHY_ID, "0297731"));
    expect(failure).toMatchObject({ name: "AuthyError", statusCode: 200 });
  });

  it("gives a success as before", async () => {
    await using server = await answering(200, VALID_TOKEN);
    const checked = await authyAt(server.url, { throwOnFailure: true }).tokens.verify(AUTHY_ID, "0297731");
    expect(checked.ok()).toBe(true);
  });

  it.each([false, true])("or not (%s), throws when there is no response", async (throwOnFailure) => {
    const gone = await answering(200, {});
    await gone[Symbol.asyncDispose]();
    const failure = await failureOf(authyAt(gone.url, { throwOnFailure, retries: 0 }).users.requestSms(AUTHY_ID));
    expect(failure).toMatchObject({ name: "AuthyError", errorCode: "network_error", mayHaveBeenProcessed: false });
    expect(Object(failure).statusCode).toBeUndefined();
  });
});
