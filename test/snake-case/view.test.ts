import { mock } from "node:test";
import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { Authsignal, snakeCase } from "../../src/index.ts";
import { client, failureOf, SECRET, USER } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

/** A Promise of another library, as far as `await` looks at it. */
class Thenable<Value> implements PromiseLike<Value> {
  readonly #value: Value;
  constructor(value: Value) {
    this.#value = value;
  }
  // biome-ignore lint/suspicious/noThenProperty: this is what a thenable is
  then<Kept = Value, Lost = never>(
    fulfilled?: ((value: Value) => Kept | PromiseLike<Kept>) | null,
    rejected?: ((reason: unknown) => Lost | PromiseLike<Lost>) | null,
  ): PromiseLike<Kept | Lost> {
    return Promise.resolve(this.#value).then(fulfilled, rejected);
  }
}

describe("a view in snake_case", () => {
  it("is one for each client, with the same methods each time", () => {
    const authsignal = client("http://127.0.0.1:9");
    expect(snakeCase(authsignal)).toBe(snakeCase(authsignal));
    expect(snakeCase(authsignal).get_user).toBe(snakeCase(authsignal).get_user);
  });

  it("tells what it has", () => {
    const view = snakeCase(client("http://127.0.0.1:9"));
    expect(["get_user", "validate_challenge", "api_url", "toString"].map((name) => name in view)).toEqual(
      Array(4).fill(true),
    );
    expect(["get_nothing", "#api", "constructor_"].map((name) => name in view)).toEqual(Array(3).fill(false));
    expect(Object.keys(view)).toEqual(Object.keys(client("http://127.0.0.1:9")).map((name) => snakeName(name)));
    expect(Reflect.ownKeys(view)).toEqual(expect.arrayContaining(["api_url", "get_user", "query_all_users"]));
    expect(Object.getOwnPropertyNames(Object.getOwnPropertyDescriptors(view))).not.toContain("constructor");
    expect(Object.hasOwn(view, "get_user")).toBe(true);
    expect(String(view)).toBe("[object Object]");
  });

  it("can be spied on with vitest, and restored", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = client(server.url);
    const spy = vi.spyOn(snakeCase(authsignal), "get_user").mockResolvedValueOnce({ is_enrolled: false });
    expect(await snakeCase(authsignal).get_user({ user_id: "u" })).toEqual({ is_enrolled: false });
    expect(await snakeCase(authsignal).get_user({ user_id: "u" })).toEqual({ is_enrolled: true });
    expect(spy.mock.calls).toEqual([[{ user_id: "u" }], [{ user_id: "u" }]]);
    spy.mockRestore();
    expect(vi.isMockFunction(snakeCase(authsignal).get_user)).toBe(false);
    expect(await snakeCase(authsignal).get_user({ user_id: "u" })).toEqual({ is_enrolled: true });
    expect(server.received).toHaveLength(2);
  });

  it("can be mocked with node:test, and restored", async () => {
    const view = snakeCase(client("http://127.0.0.1:9"));
    const original = view.get_user;
    const mocked = mock.method(view, "get_user", async () => ({ is_enrolled: false }));
    expect(await view.get_user({ user_id: "u" })).toEqual({ is_enrolled: false });
    mocked.mock.restore();
    expect(view.get_user).toBe(original);
  });

  it("shows a method that was replaced in the client", async () => {
    const authsignal = client("http://127.0.0.1:9");
    const { get_user } = snakeCase(authsignal);
    vi.spyOn(authsignal, "getUser").mockResolvedValue({ isEnrolled: false });
    expect(await get_user({ user_id: "u" })).toEqual({ is_enrolled: false });
    expect(authsignal.getUser).toHaveBeenCalledWith({ userId: "u" });
  });

  it("takes what is assigned or defined, as any object does, and gives the client's own when it is deleted", () => {
    const view = snakeCase(client("http://127.0.0.1:9"));
    const own = async () => ({ is_enrolled: true });
    expect(Reflect.set(view, "get_user", own)).toBe(true);
    expect(view.get_user).toBe(own);
    expect(Reflect.getOwnPropertyDescriptor(view, "get_user")).toMatchObject({ writable: true, configurable: true });
    Object.defineProperty(view, "verify", { value: own });
    expect(Reflect.getOwnPropertyDescriptor(view, "verify")).toMatchObject({ writable: true, configurable: true });
    expect(Reflect.deleteProperty(view, "get_user")).toBe(true);
    expect(view.get_user).not.toBe(own);
    expect("get_user" in view).toBe(true);
    expect(() => Object.freeze(view)).toThrow(TypeError);
  });

  it("shows a subclass, and methods that were added", async () => {
    class Mine extends Authsignal {
      async isKnown(request: { userId: string }): Promise<{ isKnown: boolean }> {
        return { isKnown: request.userId === "ann" };
      }
    }
    const view = snakeCase(new Mine({ apiSecretKey: SECRET }));
    expect(await view.is_known({ user_id: "ann" })).toEqual({ is_known: true });
    expect("is_known" in view && "get_user" in view).toBe(true);
    expectTypeOf(view.is_known).returns.resolves.toEqualTypeOf<{ is_known: boolean }>();
    const added = snakeCase(Object.assign(client("http://127.0.0.1:9"), { isHere: () => ({ isHere: true }) }));
    expect(added.is_here()).toEqual({ is_here: true });
  });

  it("shows a client whose methods exist only when they are asked for, as mocking libraries make them", async () => {
    const methods = new Proxy<Record<string, (request: object) => Promise<object>>>(
      {},
      {
        get: (_target, name) => (name === "then" ? undefined : async (request: object) => ({ sentAs: name, request })),
      },
    );
    expect(await snakeCase(methods).get_user?.({ user_id: "u" })).toEqual({
      sent_as: "getUser",
      request: { user_id: "u" },
    });
  });

  it("waits for any thenable", async () => {
    const stub = { getUser: (_request: { userId: string }) => new Thenable({ isEnrolled: true }) };
    const user = await snakeCase(stub).get_user({ user_id: "u" });
    expect(user).toEqual({ is_enrolled: true });
    expectTypeOf(user).toEqualTypeOf<{ is_enrolled: boolean }>();
  });

  it("waits while the global Promise is replaced, as zone.js does", async () => {
    const stub = { getUser: async (_request: { userId: string }) => ({ isEnrolled: true }) };
    vi.stubGlobal("Promise", class ZoneAwarePromise {});
    const user = snakeCase(stub).get_user({ user_id: "u" });
    vi.unstubAllGlobals();
    expect(await user).toEqual({ is_enrolled: true });
  });

  it("shows groups of methods of a stub, and leaves webhooks as they are", async () => {
    const webhook = { constructEvent: () => ({ eventType: "t" }) };
    const stub = { users: { requestSms: async (id: number) => ({ sentTo: id }) }, webhook };
    const view = snakeCase(stub);
    expect(await view.users.request_sms(1)).toEqual({ sent_to: 1 });
    expect(view.users).toBe(view.users);
    expect(view.webhook).toBe(webhook);
    vi.spyOn(view.users, "request_sms").mockResolvedValue({ sent_to: 2 });
    expect(await view.users.request_sms(1)).toEqual({ sent_to: 2 });
  });

  it("shows no secret", () => {
    const view = snakeCase(client("http://127.0.0.1:9"));
    const shown = [inspect(view, { showHidden: true, depth: null, showProxy: true }), JSON.stringify(view)];
    shown.push(JSON.stringify(Object.getOwnPropertyDescriptors(view)), inspect({ ...view }, { depth: null }));
    expect(shown.filter((text) => text.includes("s3cret"))).toEqual([]);
  });

  it.each([undefined, null, "client"])("is not made of %s", async (value) => {
    const made = async () => Reflect.apply(snakeCase, undefined, [value]);
    expect(await failureOf(made())).toMatchObject({
      errorCode: "invalid_argument",
      message: expect.stringContaining("snakeCase takes a client"),
    });
  });
});

function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
