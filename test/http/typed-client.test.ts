import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createAuthsignalClient } from "../../src/client.ts";
import { failureOf, SECRET, TRACKED, TRANSPORTS, USER } from "../support/clients.ts";
import { json, serve, serveRaw } from "../support/server.ts";

const REJECTED = { errorCode: "invalid_argument", attempts: 0, mayHaveBeenProcessed: false };
const user = { params: { path: { userId: "u" } } };
const action = { params: { path: { userId: "u", action: "a" } }, body: { idempotencyKey: "k" } };

const clientAt = (apiUrl: string) => createAuthsignalClient({ apiSecretKey: SECRET, apiUrl, retries: 1 });

describe.each(TRANSPORTS)("the typed client over %s", (_name, transport) => {
  it.each([
    ["an empty body", ""],
    ["a text", "Unauthorized"],
    ["a list", "[]"],
    ["a page", "<html></html>"],
  ])("returns an error for a 401 with %s", async (_what, body) => {
    await using server = await serve((response) => response.writeHead(401).end(body));
    const api = createAuthsignalClient({ apiSecretKey: SECRET, apiUrl: server.url, ...transport });
    const { data, error, response } = await api.GET("/users/{userId}", user);
    expect(data).toBeUndefined();
    expect(response.status).toBe(401);
    if (body === "[]") expect(error).toEqual([]);
    else expect(error).toMatchObject({ errorCode: "unauthorized" });
  });

  it.each(["HTTP/1.1 304 Not Modified", "HTTP/1.1 999 Odd", "HTTP/1.1 500 \u001b[31mred"])(
    "returns an error or rejects with one for %j",
    async (line) => {
      await using server = await serveRaw((socket) => {
        socket.once("data", () => socket.end(`${line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`));
      });
      const api = createAuthsignalClient({ apiSecretKey: SECRET, apiUrl: server.url, retries: 0, ...transport });
      const outcome = await api.GET("/users/{userId}", user).catch((error: unknown) => ({ error }));
      expect(outcome.error).toMatchObject({ errorCode: expect.stringMatching(/^(invalid_response|network_error)$/) });
    },
  );

  it("passes requests and responses of the platform to a middleware, and keeps retries and credentials", async () => {
    await using server = await serve((response, _request, count) => {
      if (count === 1) json(response, 503, {});
      else json(response, 200, TRACKED);
    });
    const seen: unknown[] = [];
    const api = createAuthsignalClient({ apiSecretKey: SECRET, apiUrl: server.url, ...transport });
    api.use({
      async onRequest({ request }) {
        seen.push(request instanceof Request, await request.clone().json(), request.headers.get("authorization"));
        const changed = new Request(request);
        changed.headers.set("x-mine", "1");
        return changed;
      },
      async onResponse({ response }) {
        seen.push(response instanceof Response, await response.clone().json(), response.url);
        return new Response(response.body, response);
      },
    });
    const { data } = await api.POST("/users/{userId}/actions/{action}", action);
    expect(data).toEqual(TRACKED);
    expect(server.received).toHaveLength(2);
    expect(server.received[1]?.headers).toMatchObject({
      "x-mine": "1",
      authorization: `Basic ${Buffer.from(`${SECRET}:`).toString("base64")}`,
    });
    const url = `${server.url}/users/u/actions/a`;
    expect(seen).toEqual([true, { idempotencyKey: "k" }, null, true, TRACKED, url]);
  });
});

describe("a call of the typed client", () => {
  it("may have its own fetch, with the same deadline and retries", async () => {
    const urls: string[] = [];
    const api = clientAt("https://host");
    const fetch = async (request: Request) => {
      urls.push(`${request.method} ${request.url} ${request.headers.get("authorization")}`);
      return urls.length === 1 ? new Response("{}", { status: 503 }) : Response.json(USER);
    };
    const { data } = await api.GET("/users/{userId}", { ...user, fetch });
    expect(data).toEqual(USER);
    const line = `GET https://host/users/u Basic ${Buffer.from(`${SECRET}:`).toString("base64")}`;
    expect(urls).toEqual([line, line]);
  });

  it("may have its own serializers", async () => {
    await using server = await serve((response) => json(response, 200, { ...TRACKED, users: [] }));
    const api = clientAt(server.url);
    await api.POST("/users/{userId}/actions/{action}", {
      ...action,
      bodySerializer: (body) => JSON.stringify({ ...body, userAgent: "mine" }),
    });
    await api.GET("/users", { params: { query: { username: "jo" } }, querySerializer: () => "username=ann" });
    expect(server.received.map(({ path, body }) => [path, body])).toEqual([
      ["/users/u/actions/a", '{"idempotencyKey":"k","userAgent":"mine"}'],
      ["/users?username=ann", ""],
    ]);
  });

  it.each(["at once", "during the attempt"])("may have a signal of another library, which fires %s", async (when) => {
    const world: { controller: AbortController } = runInNewContext("({ controller: new AbortController() })", {
      AbortController: foreignAbortController(),
    });
    const { controller } = world;
    await using server = await serve(() => controller.abort());
    const call = clientAt(server.url).GET("/users/{userId}", { ...user, signal: controller.signal });
    if (when === "at once") controller.abort();
    expect(await failureOf(call)).toMatchObject({ name: "AbortError" });
  });

  it.each([
    ["host", "thief.example"],
    ["content-length", "3"],
    ["transfer-encoding", "chunked"],
    ["authorization", "Basic theirs"],
  ])("must not set %s", async (name, value) => {
    await using server = await serve((response) => json(response, 200, USER));
    const call = clientAt(server.url).GET("/users/{userId}", { ...user, headers: { [name]: value } });
    expect(await failureOf(call)).toMatchObject({ ...REJECTED, message: expect.stringContaining(name) });
    expect(server.received).toHaveLength(0);
  });

  it.each([
    ["redirect", "follow"],
    ["cache", "force-cache"],
    ["credentials", "include"],
    ["keepalive", true],
  ])("rejects %s, which the client sets itself", async (name, value) => {
    const api = clientAt("http://127.0.0.1:9");
    const error = await failureOf(Reflect.apply(api.GET, api, ["/users/{userId}", { ...user, [name]: value }]));
    expect(error).toMatchObject({ ...REJECTED, message: expect.stringContaining(name) });
  });

  it("may read its response as text, blob or stream", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const api = clientAt(server.url);
    const { data: text } = await api.GET("/users/{userId}", { ...user, parseAs: "text" });
    const { data: blob } = await api.GET("/users/{userId}", { ...user, parseAs: "blob" });
    const { data: stream } = await api.GET("/users/{userId}", { ...user, parseAs: "stream" });
    expect([text, await blob?.text(), await new Response(stream).text()]).toEqual(Array(3).fill(JSON.stringify(USER)));
  });

  it.each(["/users/../admin", "/users/%2e%2e/admin", "/./users", "/users/.."])("rejects the path %s", async (path) => {
    await using server = await serve((response) => json(response, 200, USER));
    const api = clientAt(server.url);
    expect(await failureOf(Reflect.apply(api.GET, api, [path]))).toMatchObject(REJECTED);
    expect(server.received).toHaveLength(0);
  });

  it("is rejected with the name of a missing id", async () => {
    const api = clientAt("http://127.0.0.1:9");
    for (const init of [undefined, {}, { params: {} }, { params: { path: { userId: undefined } } }]) {
      const error = await failureOf(Reflect.apply(api.GET, api, ["/users/{userId}", init]));
      expect(error).toMatchObject({ ...REJECTED, errorDescription: "userId is missing" });
    }
  });

  it("can be made by request(), too", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const { data } = await clientAt(server.url).request("get", "/users/{userId}", user);
    expect(data).toEqual(USER);
  });
});

/** Returns a class of another library, whose signals have neither `reason` nor `throwIfAborted`, as before 2021. */
function foreignAbortController(): unknown {
  return class {
    readonly signal = Object.assign(new EventTarget(), { aborted: false });
    abort() {
      Object.assign(this.signal, { aborted: true });
      this.signal.dispatchEvent(new Event("abort"));
    }
  };
}
