import { Agent, createServer as createHttpServer } from "node:http";
import { createServer as createTlsServer, Agent as TlsAgent } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { HttpsProxyAgent } from "https-proxy-agent";
import { fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Authsignal, type Fetch } from "../../src/index.ts";
import { certificate, key } from "../support/certificate.ts";
import { client, failureOf, SECRET, TRACKED, USER } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

const SIGNED_IN = `Basic ${Buffer.from(`${SECRET}:`).toString("base64")}`;

describe("a call by the fetch", () => {
  /** Calls with the URL and the options, as most wrappers of `fetch` do. */
  const byAddress: Fetch = (request, init) => fetch(`${request}`, init);
  /** Calls another implementation, which takes only its own class of `Request`. */
  const ofUndici: Fetch = (...given) => Reflect.apply(undiciFetch, undefined, given);

  it.each<[string, Fetch]>([
    ["the platform's, called with both", (request, init) => fetch(request, init)],
    ["(request) => fetch(request)", (request) => fetch(request)],
    ["(url, init) => fetch(url, init)", byAddress],
    ["(url, init) => fetch(new URL(url), init)", (request, init) => fetch(new URL(`${request}`), init)],
    [
      "(url, init) => fetch(url, { ...init })",
      (request, init) => fetch(`${request}`, { ...init, headers: { ...init.headers } }),
    ],
    ["(request) => fetch(request.clone())", (request) => fetch(request.clone())],
    ["undici's", ofUndici],
  ])("%s sends the whole request", async (_name, fetch) => {
    await using server = await serve((response) => json(response, 200, TRACKED));
    const authsignal = client(server.url, { fetch, retries: 0 });
    await expect(authsignal.track({ userId: "u", action: "a", attributes: { idempotencyKey: "k" } })).resolves.toEqual(
      TRACKED,
    );
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({
      method: "POST",
      path: "/users/u/actions/a",
      body: '{"idempotencyKey":"k"}',
      headers: { authorization: SIGNED_IN, "content-type": "application/json" },
    });
  });

  it.each<[string, object]>([
    ["a stream of Node", { body: Readable.from([Buffer.from('{"isEnr'), Buffer.from('olled":true}')]) }],
    ["an iterable of texts", { body: Readable.from(['{"isEnr', 'olled":true}']) }],
    ["no body but text()", { body: undefined, text: async () => JSON.stringify(USER) }],
  ])("that returns %s is read", async (_name, parts) => {
    const response = { status: 200, statusText: "OK", headers: new Headers(), type: "default", ...parts };
    const authsignal = client("https://host", { fetch: () => Object.assign(Object.create(null), response) });
    await expect(authsignal.getUser({ userId: "u" })).resolves.toEqual(USER);
  });

  it("sets cache to no-store, so that no response is kept", async () => {
    const caches: (string | undefined)[] = [];
    const fetch: Fetch = (request, init) => {
      caches.push(request.cache, init.cache);
      return Response.json(USER);
    };
    await client("https://host", { fetch }).getUser({ userId: "u" });
    expect(caches).toEqual(["no-store", "no-store"]);
  });
});

describe("a bug of the caller's code", () => {
  it.each<[string, Fetch, object]>([
    ["throws at once", () => missing(), { mayHaveBeenProcessed: false }],
    ["rejects", async () => missing(), { mayHaveBeenProcessed: true }],
    ["returns no response", () => Object.create(null), { mayHaveBeenProcessed: true }],
    ["names what is not there", async (request) => Object(undefined).fetch(request), { mayHaveBeenProcessed: true }],
    [
      "takes a connection for a function",
      async () => Reflect.apply(Object("connection"), undefined, []),
      { mayHaveBeenProcessed: true },
    ],
    ["reads the body of its response", () => readBefore(), { mayHaveBeenProcessed: true }],
  ])("that %s is not retried, and is named in the error", async (_name, fetch, expected) => {
    const authsignal = client("https://host", { fetch, retries: 3 });
    const error = await failureOf(authsignal.getUser({ userId: "u" }));
    expect(error).toMatchObject({ errorCode: "network_error", attempts: 1, ...expected });
    expect(error).toMatchObject({ errorDescription: expect.stringMatching(/fetch function .*TypeError: /) });
  });

  it("differs from a lost connection of a fetch whose errors have no codes", async () => {
    let calls = 0;
    const fetch: Fetch = async () => {
      if (++calls === 1) throw new TypeError("Failed to fetch");
      return Response.json(USER);
    };
    await expect(client("https://host", { fetch }).getUser({ userId: "u" })).resolves.toEqual(USER);
    expect(calls).toBe(2);
  });

  it("in an agent that throws at once is reported as not sent, and is not retried", async () => {
    const agent = { maxSockets: 1, destroy() {}, addRequest: () => missing() };
    const error = await failureOf(client("http://127.0.0.1:9", { agent, retries: 3 }).getUser({ userId: "u" }));
    expect(error).toMatchObject({ errorCode: "network_error", attempts: 1, mayHaveBeenProcessed: false });
  });

  async function readBefore(): Promise<Response> {
    const response = Response.json(USER);
    await response.text();
    return response;
  }

  function missing(): never {
    throw new TypeError("x is not a function");
  }
});

describe("a compressed response over node:http", () => {
  const body = JSON.stringify({ isEnrolled: true, displayName: "é".repeat(10_000) });

  it.each([
    ["gzip", gzipSync(body)],
    ["x-gzip", gzipSync(body)],
    ["deflate", deflateSync(body)],
    ["deflate", deflateRawSync(body)],
    ["br", brotliCompressSync(body)],
    ["GZIP", gzipSync(body)],
  ])("of the coding %s is inflated, although identity was asked for", async (coding, bytes) => {
    await using server = await serve((response) => response.setHeader("content-encoding", coding).end(bytes));
    await expect(client(server.url).getUser({ userId: "u" })).resolves.toEqual(JSON.parse(body));
    expect(server.received[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("that cannot be read frees its connection for the next call", async () => {
    const page = "<p>".repeat(100_000);
    await using server = await serve((response, { path }) => {
      if (path.endsWith("/good")) json(response, 200, USER);
      else response.setHeader("content-encoding", "gzip").end(page);
    });
    const authsignal = client(server.url, { retries: 0 });
    // More than the pool has connections.
    for (let round = 0; round < 70; round++) {
      const error = await failureOf(authsignal.getUser({ userId: "bad" }));
      expect(error).toMatchObject({ errorCode: "invalid_response" });
    }
    await expect(authsignal.getUser({ userId: "good" })).resolves.toEqual(USER);
  });

  it("without a body is read as empty", async () => {
    await using server = await serve((response) => response.writeHead(204, { "content-encoding": "gzip" }).end());
    await expect(client(server.url).revokeSession({ accessToken: "t" })).resolves.toBeUndefined();
  });

  it.each([
    ["gzip", gzipSync(body).subarray(0, 40), "is not gzip"],
    ["gzip", Buffer.from(body), "is not gzip"],
    ["gzip", gzipSync(Buffer.alloc(9 * 1024 * 1024)), "larger than 8 MB"],
    ["zstd", Buffer.from(body), "encoded as zstd"],
  ])("of the coding %s that cannot be read is an error: %#", async (coding, bytes, problem) => {
    await using server = await serve((response) => response.setHeader("content-encoding", coding).end(bytes));
    const error = await failureOf(client(server.url, { retries: 0 }).getUser({ userId: "u" }));
    expect(error).toMatchObject({ errorCode: "invalid_response", errorDescription: expect.stringContaining(problem) });
  });
});

describe("over https, a socket without TLS", () => {
  let service: Server;
  let apiUrl: string;
  const reached: string[] = [];
  beforeAll(async () => {
    service = createTlsServer({ cert: certificate, key }, (request, response) => {
      reached.push(request.url ?? "");
      response.setHeader("content-type", "application/json").end('{"isValid":true}');
    });
    apiUrl = `https://localhost:${await listen(service)}/v1`;
  });
  afterAll(() => service.close());

  it.each([201, 202, 203, 204, 299, 302, 403, 407])(
    "is never used when a proxy rejects the tunnel with %d",
    async (status) => {
      let seen = "";
      const proxy = createHttpServer().on("connect", (_request, socket: Socket) => {
        socket.on("data", (chunk) => {
          seen += chunk.toString("latin1");
        });
        const length = status === 204 ? "" : "content-length: 16\r\n";
        socket.end(`HTTP/1.1 ${status} OK\r\ncontent-type: application/json\r\n${length}\r\n{"isValid":true}`);
      });
      const agent = new HttpsProxyAgent(`http://127.0.0.1:${await listen(proxy)}`);
      const authsignal = new Authsignal({ apiSecretKey: SECRET, apiUrl, agent, retries: 2 });
      const error = await failureOf(authsignal.validateChallenge({ token: "t", action: "a", userId: "u" }));
      expect(error).toMatchObject({ errorCode: "network_error", statusCode: undefined, mayHaveBeenProcessed: false });
      expect(seen).toBe("");
      expect(reached).toEqual([]);
      proxy.close();
    },
  );

  it("is never used when TLS ends at a proxy that forwards the request", async () => {
    let requests = 0;
    const proxy = createTlsServer({ cert: certificate, key }, (_request, response) => {
      requests++;
      response.setHeader("content-type", "application/json").end('{"isValid":true}');
    });
    const port = await listen(proxy);
    class ForwardingAgent extends TlsAgent {
      override createConnection(...given: Parameters<TlsAgent["createConnection"]>) {
        return super.createConnection({ ...given[0], host: "127.0.0.1", port }, given[1]);
      }
    }
    const agent = Object.assign(new ForwardingAgent({ ca: certificate }), {
      addRequest(request: { path: string }, options: object) {
        request.path = `http://localhost${request.path}`;
        const addRequest: unknown = Reflect.get(TlsAgent.prototype, "addRequest");
        if (typeof addRequest === "function") Reflect.apply(addRequest, agent, [request, options]);
      },
    });
    const authsignal = new Authsignal({ apiSecretKey: SECRET, apiUrl, agent, retries: 0 });
    const error = await failureOf(authsignal.validateChallenge({ token: "t", action: "a", userId: "u" }));
    expect(error).toMatchObject({ errorCode: "network_error", mayHaveBeenProcessed: false });
    expect(requests).toBe(0);
    proxy.close();
  });

  it("is never used when an agent opens a plain connection", async () => {
    const plain = createHttpServer((_request, response) => response.end('{"isValid":true}'));
    const port = await listen(plain);
    class PlainAgent extends Agent {
      override createConnection() {
        return connect(port, "127.0.0.1");
      }
    }
    const agent = Object.assign(new PlainAgent(), { protocol: "https:", defaultPort: 443 });
    const authsignal = new Authsignal({ apiSecretKey: SECRET, apiUrl, agent, retries: 0 });
    const error = await failureOf(authsignal.validateChallenge({ token: "t", action: "a", userId: "u" }));
    expect(error).toMatchObject({ errorCode: "network_error", mayHaveBeenProcessed: false });
    plain.close();
  });
});

describe("a kept connection whose idle time is over", () => {
  it.each([
    ["with", ""],
    ["without", 'response.setHeader("connection", "keep-alive");'],
  ])("is not used, even if the event loop was blocked meanwhile, %s a hint of the server", async (_how, hint) => {
    const server = new Worker(
      `const { createServer } = require("node:http");
       const { parentPort } = require("node:worker_threads");
       const server = createServer({ keepAliveTimeout: 2_000 }, (_request, response) => {
         ${hint}
         response.setHeader("content-type", "application/json").end('{"isValid":true}');
       }).listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
      { eval: true },
    );
    const port = await new Promise((resolve) => server.once("message", resolve));
    const authsignal = client(`http://127.0.0.1:${port}`, { retries: 0 });
    const validate = () => authsignal.validateChallenge({ token: "t", action: "a" });
    await validate();
    block(4_500);
    await expect(validate()).resolves.toEqual({ isValid: true });
    await server.terminate();
  });

  /** Blocks the event loop, as a long computation does. */
  function block(ms: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }
});

/** Listens on a free port of this machine, and returns it. */
async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
