import { Agent } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { AuthyApiClient } from "../../src/authy/index.ts";
import { createAuthsignalClient } from "../../src/client.ts";
import { createEmulator, startEmulator } from "../../src/emulator/index.ts";
import { Authsignal, CallConnect } from "../../src/index.ts";
import { client, failureOf, SECRET, USER } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

const REJECTED = { errorCode: "invalid_argument", attempts: 0, mayHaveBeenProcessed: false };

const make = (options: object): unknown => Reflect.construct(Authsignal, [{ apiSecretKey: SECRET, ...options }]);

describe("an unknown option", () => {
  it.each([
    ["apiURL", "apiUrl"],
    ["api_url", "apiUrl"],
    ["baseUrl", "apiUrl"],
    ["baseURL", "apiUrl"],
    ["apiKey", "apiSecretKey"],
    ["maxRetries", "retries"],
    ["httpsAgent", "agent"],
    ["timeOut", "timeout"],
  ])("%s is rejected, and %s is suggested", (name, meant) => {
    expect(() => make({ [name]: "https://gateway.example.com" })).toThrow(
      new RegExp(`no option "${name}"\\. Did you mean ${meant}\\? The options are .*apiUrl`),
    );
  });

  it("is rejected by every client, and for a single call", async () => {
    const unknown: object = { apiSecretKey: SECRET, apiKey: SECRET, verbose: true };
    for (const make of [Authsignal, CallConnect, AuthyApiClient]) {
      expect(() => Reflect.construct(make, [unknown])).toThrow(/There is no option/);
    }
    expect(() => Reflect.apply(createAuthsignalClient, undefined, [unknown])).toThrow(/no option/);
    const authsignal = client("http://127.0.0.1:9");
    const call = Reflect.apply(authsignal.getUser, authsignal, [{ userId: "u" }, { maxRetries: 5 }]);
    expect(await failureOf(call)).toMatchObject({
      ...REJECTED,
      message: expect.stringContaining("Did you mean retries?"),
    });
  });

  it("is ignored when its value is undefined", () => {
    expect(() => make({ apiURL: undefined })).not.toThrow();
  });

  it("is shown without control characters", () => {
    expect(() => make({ "\u001b[2J": 1 })).toThrow(/There is no option "\\u001b\[2J"/);
  });
});

describe("an emulator or a tenant", () => {
  it("may be passed whole, or spread", async () => {
    await using emulator = createEmulator();
    await using started = await startEmulator();
    for (const options of [emulator, emulator.tenant(), started, { ...started, timeout: 5_000 }, { ...emulator }]) {
      await expect(new Authsignal(options).getUser({ userId: "u" })).resolves.toMatchObject({ isEnrolled: false });
    }
  });
});

describe("options of Object.prototype", () => {
  const added: string[] = [];
  const add = (name: string, value: unknown) => {
    added.push(name);
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true, enumerable: false });
  };
  afterEach(() => {
    for (const name of added.splice(0)) Reflect.deleteProperty(Object.prototype, name);
  });

  it("are not read by a constructor, so that the secret is sent to no other address", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const seen: unknown[] = [];
    add("apiUrl", "https://thief.example");
    add("allowInsecureHttp", true);
    expect(new Authsignal({ apiSecretKey: SECRET }).apiUrl).toBe("https://api.authsignal.com/v1");
    expect(() => new Authsignal({ apiSecretKey: SECRET, apiUrl: "http://10.0.0.1" })).toThrow(/allowInsecureHttp/);
    const authsignal = new Authsignal({ apiSecretKey: SECRET, apiUrl: server.url });
    add("fetch", (request: Request) => {
      seen.push(request);
      return Promise.resolve(Response.json(USER));
    });
    await authsignal.getUser({ userId: "u" });
    expect(seen).toEqual([]);
  });

  it("are not read by a call: neither headers nor fetch nor serializers", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = client(server.url);
    const api = createAuthsignalClient({ apiSecretKey: SECRET, apiUrl: server.url });
    const user = { params: { path: { userId: "u" } } };
    const theirs: Record<string, unknown> = {
      parseAs: "text",
      headers: { "x-thief": "1", authorization: "Basic theirs" },
      baseUrl: "https://thief.example",
      fetch: () => Promise.resolve(Response.json({ isEnrolled: "theirs" })),
      bodySerializer: () => "theirs",
    };
    for (const [name, value] of Object.entries(theirs)) {
      add(name, value);
      expect(await authsignal.getUser({ userId: "u" })).toEqual(USER);
      expect((await api.GET("/users/{userId}", user)).data).toEqual(USER);
    }
    expect(server.received).toHaveLength(10);
    for (const { headers } of server.received) {
      expect(headers).not.toHaveProperty("x-thief");
      expect(headers.authorization).toBe(`Basic ${Buffer.from(`${SECRET}:`).toString("base64")}`);
    }
  });
});

describe("headers of the caller", () => {
  it("are sent with every call, and those of a call override those of the client", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = client(server.url, {
      headers: { "X-Route": "a", "User-Agent": "my-app/1", "x-left-out": undefined },
    });
    await authsignal.getUser({ userId: "u" });
    await authsignal.getUser({ userId: "u" }, { headers: { "x-route": "b" } });
    const [first, second] = server.received.map(({ headers }) => headers);
    expect(first).toMatchObject({ "x-route": "a" });
    expect(first).not.toHaveProperty("x-left-out");
    expect(second).toMatchObject({ "x-route": "b" });
    for (const headers of [first, second]) {
      expect(headers?.authorization).toBe(`Basic ${Buffer.from(`${SECRET}:`).toString("base64")}`);
    }
  });

  it("override those of the client in any case of their names, and undefined removes one", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = client(server.url, { headers: { "X-Tenant": "a", "User-Agent": "my-app/1" } });
    await authsignal.getUser({ userId: "u" }, { headers: { "x-tenant": undefined } });
    expect(server.received[0]?.headers).not.toHaveProperty("x-tenant");
    expect(server.received[0]?.headers["user-agent"]).toBe("my-app/1");
  });

  it.each([
    [{ Authorization: "Bearer x" }, "authorization"],
    [{ host: "thief.example" }, "host"],
    [{ "Content-Length": "1" }, "content-length"],
    [{ "transfer-encoding": "chunked" }, "transfer-encoding"],
    [{ "content-type": "text/plain" }, "content-type"],
    [{ "x y": "1" }, "letters, digits"],
    [{ "x-a": "1\r\nx-b: 2" }, "printable"],
    [{ "x-a": "漢" }, "printable"],
    [{ "x-a": 7 }, "printable"],
    [[["x-a", "1"]], "object of names"],
    ["x-a: 1", "object of names"],
  ])("%j are rejected", async (headers, hint) => {
    expect(() => make({ headers })).toThrow(new RegExp(hint, "i"));
    const authsignal = client("http://127.0.0.1:9");
    const call = Reflect.apply(authsignal.getUser, authsignal, [{ userId: "u" }, { headers }]);
    expect(await failureOf(call)).toMatchObject(REJECTED);
  });
});

describe("an agent", () => {
  /** Creates an agent that is no `http.Agent` but has what `node:http` uses, such as https-proxy-agent 5. */
  function agentByShape() {
    const inner = new Agent();
    const seen: { headers?: unknown }[] = [];
    return {
      seen,
      maxSockets: 1,
      destroy: () => inner.destroy(),
      addRequest(request: unknown, options: object) {
        seen.push(options);
        const addRequest: unknown = Reflect.get(inner, "addRequest");
        if (typeof addRequest === "function") Reflect.apply(addRequest, inner, [request, options]);
      },
    };
  }

  it("is accepted by its shape, and gets documented options only", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const agent = agentByShape();
    await client(server.url, { agent, retries: 0 }).getUser({ userId: "u" });
    expect(agent.seen).toHaveLength(1);
    const [{ headers } = {}] = agent.seen;
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(headers).toMatchObject({ accept: "application/json", authorization: expect.stringMatching(/^Basic /) });
    expect(agent.seen[0]).toMatchObject({ protocol: "http:", hostname: "127.0.0.1", method: "GET", path: "/users/u" });
    agent.destroy();
  });

  it.each([[{ agent: {} }], [{ agent: () => {} }], [{ agent: "proxy" }], [{ agent: null }]])(
    "%j is rejected",
    (options) => {
      expect(() => make(options)).toThrow(/agent must be one that node:http takes/);
    },
  );

  it("is rejected together with a fetch, which would not use it", () => {
    expect(() => make({ agent: new Agent(), fetch: () => Response.json(USER) })).toThrow(/fetch or agent, not both/);
  });
});

describe("options of a wrong type", () => {
  it.each([
    [{ region: null }, "region must be one of"],
    [{ apiUrl: "http://example.com", allowInsecureHttp: "false" }, "allowInsecureHttp must be true or false"],
    [{ dangerouslyAllowBrowser: "no" }, "dangerouslyAllowBrowser must be true or false"],
  ])("%j are rejected", (options, problem) => {
    expect(() => make(options)).toThrow(problem);
  });

  it.each([
    { aborted: false, addEventListener() {} },
    { addEventListener() {}, removeEventListener() {} },
    new AbortController(),
  ])("%o is rejected as a signal", async (signal) => {
    const authsignal = client("http://127.0.0.1:9");
    const call = Reflect.apply(authsignal.getUser, authsignal, [{ userId: "u" }, { signal }]);
    expect(await failureOf(call)).toMatchObject({ ...REJECTED, message: expect.stringContaining("AbortSignal") });
  });

  it.each([[["sk"]], [AbortSignal.abort()], ["sk"]])("%o is rejected as the options", async (options) => {
    expect(() => Reflect.construct(Authsignal, [options])).toThrow("The options must be an object");
    const authsignal = client("http://127.0.0.1:9");
    const call = Reflect.apply(authsignal.getUser, authsignal, [{ userId: "u" }, options]);
    expect(await failureOf(call)).toMatchObject(REJECTED);
  });
});
