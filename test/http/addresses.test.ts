import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAuthsignalClient } from "../../src/client.ts";
import { Authsignal, type AuthsignalOptions, CallConnect } from "../../src/index.ts";
import { client, failureOf, SECRET, TRACKED, TRANSPORTS, USER } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

const REJECTED = { name: "AuthsignalError", errorCode: "invalid_argument", attempts: 0, mayHaveBeenProcessed: false };

describe.each(TRANSPORTS)("an id over %s", (_name, transport) => {
  it("reaches exactly the route that it belongs to, or is rejected before anything is sent", async () => {
    await using server = await serve((response) => json(response, 200, { success: true }));
    const authsignal = client(server.url, { ...transport, retries: 0 });
    const id = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.string({
        unit: fc.constantFrom(
          ".",
          "/",
          "\\",
          "%",
          "2",
          "e",
          "f",
          "?",
          "#",
          ":",
          "@",
          "\t",
          "\n",
          "\u0000",
          "\ud800",
          "é",
          "{",
          "}",
          " ",
          "+",
          ";",
        ),
      }),
      fc.constantFrom(
        "../x",
        "..",
        ".",
        "",
        "a/b",
        "%2e%2e",
        "%2F",
        "//",
        "?a=b",
        "#",
        "...",
        "authenticators",
        "{userId}",
        "$&",
        "$1",
      ),
    );
    await fc.assert(
      fc.asyncProperty(id, id, async (userId, userAuthenticatorId) => {
        const before = server.received.length;
        const outcome = await authsignal.deleteAuthenticator({ userId, userAuthenticatorId }).catch((error) => error);
        if (server.received.length === before) {
          expect(outcome).toMatchObject(REJECTED);
          expect(
            [userId, userAuthenticatorId].some((one) => ["", ".", ".."].includes(one) || !one.isWellFormed()),
          ).toBe(true);
          return;
        }
        expect(outcome).toEqual({ success: true });
        const segments = server.received.at(-1)?.path.split("/") ?? [];
        expect(segments.map(decodeURIComponent)).toEqual(["", "users", userId, "authenticators", userAuthenticatorId]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("an id of a caller without types", () => {
  it.each([undefined, null, 7, true, {}, ["u"], Symbol("u")])("is rejected when it is %o", async (userId) => {
    await using server = await serve((response) => json(response, 200, USER));
    const getUser: (request: object) => Promise<unknown> = (request) =>
      Reflect.apply(client(server.url).getUser, client(server.url), [request]);
    const error = await failureOf(getUser({ userId }));
    expect(error).toMatchObject({
      ...REJECTED,
      message: expect.stringMatching(/^invalid_argument: userId (is missing$|must be of type string, not )/),
    });
    expect(server.received).toHaveLength(0);
  });

  it.each([undefined, null, "usr_123", 7])("is rejected when the whole request is %o", async (request) => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = client(server.url);
    const methods = Object.getOwnPropertyNames(Authsignal.prototype).filter(
      (name) => !["constructor", "withResponse", "queryAllUsers", "getAuthenticatorConfigurations"].includes(name),
    );
    expect(methods).toHaveLength(28);
    for (const name of methods) {
      const error = await failureOf(
        Promise.resolve(Reflect.apply(Reflect.get(authsignal, name), authsignal, [request])),
      );
      expect(error, name).toMatchObject(REJECTED);
    }
    expect(server.received).toHaveLength(0);
  });

  it("is rejected when the body lacks a required field", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = client(server.url);
    const verify = (request: object) => failureOf(Reflect.apply(authsignal.verify, authsignal, [request]));
    expect(await verify({ challengeId: "c" })).toMatchObject({
      ...REJECTED,
      errorDescription: "The request body.verificationCode is missing",
    });
    expect(await verify({ challengeId: "c", verificationCode: 12345 })).toMatchObject({
      ...REJECTED,
      errorDescription: "The request body.verificationCode must be of type string, not number",
    });
    expect(server.received).toHaveLength(0);
  });

  it("is rejected when the request cannot be written as JSON or as a query", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = client(server.url);
    const loop: { self?: unknown } = {};
    loop.self = loop;
    for (const custom of [loop, { amount: 1n }]) {
      const track = Reflect.apply(authsignal.track, authsignal, [{ userId: "u", action: "a", attributes: { custom } }]);
      expect(await failureOf(track)).toMatchObject(REJECTED);
    }
    expect(await failureOf(authsignal.queryUsers({ email: "\ud800" }))).toMatchObject(REJECTED);
    expect(await failureOf(authsignal.queryUsers({ limit: Number.NaN }))).toMatchObject(REJECTED);
    const today: object = { userId: "u", fromDate: new Date() };
    expect(await failureOf(Reflect.apply(authsignal.queryUserActions, authsignal, [today]))).toMatchObject(REJECTED);
    expect(server.received).toHaveLength(0);
  });
});

describe("a query", () => {
  it("holds every given value, escaped", async () => {
    await using server = await serve((response) => json(response, 200, { users: [] }));
    await client(server.url).queryUsers({
      phoneNumber: "+64 27",
      email: "a&b=c#d@x",
      username: "",
      limit: 0,
      token: undefined,
    });
    const query = new URLSearchParams(server.received[0]?.path.split("?")[1]);
    expect(Object.fromEntries(query)).toEqual({ phoneNumber: "+64 27", email: "a&b=c#d@x", username: "", limit: "0" });
  });

  it("joins action codes, and omits an empty list", async () => {
    await using server = await serve((response) => json(response, 200, []));
    const authsignal = client(server.url);
    await authsignal.queryUserActions({ userId: "u", actionCodes: ["a", "b"], state: "ALLOW" });
    await authsignal.queryUserActions({ userId: "u", actionCodes: [] });
    await Reflect.apply(authsignal.queryUserActions, authsignal, [{ userId: "u", actionCodes: "a" }]);
    const [first, second, third] = server.received.map(({ path }) => path);
    expect(first).toBe("/users/u/actions?codes=a%2Cb&state=ALLOW");
    expect(second).toBe("/users/u/actions");
    expect(third).toBe("/users/u/actions?codes=a");
  });
});

describe("the address", () => {
  const called = async (options: Partial<AuthsignalOptions>): Promise<string> => {
    let url = "";
    const fetch = (request: Request) => {
      url = request.url;
      return Response.json(TRACKED);
    };
    await new Authsignal({ apiSecretKey: SECRET, fetch, ...options }).track({ userId: "u", action: "a" });
    return url.replace("/users/u/actions/a", "");
  };

  it.each([
    [{}, "https://api.authsignal.com/v1"],
    [{ region: "us" }, "https://api.authsignal.com/v1"],
    [{ region: "au" }, "https://au.api.authsignal.com/v1"],
    [{ region: "eu" }, "https://eu.api.authsignal.com/v1"],
    [{ region: "ca" }, "https://ca.api.authsignal.com/v1"],
    [{ apiUrl: undefined }, "https://api.authsignal.com/v1"],
    [{ apiUrl: "https://au.api.authsignal.com/v1/" }, "https://au.api.authsignal.com/v1"],
    [{ apiUrl: "https://signal.authsignal.com" }, "https://signal.authsignal.com/v1"],
    [{ apiUrl: "https://eu.signal.authsignal.com/" }, "https://eu.signal.authsignal.com/v1"],
    [{ apiUrl: "https://EU.API.Authsignal.com" }, "https://eu.api.authsignal.com/v1"],
    [{ apiUrl: " https://proxy.example.com/auth// " }, "https://proxy.example.com/auth"],
    [{ apiUrl: "https://proxy.example.com" }, "https://proxy.example.com"],
    [{ apiUrl: "http://127.0.0.1:4010" }, "http://127.0.0.1:4010"],
    [{ apiUrl: "http://127.8.8.8" }, "http://127.8.8.8"],
    [{ apiUrl: "http://[::1]:4010/" }, "http://[::1]:4010"],
    [{ apiUrl: "http://localhost:4010" }, "http://localhost:4010"],
    [{ apiUrl: "http://emulator:4010", allowInsecureHttp: true }, "http://emulator:4010"],
  ] satisfies [Partial<AuthsignalOptions>, string][])("of %j is %s", async (options, url) => {
    expect(await called(options)).toBe(url);
  });

  it("of Call Connect never gets a version", async () => {
    const urls: string[] = [];
    const fetch = (request: Request) => {
      urls.push(request.url);
      return Response.json({ success: true });
    };
    for (const apiUrl of [undefined, "https://au-connect.authsignal.com/"]) {
      const calls = new CallConnect({ apiSecretKey: SECRET, apiUrl, fetch });
      await calls.finishCall({ referenceId: "r", state: "CHALLENGE_FAILED" });
    }
    expect(urls).toEqual([
      "https://us-connect.authsignal.com/call/finish",
      "https://au-connect.authsignal.com/call/finish",
    ]);
  });
});

describe("the options of a call", () => {
  it("may be null", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = client(server.url);
    await expect(Reflect.apply(authsignal.getUser, authsignal, [{ userId: "u" }, null])).resolves.toEqual(USER);
  });
});

describe("the typed client", () => {
  it("sends the secret to no other address", async () => {
    await using elsewhere = await serve((response) => json(response, 200, USER));
    const api = createAuthsignalClient({ apiSecretKey: SECRET });
    const call = api.GET("/users/{userId}", { params: { path: { userId: "u" } }, baseUrl: elsewhere.url });
    expect(await failureOf(call)).toMatchObject(REJECTED);
    expect(elsewhere.received).toHaveLength(0);
  });
});

describe("the constructor", () => {
  const make = (options: object): unknown => Reflect.construct(Authsignal, [options]);
  const errorOf = (options: object): unknown => {
    try {
      return make(options);
    } catch (error) {
      return error;
    }
  };

  it.each([
    ["api.authsignal.com/v1", "like https://host/path"],
    ["ftp://api.authsignal.com", "like https://host/path"],
    ["javascript:alert(1)", "like https://host/path"],
    ["https://user:pa55@host/v1", "credentials"],
    ["https://host/v1?key=pa55", "query"],
    ["https://host/v1#pa55", "query"],
    ["https://host/?", "query"],
    ["https://host/v1/../admin", "a part of its path"],
    ["https://host/v1/%2E%2e/admin", "a part of its path"],
    ["https://host/v1\\.\\admin", "a part of its path"],
    ["https://host/v1/.\t./admin", "a part of its path"],
    [null, "like https://host/path"],
    ["http://api.authsignal.com/v1", "allowInsecureHttp"],
    ["http://localhost.evil.com", "allowInsecureHttp"],
    ["http://127.0.0.1.evil.com", "allowInsecureHttp"],
    ["http://10.0.0.1", "allowInsecureHttp"],
    ["", "like https://host/path"],
    [" ", "like https://host/path"],
    [7, "like https://host/path"],
    ["https://", "like https://host/path"],
  ])("rejects the apiUrl %j", (apiUrl, hint) => {
    const error = errorOf({ apiSecretKey: SECRET, apiUrl });
    expect(error).toMatchObject({ ...REJECTED, message: expect.stringContaining(hint) });
    expect(String(error)).not.toContain("pa55");
  });

  it.each([null, "", "  ", 7, {}, "a\u0000b", "a\nb", "a\u007fb", "\ud800", "k".repeat(1_000_000)])(
    "rejects the secret %j",
    (apiSecretKey) => {
      expect(errorOf({ apiSecretKey })).toMatchObject({
        ...REJECTED,
        message: expect.stringContaining("apiSecretKey"),
      });
    },
  );

  it("removes the white space around a secret", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    await new Authsignal({ apiSecretKey: ` ${SECRET}\n`, apiUrl: server.url }).getUser({ userId: "u" });
    const encoded = server.received[0]?.headers.authorization?.replace("Basic ", "") ?? "";
    expect(Buffer.from(encoded, "base64").toString()).toBe(`${SECRET}:`);
  });

  it.each([
    [{ region: "mars" }, "us, au, eu, ca"],
    [{ region: "__proto__" }, "us, au, eu, ca"],
    [{ region: "us", apiUrl: "https://host" }, "not both"],
    [{ timeout: 0 }, "timeout"],
    [{ timeout: -1 }, "timeout"],
    [{ timeout: Number.NaN }, "timeout"],
    [{ timeout: Number.POSITIVE_INFINITY }, "timeout"],
    [{ timeout: "10s" }, "timeout"],
    [{ timeout: "5000" }, "timeout"],
    [{ timeout: 2 ** 31 }, "timeout"],
    [{ retries: -1 }, "retries"],
    [{ retries: 1.5 }, "retries"],
    [{ retries: "2" }, "retries"],
    [{ fetch: "no" }, "fetch"],
    [{ agent: {} }, "agent"],
  ])("rejects %j", (options, hint) => {
    expect(errorOf({ apiSecretKey: SECRET, ...options })).toMatchObject({
      ...REJECTED,
      message: expect.stringContaining(hint),
    });
  });

  it("rejects options that are not an object", () => {
    for (const options of [7, "secret", true]) {
      expect(() => Reflect.construct(Authsignal, [options])).toThrow("invalid_argument");
      expect(() => Reflect.construct(CallConnect, [options])).toThrow("invalid_argument");
    }
    for (const options of [undefined, null, {}]) {
      expect(() => Reflect.construct(CallConnect, [options])).toThrow("apiSecretKey is missing");
    }
  });

  it.each([[{ timeout: 0 }], [{ retries: -1 }], [{ signal: {} }]])(
    "rejects the same values as options of a single call: %j",
    async (options) => {
      await using server = await serve((response) => json(response, 200, USER));
      const authsignal = client(server.url);
      const call = Reflect.apply(authsignal.getUser, authsignal, [{ userId: "u" }, options]);
      expect(await failureOf(call)).toMatchObject(REJECTED);
      expect(server.received).toHaveLength(0);
    },
  );
});
