import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { snakeCase } from "../../src/index.ts";
import { client, failureOf, TRACKED } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

class Dto {
  ip_address = "203.0.113.9";
  redirect_url: string | undefined = undefined;
  custom = { camelKey: 1, snake_key: new Date(0) };
}

class WithMethods extends Dto {
  validate(): boolean {
    return true;
  }
}

class Empty {}

class Serializable {
  #ip = "203.0.113.9";
  toJSON(): object {
    return { ip_address: this.#ip };
  }
}

class WithGetter {
  user_agent = "a";
  get ip_address(): string {
    return "203.0.113.9";
  }
}

class Hidden {
  #ip = "203.0.113.9";
  ip(): string {
    return this.#ip;
  }
}

/** The body that `track` sends for attributes, but for the key that it makes. */
async function sent(attributes: object): Promise<unknown> {
  await using server = await serve((response) => json(response, 200, TRACKED));
  await snakeCase(client(server.url)).track({ user_id: "u", action: "a", attributes });
  const { idempotencyKey: _made, ...body } = JSON.parse(server.received[0]?.body ?? "");
  return body;
}

/** How `track` refuses attributes. Nothing is sent: nothing listens at the address. */
function refusal(attributes: object): Promise<unknown> {
  return failureOf(snakeCase(client("http://127.0.0.1:9")).track({ user_id: "u", action: "a", attributes }));
}

const LOOP: Record<string, unknown> = {};
LOOP.self = LOOP;

function deep(levels: number): object {
  return levels === 0 ? {} : { inner: deep(levels - 1) };
}

describe("a request in snake_case", () => {
  it.each<[what: string, attributes: object, body: object]>([
    [
      "an instance of a class",
      new Dto(),
      { ipAddress: "203.0.113.9", custom: { camelKey: 1, snake_key: "1970-01-01T00:00:00.000Z" } },
    ],
    [
      "an instance of a class with methods",
      new WithMethods(),
      { ipAddress: "203.0.113.9", custom: { camelKey: 1, snake_key: "1970-01-01T00:00:00.000Z" } },
    ],
    ["an instance of an empty class", new Empty(), {}],
    ["what toJSON gives", new Serializable(), { ipAddress: "203.0.113.9" }],
    ["an object of another realm", runInNewContext('({ ip_address: "i" })'), { ipAddress: "i" }],
    ["an instance of another realm", runInNewContext('new (class { ip_address = "i" })()'), { ipAddress: "i" }],
    ["an object without a prototype", Object.assign(Object.create(null), { ip_address: "i" }), { ipAddress: "i" }],
    ["a proxy", new Proxy({ ip_address: "i" }, {}), { ipAddress: "i" }],
    ["instances in lists and fields", { some_list: [new Empty(), { a_b: 1 }] }, { someList: [{}, { aB: 1 }] }],
    ["dates and texts in a box", { some_date: new Date(0), s_t: Object("x") }, { someDate: new Date(0), sT: "x" }],
    ["undefined beside a value", { ip_address: "i", ipAddress: undefined }, { ipAddress: "i" }],
    ["a value after undefined", { ip_address: undefined, ipAddress: "i" }, { ipAddress: "i" }],
  ])("renames %s", async (_what, attributes, body) => {
    expect(await sent(attributes)).toEqual(JSON.parse(JSON.stringify(body)));
  });

  it("renames an instance in the place of the whole request", async () => {
    class TrackDto {
      user_id = "u";
      action = "a";
      attributes = { ip_address: "203.0.113.9" };
    }
    await using server = await serve((response) => json(response, 200, TRACKED));
    await snakeCase(client(server.url)).track(new TrackDto());
    expect(server.received[0]?.path).toBe("/users/u/actions/a");
    expect(JSON.parse(server.received[0]?.body ?? "")).toMatchObject({ ipAddress: "203.0.113.9" });
  });

  it.each<[what: string, attributes: object, message: RegExp]>([
    ["a Map", { device_data: new Map([["a", 1]]) }, /attributes\.device_data is of the class Map.*Object\.fromEntries/],
    ["a Set in a list", { list: [1, new Set([1])] }, /attributes\.list\[1] is of the class Set.*array/],
    ["a Map of another realm", { map: runInNewContext("new Map()") }, /attributes\.map is of the class Map/],
    ["an error", { reason: new Error("gone") }, /attributes\.reason is of the class Error/],
    ["a promise", { ip_address: Promise.resolve("i") }, /attributes\.ip_address is a promise\. Await it first/],
    ["a web request", { req: new Request("https://a.example") }, /attributes\.req is of the class Request/],
    ["a stream", { body: new ReadableStream() }, /attributes\.body is of the class ReadableStream/],
    ["a getter of a class", new WithGetter(), /attributes\.ip_address is a getter of a class/],
    ["an instance that hides its data", new Hidden(), /attributes is an instance of a class without public fields/],
    ["an object that holds itself", { custom_loop: LOOP }, /attributes\.custom_loop\.self holds itself/],
    ["an object that is too deep", deep(10_000), /is more than 500 levels deep/],
    [
      "two names of one field",
      { ip_address: "a", ipAddress: "b" },
      /attributes\.ip_address and attributes\.ipAddress are/,
    ],
    ["two names further down", { list: [{ a_b: 1, aB: 1 }] }, /attributes\.list\[0]\.a_b and attributes\.list\[0]\.aB/],
    ["a name that is no word", { "a b": { "c-d": new Set() } }, /attributes\["a b"]\["c-d"] is of the class Set/],
  ])("refuses %s by its path", async (_what, attributes, message) => {
    expect(await refusal(attributes)).toMatchObject({
      name: "AuthsignalError",
      errorCode: "invalid_argument",
      attempts: 0,
      message: expect.stringMatching(message),
    });
  });

  it("refuses a second user id that a body brought along", async () => {
    const body = { token: "t", userId: "mallory" };
    const call = snakeCase(client("http://127.0.0.1:9")).validate_challenge({ ...body, user_id: "ann" });
    expect(await failureOf(call)).toMatchObject({
      errorCode: "invalid_argument",
      message: expect.stringMatching(/userId and user_id are two names of one field\. Pass one of them only$/),
    });
  });

  it("refuses in the loop where a method gives one item after the other", async () => {
    const pages = snakeCase(client("http://127.0.0.1:9")).query_all_users({ email: "a", ...{ e_mail: 1, eMail: 2 } });
    expect(await failureOf(pages.next())).toMatchObject({ errorCode: "invalid_argument" });
  });

  it("leaves two such names alone in data of the user", async () => {
    const custom = { a_b: 1, aB: 2 };
    expect(await sent({ custom })).toEqual({ custom });
  });

  it("gives no object another prototype", async () => {
    const attributes = JSON.parse(
      '{"__proto__":{"is_admin":true},"constructor":1,"list":[{"__proto__":{"is_admin":true}}]}',
    );
    expect(await sent(attributes)).toMatchObject({ constructor: 1 });
    expect([Reflect.get({}, "isAdmin"), Reflect.get({}, "is_admin")]).toEqual([undefined, undefined]);
  });
});

describe("a response in snake_case", () => {
  it.each([
    ["after", { state: "ALLOW", idempotencyKey: "k", idempotency_key: "alien" }],
    ["before", { state: "ALLOW", idempotency_key: "alien", idempotencyKey: "k" }],
    ["of any kind", { state: "ALLOW", idempotency_Key: "x", idempotencyKey: "k", idempotency_key: "alien" }],
  ])("keeps the name of the API when another one comes %s it", async (_where, names) => {
    await using server = await serve((response) => json(response, 200, { ...TRACKED, ...names }));
    const tracked = await snakeCase(client(server.url)).track({ user_id: "u", action: "a" });
    expect(tracked.idempotency_key).toBe("k");
  });

  it("renames objects of another realm, which a test may bring", async () => {
    const answer: object = runInNewContext("({ isEnrolled: true, allowedVerificationMethods: [{ aB: 1 }] })");
    const stub = { getUser: async (_request: { userId: string }) => answer };
    expect(await snakeCase(stub).get_user({ user_id: "u" })).toEqual({
      is_enrolled: true,
      allowed_verification_methods: [{ a_b: 1 }],
    });
  });
});
