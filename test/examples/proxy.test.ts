import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { Authsignal, AuthsignalError } from "authsignal-ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { certificate, key } from "../support/certificate.ts";
import { TRACKED } from "../support/clients.ts";
import { throughProxy, throughProxyByFetch, throughProxyOfEnvironment } from "./proxy.ts";

const SECRET = "sk_behind_a_proxy";
const CREDENTIALS = "jo:pass";

const received: { url: string | undefined; authorization: string | undefined; body: string }[] = [];
const service = createServer({ cert: certificate, key }, async (request, response) => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  received.push({ url: request.url, authorization: request.headers.authorization, body });
  response.setHeader("content-type", "application/json").end(JSON.stringify(TRACKED));
});

/** A proxy that requires credentials and records everything that it receives. */
let tunnels: string[] = [];
let seen = "";
const sockets = new Set<Socket>();
const proxy = createHttpServer((_request, response) => response.writeHead(405).end());
proxy.on("connect", (request, client: Socket) => {
  const { "proxy-authorization": given } = request.headers;
  if (given !== `Basic ${btoa(CREDENTIALS)}`)
    return void client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  tunnels.push(request.url ?? "");
  const server = connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    client.on("data", (chunk) => {
      seen += chunk.toString("latin1");
    });
    client.pipe(server).pipe(client);
  });
  for (const socket of [client, server]) socket.on("error", () => {});
  sockets.add(client).add(server);
});

async function portOf(server: Server): Promise<number> {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  const address: AddressInfo | string | null = server.address();
  return Object(address).port;
}

let apiUrl: string;
let proxyPort: number;
beforeAll(async () => {
  apiUrl = `https://localhost:${await portOf(service)}/v1`;
  proxyPort = await portOf(proxy);
});
beforeEach(() => {
  received.length = 0;
  tunnels = [];
  seen = "";
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  service.close();
  proxy.close();
});

describe.each([
  ["agent", throughProxy],
  ["fetch", throughProxyByFetch],
])("the example for a proxy, by %s", (_name, through) => {
  const clientOf = (credentials: string, tls = { ca: certificate }) =>
    new Authsignal({
      apiSecretKey: SECRET,
      apiUrl,
      retries: 0,
      ...through(`http://${credentials}127.0.0.1:${proxyPort}`, tls),
    });

  it("calls through the proxy, which learns the host only", async () => {
    const authsignal = clientOf(`${CREDENTIALS}@`);
    const { state } = await authsignal.track({
      userId: "ann",
      action: "withdraw",
      attributes: { idempotencyKey: "1" },
    });
    expect(state).toBe("ALLOW");
    expect(received).toEqual([
      {
        url: "/v1/users/ann/actions/withdraw",
        authorization: `Basic ${btoa(`${SECRET}:`)}`,
        body: '{"idempotencyKey":"1"}',
      },
    ]);
    expect(tunnels).toEqual([new URL(apiUrl).host]);
    expect(seen.length).toBeGreaterThan(100);
    expect(seen).not.toMatch(new RegExp(`${SECRET}|${btoa(SECRET)}|withdraw`));
  });

  it("sends nothing when the proxy rejects the tunnel", async () => {
    const call = clientOf("jo:wrong@").track({ userId: "ann", action: "withdraw" });
    const error = await call.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AuthsignalError);
    expect(String(error)).not.toMatch(/wrong|sk_behind/);
    expect(received).toEqual([]);
  });

  it("does not trust a proxy that terminates TLS", async () => {
    const call = clientOf(`${CREDENTIALS}@`, { ca: "" }).track({ userId: "ann", action: "withdraw" });
    await expect(call).rejects.toThrow("network_error");
    expect(received).toEqual([]);
  });
});

it("the agent of the example keeps the connection for the next call", async () => {
  const { agent } = throughProxy(`http://${CREDENTIALS}@127.0.0.1:${proxyPort}`, { ca: certificate });
  const authsignal = new Authsignal({ apiSecretKey: SECRET, apiUrl, agent });
  for (const action of ["withdraw", "deposit"]) await authsignal.track({ userId: "ann", action });
  expect(received).toHaveLength(2);
  expect(tunnels).toHaveLength(1);
});

describe("the example for a proxy of the environment", () => {
  beforeEach(() => {
    for (const name of ["https_proxy", "HTTPS_PROXY"]) vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each(["https_proxy", "HTTPS_PROXY"])("calls through the proxy of %s", async (name) => {
    vi.stubEnv(name, `http://${CREDENTIALS}@127.0.0.1:${proxyPort}`);
    const authsignal = new Authsignal({
      apiSecretKey: SECRET,
      apiUrl,
      ...throughProxyOfEnvironment({ ca: certificate }),
    });
    await authsignal.track({ userId: "ann", action: "withdraw" });
    expect(received).toHaveLength(1);
    expect(tunnels).toEqual([new URL(apiUrl).host]);
  });

  it.each([undefined, ""])("uses no proxy when HTTPS_PROXY is %j", (value) => {
    vi.stubEnv("HTTPS_PROXY", value);
    expect(throughProxyOfEnvironment()).toEqual({});
  });
});
