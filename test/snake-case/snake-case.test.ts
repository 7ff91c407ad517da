import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { toCamelCase, toSnakeCase, toSnakeResponse } from "../../src/case.ts";
import { CallConnect, snakeCase } from "../../src/index.ts";
import { client, TRACKED } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

const CUSTOM = { camelKey: 1, snake_key: "two", "": true };

describe("snakeCase", () => {
  it("sends camelCase, gives snake_case, and leaves data of the user alone both ways", async () => {
    await using server = await serve((response) =>
      json(response, 200, { isEnrolled: true, emailVerified: false, custom: CUSTOM }),
    );
    const view = snakeCase(client(server.url));
    await view.update_user({ user_id: "u", attributes: { display_name: "Jo", email_verified: true, custom: CUSTOM } });
    expect(JSON.parse(server.received[0]?.body ?? "")).toEqual({
      displayName: "Jo",
      emailVerified: true,
      custom: CUSTOM,
    });
    const user = await view.get_user({ user_id: "u" });
    expect(user).toEqual({ is_enrolled: true, email_verified: false, custom: CUSTOM });
    expectTypeOf(user.is_enrolled).toEqualTypeOf<boolean>();
    expectTypeOf(user.enrolled_verification_methods?.[0]).toExtend<string | undefined>();
    // @ts-expect-error: the camelCase name is not there
    user.isEnrolled;
    // @ts-expect-error: nor is a misspelt one
    await view.get_user({ userId: "u" }).catch(() => {});
  });

  it("renames the known claims of a session and leaves the others, and what is in them", async () => {
    const user = {
      userId: "u",
      emailVerified: true,
      favouriteColour: "blue",
      custom: CUSTOM,
      orgRoles: { isAdmin: true },
    };
    await using server = await serve((response) => json(response, 200, { user, expiresAt: 1 }));
    const session = await snakeCase(client(server.url)).validate_session({ access_token: "t", client_ids: ["c"] });
    expect(JSON.parse(server.received[0]?.body ?? "")).toEqual({ accessToken: "t", clientIds: ["c"] });
    expect(session).toEqual({
      user: {
        user_id: "u",
        email_verified: true,
        favouriteColour: "blue",
        custom: CUSTOM,
        orgRoles: { isAdmin: true },
      },
      expires_at: 1,
    });
    expectTypeOf(session.user.user_id).toEqualTypeOf<string>();
  });

  it("goes into lists", async () => {
    const device = { userId: "u", deviceId: "d", createdAt: "2026-01-10T01:00:00.000Z" };
    await using server = await serve((response) => json(response, 200, [device]));
    const [first] = await snakeCase(client(server.url)).get_devices({ user_id: "u" });
    expect(first).toEqual({ user_id: "u", device_id: "d", created_at: device.createdAt });
    expectTypeOf(first?.device_id).toEqualTypeOf<string | undefined>();
  });

  it("leaves output, tokenPayload and the payload of a call alone", async () => {
    const answers = [
      { state: "ALLOW", createdAt: "t", stateUpdatedAt: "t", output: { riskBand: { isHigh: true } } },
      { users: [{ userId: "u" }], tokenPayload: { emailVerified: 1, email_verified: 2 } },
      { success: true },
    ];
    await using server = await serve((response, _request, count) => json(response, 200, answers[count - 1]));
    const view = snakeCase(client(server.url));
    const action = await view.get_action({ user_id: "u", action: "a", idempotency_key: "k" });
    expect(action).toEqual({
      state: "ALLOW",
      created_at: "t",
      state_updated_at: "t",
      output: { riskBand: { isHigh: true } },
    });
    expect(await view.query_users({ phone_number: "+64" })).toEqual({
      users: [{ user_id: "u" }],
      token_payload: { emailVerified: 1, email_verified: 2 },
    });
    const calls = snakeCase(new CallConnect({ apiSecretKey: "sk_test", apiUrl: server.url }));
    await calls.finish_call({ reference_id: "r", state: "CHALLENGE_FAILED", payload: CUSTOM });
    expect(JSON.parse(server.received[2]?.body ?? "")).toEqual({
      referenceId: "r",
      state: "CHALLENGE_FAILED",
      payload: CUSTOM,
    });
  });

  it("shows the first SDKs' names, the pages, the options, the errors and the webhooks of the same client", async () => {
    await using server = await serve((response, { path }) =>
      path.startsWith("/users?") ? json(response, 200, { users: [{ userId: "u" }] }) : json(response, 200, TRACKED),
    );
    const authsignal = client(server.url);
    const view = snakeCase(authsignal);
    const payload = { redirect_url: "https://app", custom: CUSTOM, idempotency_key: "k" };
    const tracked = await view.track_action({ user_id: "u", action_code: "a", payload });
    expect(tracked.idempotency_key).toBe(TRACKED.idempotencyKey);
    expect(JSON.parse(server.received[0]?.body ?? "")).toEqual({
      redirectUrl: "https://app",
      custom: CUSTOM,
      idempotencyKey: "k",
    });
    const found = [];
    for await (const user of view.query_all_users({ email: "jo@example.com" })) found.push(user);
    expect(found).toEqual([{ user_id: "u" }]);
    const reason = new Error("gone");
    await expect(view.get_user({ user_id: "u" }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(view.get_user({ user_id: "" })).rejects.toMatchObject({
      name: "AuthsignalError",
      errorCode: "invalid_argument",
    });
    expect(view.webhook).toBe(authsignal.webhook);
    expect(view.api_url).toBe(server.url);
    expect(await view).toBe(view);
  });

  it("does not change the caller's request", async () => {
    await using server = await serve((response) => json(response, 200, TRACKED));
    const request = Object.freeze({
      user_id: "u",
      action: "a",
      attributes: Object.freeze({ custom: Object.freeze(CUSTOM) }),
    });
    await snakeCase(client(server.url)).track(request);
    expect(request.attributes.custom).toEqual(CUSTOM);
  });
});

describe("the two namings", () => {
  it("turn into each other", () => {
    const word = fc.string({ unit: fc.constantFrom(..."abcxyz"), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const snake = words.join("_");
        expect(toSnakeCase(toCamelCase(snake))).toBe(snake);
      }),
    );
  });

  it("keep values, dates and hostile keys as they are", () => {
    const date = new Date(0);
    const value = { someDate: date, someList: [1, null, "x"], nested: JSON.parse('{"__proto__":{"isAdmin":true}}') };
    const renamed = toSnakeResponse(value);
    expect(renamed).toMatchObject({ some_date: date, some_list: [1, null, "x"] });
    expect("isAdmin" in {}).toBe(false);
  });
});
