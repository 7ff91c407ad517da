import { describe, expect, it } from "vitest";
import type { UserSummary } from "../../src/index.ts";
import { client, TRACKED } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

describe("queryAllUsers", () => {
  it("reads page after page, each when it is needed", async () => {
    const pages = [
      { users: [{ userId: "1" }, { userId: "2" }], lastEvaluatedUserId: "2" },
      { users: [], lastEvaluatedUserId: "2b" },
      { users: [{ userId: "3" }] },
    ];
    await using server = await serve((response, _request, count) => json(response, 200, pages[count - 1]));
    const found: UserSummary[] = [];
    for await (const user of client(server.url).queryAllUsers({ email: "jo@example.com", limit: 2 })) {
      if (found.length === 1) expect(server.received).toHaveLength(1);
      found.push(user);
    }
    expect(found.map(({ userId }) => userId)).toEqual(["1", "2", "3"]);
    expect(server.received.map(({ path }) => path)).toEqual([
      "/users?email=jo%40example.com&limit=2",
      "/users?email=jo%40example.com&limit=2&lastEvaluatedUserId=2",
      "/users?email=jo%40example.com&limit=2&lastEvaluatedUserId=2b",
    ]);
  });

  it("can be left early, and begun in the middle", async () => {
    await using server = await serve((response) =>
      json(response, 200, { users: [{ userId: "1" }], lastEvaluatedUserId: "1" }),
    );
    for await (const user of client(server.url).queryAllUsers({ email: "e", lastEvaluatedUserId: "0" })) {
      expect(user.userId).toBe("1");
      break;
    }
    expect(server.received.map(({ path }) => path)).toEqual(["/users?email=e&lastEvaluatedUserId=0"]);
  });

  it("does not go round in circles", async () => {
    await using server = await serve((response, _request, count) =>
      json(response, 200, { users: [{ userId: `${count}` }], lastEvaluatedUserId: count % 2 ? "a" : "b" }),
    );
    const users = client(server.url).queryAllUsers({ email: "e" });
    expect((await users.next()).value).toEqual({ userId: "1" });
    expect((await users.next()).value).toEqual({ userId: "2" });
    await expect(users.next()).rejects.toMatchObject({ errorCode: "invalid_response", statusCode: undefined });
    expect(server.received).toHaveLength(3);
  });

  it("passes errors on", async () => {
    await using server = await serve((response) => json(response, 401, { errorCode: "unauthorized" }));
    const users = client(server.url).queryAllUsers({ email: "e" });
    await expect(users.next()).rejects.toMatchObject({ errorCode: "unauthorized" });
  });
});

describe("validateChallenge", () => {
  it.each([
    [
      { isValid: true, actionCode: "signIn" },
      { isValid: true, action: "signIn" },
    ],
    [
      { isValid: true, actionCode: "old", action: "new" },
      { isValid: true, action: "new" },
    ],
    [
      { isValid: false, error: "User is invalid." },
      { isValid: false, error: "User is invalid." },
    ],
  ])("makes %j into %j", async (answer, value) => {
    await using server = await serve((response) => json(response, 200, answer));
    expect(await client(server.url).validateChallenge({ token: "t" })).toStrictEqual(value);
  });
});

describe("the names of the first SDKs", () => {
  it("reach the same operations", async () => {
    const authenticator = {
      userAuthenticatorId: "i",
      verificationMethod: "SMS",
      createdAt: "2026-01-10T01:00:00.000Z",
    };
    await using server = await serve((response) => json(response, 200, { ...TRACKED, authenticator }));
    const authsignal = client(server.url);
    await authsignal.trackAction({ userId: "u", actionCode: "a", payload: { idempotencyKey: "k", email: "e" } });
    await authsignal.identify({ userId: "u", payload: { email: "e" } });
    await authsignal.enrolAuthenticator({ userId: "u", payload: { oobChannel: "SMS", phoneNumber: "+64" } });
    await authsignal.enrolAuthenticator({ userId: "u", payload: { verificationMethod: "EMAIL_OTP", email: "e" } });
    expect(server.received.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
      ["POST", "/users/u/actions/a", { idempotencyKey: "k", email: "e" }],
      ["PATCH", "/users/u", { email: "e" }],
      ["POST", "/users/u/authenticators", { verificationMethod: "SMS", phoneNumber: "+64" }],
      ["POST", "/users/u/authenticators", { verificationMethod: "EMAIL_OTP", email: "e" }],
    ]);
  });
});
