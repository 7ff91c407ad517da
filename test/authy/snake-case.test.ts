import { describe, expect, expectTypeOf, it } from "vitest";
import { type AuthyApiClient, AuthyError } from "../../src/authy/index.ts";
import { type SnakeCaseClient, snakeCase } from "../../src/index.ts";
import { AUTHY_ID, authyAt, INVALID_TOKEN, SENT } from "../support/authy/support.ts";
import { VECTORS } from "../support/authy/vectors.ts";
import { json, serve } from "../support/server.ts";

const DETAILS = { accountName: "a", account_name: "b", "Process ID": "c" };

describe("snakeCase of an Authy client", () => {
  it("shows methods, requests and results in the names of the Python client", async () => {
    await using server = await serve((response) => json(response, 200, { ...SENT, device: "iphone", ignored: true }));
    const view = snakeCase(authyAt(server.url));
    const sent = await view.users.request_sms(AUTHY_ID, { force: true, action_message: "Pay" }, { retries: 0 });
    expect(server.received[0]?.path).toBe("/protected/json/sms/40213377?force=true&action_message=Pay");
    expect([sent.ok(), sent.ignored(), sent.errors(), sent.error]).toEqual([true, true, {}, undefined]);
    expect(sent.content).toEqual({ ...SENT, device: "iphone", ignored: true });
    expect(view.api_url).toBe(server.url);
    expectTypeOf(view).toEqualTypeOf<SnakeCaseClient<AuthyApiClient>>();
    // @ts-expect-error: the camelCase name is not there
    view.users.requestSms;
  });

  it("leaves the user's own names alone both ways", async () => {
    const approval = { uuid: "u", status: "approved", _app_name: "n", seconds_to_expire: 120 };
    await using server = await serve((response) => json(response, 200, { success: true, approval_request: approval }));
    const { one_touch } = snakeCase(authyAt(server.url));
    const sent = await one_touch.send_request(AUTHY_ID, {
      message: "Approve?",
      details: DETAILS,
      hidden_details: DETAILS,
      seconds_to_expire: 120,
    });
    expect(JSON.parse(server.received[0]?.body ?? "")).toEqual({
      message: "Approve?",
      details: DETAILS,
      hidden_details: DETAILS,
      seconds_to_expire: 120,
    });
    expect(sent.get_uuid()).toBe("u");
    const read = await one_touch.get_approval_status("u");
    expect(read.status()).toBe("approved");
    expect(read.content).toEqual({
      success: true,
      approval_request: { uuid: "u", status: "approved", app_name: "n", seconds_to_expire: 120 },
    });
    expectTypeOf(read.status).returns.toExtend<string | undefined>();
  });

  it("tells the compiler what a success holds", async () => {
    await using server = await serve((response) => json(response, 200, { user: { id: AUTHY_ID }, success: true }));
    const created = await snakeCase(authyAt(server.url)).users.create({
      email: "m@example.com",
      cellphone: "415-555-0137",
      country_code: 1,
    });
    if (!created.ok()) throw new Error("It is no success");
    expectTypeOf(created.content.user.id).toEqualTypeOf<number>();
    expect(created.id).toBe(AUTHY_ID);
  });

  it("leaves the names of wrong fields as the service gives them", async () => {
    const errors = { country_code: "is wrong", FooBar: "is wrong", camelKey: "is wrong" };
    const body = { message: "m", success: false, errors, error_code: "60027" };
    await using server = await serve((response) => json(response, 400, body));
    const status = await snakeCase(authyAt(server.url)).users.status(AUTHY_ID);
    expect(status.content).toEqual(body);
    expect(status.errors()).toEqual({ message: "m", ...errors });
  });

  it("returns failures as results, and throws errors", async () => {
    await using server = await serve((response) => json(response, 401, INVALID_TOKEN));
    const view = snakeCase(authyAt(server.url));
    const checked = await view.tokens.verify(AUTHY_ID, "0297731");
    expect(checked.ok()).toBe(false);
    expect(checked.error).toBeInstanceOf(AuthyError);
    expect(checked.content).toMatchObject({ error_code: "60020" });
    await expect(view.tokens.verify(AUTHY_ID, "1")).rejects.toBeInstanceOf(AuthyError);
  });

  it.each(VECTORS.filter(({ method, isGood }) => isGood && method === "POST"))(
    "verifies the callback $id",
    (vector) => {
      const { one_touch } = snakeCase(authyAt("https://gateway.example.com", { apiKey: vector.key }));
      const params = JSON.parse(vector.params);
      expect(one_touch.validate_one_touch_signature({ ...vector, params })).toBe(true);
    },
  );
});
