import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import { Authsignal, type AuthsignalError, CallConnect, snakeCase } from "../../src/index.ts";
import { client, failureOf, SECRET, USER } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

describe("a client", () => {
  it("works behind a Proxy, as tracing and dependency injection make them", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const proxied = new Proxy(client(server.url), {});
    await expect(proxied.getUser({ userId: "u" })).resolves.toEqual(USER);
    const { webhook } = proxied;
    expect(() => new Proxy(webhook, {}).verify("{}", webhook.sign("{}"))).not.toThrow();
    const deep: ProxyHandler<Authsignal> = {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        return typeof member === "object" && member !== null ? new Proxy(member, {}) : member;
      },
    };
    await expect(new Proxy(client(server.url), deep).getUser({ userId: "u" })).resolves.toEqual(USER);
    server.received.length = 1;
    const calls = new Proxy(new CallConnect({ apiSecretKey: SECRET, apiUrl: server.url }), {});
    await calls.finishCall({ referenceId: "r", state: "CHALLENGE_FAILED" });
    expect(server.received.map(({ path }) => path)).toEqual(["/users/u", "/call/finish"]);
  });

  it("can be stubbed with a few of its methods, or all of them", async () => {
    class Fake implements Pick<Authsignal, "getUser" | "track"> {
      async getUser() {
        return { isEnrolled: true };
      }
      async track() {
        return { state: "ALLOW", url: "", token: "", isEnrolled: true, idempotencyKey: "" };
      }
    }
    expectTypeOf<Authsignal>().toExtend<{ [Name in keyof Authsignal]: Authsignal[Name] }>();
    expectTypeOf<{ [Name in keyof Authsignal]: Authsignal[Name] }>().toExtend<Authsignal>();
    expect(await new Fake().getUser()).toEqual({ isEnrolled: true });
  });

  it("shows its secret in no inspection, hidden fields included", () => {
    for (const one of [client("https://host"), new CallConnect({ apiSecretKey: SECRET })]) {
      const shown = [
        inspect(one, { showHidden: true, depth: null, getters: true }),
        inspect(new Proxy(one, {}), { showHidden: true, showProxy: true, depth: null }),
        JSON.stringify(one),
        JSON.stringify(Object.getOwnPropertyDescriptors(one)),
        Object.values(one).map(String).join(),
      ];
      for (const text of shown) {
        expect(text).not.toContain(SECRET);
        expect(text).not.toContain(Buffer.from(`${SECRET}:`).toString("base64"));
      }
    }
  });

  it("can be extended", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    class Mine extends Authsignal {
      override getUser(request: { userId: string }) {
        return super.getUser({ userId: `mine-${request.userId}` });
      }
    }
    const mine = new Mine({ apiSecretKey: SECRET, apiUrl: server.url });
    await mine.getUser({ userId: "u" });
    const { data } = await mine.withResponse((client) => client.getUser({ userId: "u" }));
    expect(data).toEqual(USER);
    expect(server.received.map(({ path }) => path)).toEqual(["/users/mine-u", "/users/mine-u"]);
  });
});

describe("withResponse", () => {
  it("gives status, headers, request id and attempts of a success", async () => {
    await using server = await serve((response, _request, count) => {
      if (count === 1) json(response, 503, {});
      else json(response, 200, USER, { "x-request-id": "req_1", "X-Mine": "1" });
    });
    const authsignal = client(server.url);
    const { data, response } = await authsignal.withResponse((client) => client.getUser({ userId: "u" }));
    expect(data).toEqual(USER);
    expectTypeOf(data.isEnrolled).toBeBoolean();
    expect(response).toMatchObject({ statusCode: 200, requestId: "req_1", attempts: 2 });
    expect(response.headers.get("x-mine")).toBe("1");
  });

  it("takes the options of the call", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    await client(server.url).withResponse((client) => client.getUser({ userId: "u" }, { headers: { "x-route": "a" } }));
    expect(server.received[0]?.headers["x-route"]).toBe("a");
  });

  it("rejects with the error of the call", async () => {
    await using server = await serve((response) => json(response, 404, { errorCode: "not_found" }));
    const call = client(server.url).withResponse((client) => client.getUser({ userId: "u" }));
    const error: Partial<AuthsignalError> = Object(await failureOf(call));
    expect(error).toMatchObject({ statusCode: 404, errorCode: "not_found" });
  });

  it("refuses a function that makes no call with its client, and what is no function", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = client(server.url);
    const call = authsignal.withResponse(() => authsignal.getUser({ userId: "u" }));
    expect(await failureOf(call)).toMatchObject({ errorCode: "invalid_argument", mayHaveBeenProcessed: true });
    const none = Reflect.apply(authsignal.withResponse, authsignal, []);
    expect(await failureOf(none)).toMatchObject({ errorCode: "invalid_argument", mayHaveBeenProcessed: false });
  });

  it("gives the function the client in snake_case, where it is called on one", async () => {
    await using server = await serve((response) => json(response, 200, { isEnrolled: true, custom: { myKey: 1 } }));
    const view = snakeCase(client(server.url));
    const { data, response } = await view.with_response((snake) => snake.get_user({ user_id: "u" }));
    expectTypeOf(data.is_enrolled).toBeBoolean();
    expect(data).toEqual({ is_enrolled: true, custom: { myKey: 1 } });
    expect(response).toMatchObject({ statusCode: 200, attempts: 1 });
  });
});
