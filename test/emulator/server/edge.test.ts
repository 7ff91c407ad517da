import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import { fetchHandler } from "../../../src/emulator/mount.ts";
import { startEmulator } from "../../../src/emulator/start.ts";
import { basic } from "../../support/emulator/emulator.ts";

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Sends a request with headers that `fetch` would not let through. */
function send({ origin, apiSecretKey }: Emulator, route: string, headers: Record<string, string>): Promise<Answer> {
  const [method = "", path = ""] = route.split(" ");
  return new Promise((resolve, reject) => {
    const all = { authorization: basic(apiSecretKey), ...headers };
    const sent = request(origin + path, { method, headers: all, agent: false }, async (response) => {
      let body = "";
      for await (const piece of response.setEncoding("utf8")) body += piece;
      resolve({ status: response.statusCode ?? 0, body });
    });
    sent.on("error", reject).end();
  });
}

const SERVER_API = [
  "GET /v1/users/jo",
  "POST /v1/users/jo/actions/withdraw",
  "POST /call/start",
  "GET /v1/authenticators",
  "GET /%761/authenticators",
  "POST /c%61ll/start",
];
const STRANGE_HOSTS = ["evil.example", "127.0.0.1.evil.example:4300", "emulator.example", "192.168.0.1:4300"];

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ allowedHosts: ["emulator"] });
});
afterEach(() => emulator.close());

describe("what comes over a port", () => {
  it.each([
    ...SERVER_API,
    "GET /",
    "GET /challenge",
    "GET /challenge/enter",
    "GET /_emulator/outbox",
    "GET /v1/client/public/x/.well-known/jwks",
    "GET /nothing",
  ])("is refused when it is for another host: %s", async (route) => {
    for (const host of STRANGE_HOSTS) {
      const { status, body } = await send(emulator, route, { host });
      expect(status).toBe(403);
      expect(body).toContain(host);
      expect(body).toContain("allowedHosts (--allow-host)");
    }
    expect(emulator.export()).toEqual(createEmulator().export());
  });

  it.each(["localhost", "LOCALHOST:80", "app.localhost:3000", "127.1.2.3", "[::1]:4300", "emulator", "Emulator:4300"])(
    "is answered when it is for %s",
    async (host) => {
      expect((await send(emulator, "GET /v1/users/jo", { host })).status).toBe(200);
    },
  );

  it.each(SERVER_API)("is refused when a page of another site calls what is for servers: %s", async (route) => {
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://localhost.evil.example" },
      { "sec-fetch-site": "cross-site" },
      { origin: "http://localhost:3000", "sec-fetch-site": "cross-site" },
    ];
    for (const headers of foreign) {
      const { status, body } = await send(emulator, route, headers);
      expect([status, JSON.parse(body)]).toEqual([
        403,
        {
          error: "forbidden",
          errorCode: "forbidden",
          errorDescription: expect.stringMatching(/^The Server API is for servers, .* \/v1\/client$/),
        },
      ]);
    }
  });

  it.each<Record<string, string>>([
    {},
    { origin: "http://localhost:3000", "sec-fetch-site": "same-site" },
    { origin: "https://emulator:3000" },
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
  ])("is answered when a page of this machine calls it: %j", async (headers) => {
    expect((await send(emulator, "GET /v1/users/jo", headers)).status).toBe(200);
  });

  it("responds at /health to every caller", async () => {
    const headers = { host: "evil.example", origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect((await send(emulator, "GET /health", headers)).status).toBe(200);
  });

  it("may come from any page where it is for web pages", async () => {
    const path = `/v1/client/public/${emulator.tenantId}/.well-known/jwks`;
    const headers = { origin: "https://app.example.com", "sec-fetch-site": "cross-site" };
    expect((await send(emulator, `GET ${path}`, headers)).status).toBe(200);
    const { status } = await send(emulator, "GET /v1/clients", headers);
    expect(status).toBe(403);
  });
});

describe("inside of the process", () => {
  it("the API is there under any name", async () => {
    const headers = { authorization: basic(emulator.apiSecretKey), origin: "https://evil.example" };
    const response = await emulator.fetch("https://api.authsignal.com/v1/users/jo", { headers });
    expect(response.status).toBe(200);
  });
});

describe("a mounted emulator", () => {
  it("is reached under the host of its own address, and checks the others", async () => {
    const options = { origin: "https://app.example.test/authsignal", allowedHosts: ["other"] };
    const handler = fetchHandler(createEmulator(options));
    const at = async (url: string) => (await handler(new Request(url))).status;
    expect(await at("https://app.example.test/authsignal/_emulator/clock")).toBe(200);
    expect(await at("https://other/authsignal/_emulator/clock")).toBe(200);
    expect(await at("http://localhost:3000/authsignal/_emulator/clock")).toBe(200);
    expect(await at("https://evil.example/authsignal/_emulator/clock")).toBe(403);
    expect(await at("https://evil.example/authsignal/v1/users/jo")).toBe(403);
    expect(await at("https://evil.example/authsignal/health")).toBe(200);
    const disguised = new Request("http://localhost/authsignal/v1/users/jo", { headers: { host: "evil.example" } });
    expect((await handler(disguised)).status).toBe(403);
  });
});
