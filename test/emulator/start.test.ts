import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { type StartOptions, startEmulator } from "../../src/emulator/start.ts";
import { Authsignal } from "../../src/index.ts";
import { failureOf } from "../support/clients.ts";
import { serve } from "../support/server.ts";

const root = join(import.meta.dirname, "../..");
const WITHDRAW = { userId: "jo", action: "withdraw" };

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

function clientOf({ apiUrl, apiSecretKey }: Emulator): Authsignal {
  return new Authsignal({ apiUrl, apiSecretKey, retries: 0 });
}

const portOf = (url: string): number => Number(new URL(url).port);

/** Tracks over a connection of its own. */
function track({ apiUrl, apiSecretKey }: Emulator): Promise<Response> {
  return fetch(`${apiUrl}/users/jo/actions/withdraw`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${apiSecretKey}:`)}`, connection: "close" },
    body: "{}",
  });
}

/** Options that only a program without types can pass. */
function wrong(options: object): StartOptions {
  return options;
}

/** What comes back when these bytes are sent, until the connection ends. */
function exchange(bytes: string, { origin }: Emulator = emulator): Promise<{ answer: string; error?: string }> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(portOf(origin), "127.0.0.1", () => socket.write(bytes, "latin1"));
    socket.setEncoding("latin1").on("data", (text) => {
      answer += text;
    });
    socket.on("error", (error) => resolve({ answer, error: String(Object(error).code) }));
    socket.on("close", () => resolve({ answer }));
    socket.on("end", () => socket.end());
  });
}

const trackRequest = ({ apiSecretKey }: Emulator): string =>
  [
    "POST /v1/users/jo/actions/withdraw HTTP/1.1",
    "Host: localhost",
    `Authorization: Basic ${btoa(`${apiSecretKey}:`)}`,
    "Content-Length: 2",
    "Connection: close",
    "",
    "{}",
  ].join("\r\n");

describe("startEmulator", () => {
  it("is reached by HTTP, each at a port of its own", async () => {
    await using other = await startEmulator();
    expect(emulator.origin).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
    expect(emulator.apiUrl).toBe(`${emulator.origin}/v1`);
    expect(other.origin).not.toBe(emulator.origin);
    await clientOf(emulator).updateUser({ userId: "jo", attributes: { email: "jo@example.com" } });
    expect((await clientOf(emulator).getUser({ userId: "jo" })).email).toBe("jo@example.com");
    expect((await clientOf(other).getUser({ userId: "jo" })).email).toBeUndefined();
  });

  it("takes the port that it is given, again after it was closed", async () => {
    const port = portOf(emulator.origin);
    await emulator.close();
    emulator = await startEmulator({ port });
    expect(portOf(emulator.origin)).toBe(port);
    expect((await track(emulator)).status).toBe(200);
  });

  it.each(["localhost", "::1"] as const)("is reached at %s", async (host) => {
    const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
    if (host === "::1" && !hasIpv6) return;
    await using other = await startEmulator({ host });
    expect(new URL(other.origin).hostname).toBe(host === "::1" ? "[::1]" : host);
    expect((await track(other)).status).toBe(200);
    const { url } = await clientOf(other).track(WITHDRAW);
    expect(url.startsWith(`${other.origin}/`)).toBe(true);
  });

  it("is reached from this machine only", async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    for (const { address } of addresses.filter(({ internal, family }) => !internal && family === "IPv4")) {
      const url = `http://${address}:${portOf(emulator.origin)}/health`;
      expect(Object(await failureOf(fetch(url))).cause.code).toBe("ECONNREFUSED");
    }
  });

  it.each(["0.0.0.0", "::", "", "example.com", "127.0.0.1.example.com", "192.168.0.1", 1, null])(
    "refuses the host %s",
    async (host) => {
      const error = await failureOf(startEmulator(wrong({ host })));
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toHaveProperty(
        "message",
        expect.stringMatching(/^host must be one of 127\.0\.0\.1, ::1, localhost/),
      );
    },
  );

  it.each([-1, 65_536, 1.5, Number.NaN, "4300", null])("refuses the port %s", async (port) => {
    const error = await failureOf(startEmulator(wrong({ port })));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toHaveProperty("message", `port must be a whole number from 0 to 65535, not ${port}`);
  });

  it("says that a port is taken, and leaves nothing open", async () => {
    await using taken = await serve(() => {});
    const port = portOf(taken.url);
    const folder = await mkdtemp(join(tmpdir(), "emulator-"));
    const dataFile = join(folder, "data.json");
    const error = await failureOf(startEmulator({ port, dataFile }));
    expect(error).toHaveProperty(
      "message",
      `Port ${port} of 127.0.0.1 is taken: choose another one, or 0 for any that is free`,
    );
    expect(error).toHaveProperty("cause.code", "EADDRINUSE");
    await using other = await startEmulator({ dataFile });
    expect((await track(other)).status).toBe(200);
    await other.close();
    await rm(folder, { recursive: true });
  });

  it("takes no port when another option is wrong", async () => {
    const port = portOf(emulator.origin);
    await emulator.close();
    await expect(startEmulator({ port, otp: "no digits" })).rejects.toThrow(/^otp must be/);
    await expect(startEmulator({ port, apiSecretKey: "sk_live_secret" })).rejects.toThrow(/sk_emulator_/);
    emulator = await startEmulator({ port });
    expect(portOf(emulator.origin)).toBe(port);
  });

  it("leaves the globals as they are", async () => {
    const globals = [globalThis.Request, globalThis.Response, globalThis.Headers, globalThis.fetch];
    await using other = await startEmulator();
    await track(other);
    expect([globalThis.Request, globalThis.Response, globalThis.Headers, globalThis.fetch]).toEqual(globals);
  });
});

describe("close", () => {
  it("ends unused connections at once, and does nothing the second time", async () => {
    const agent = new Agent({ keepAlive: true });
    const ended = new Promise<void>((resolve, reject) => {
      get(`${emulator.origin}/health`, { agent }, (response) => {
        response.socket.on("close", resolve);
        response.resume().on("end", () => emulator.close().catch(reject));
      });
    });
    await ended;
    await Promise.all([emulator.close(), emulator.close()]);
    expect(Object(await failureOf(fetch(`${emulator.origin}/health`))).cause.code).toBe("ECONNREFUSED");
  });

  it("does not wait for a slow answer", async () => {
    let arrive = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    // Whether a fault happens is asked as soon as a call is there.
    const random = () => {
      arrive();
      return 0;
    };
    await using slow = await startEmulator({ random });
    slow.faults.add({ latency: 5_000, probability: 1 });
    const failure = failureOf(track(slow));
    await arrival;
    await slow.close();
    expect(await failure).toBeInstanceOf(TypeError);
  });

  it("lets the process end by itself", async () => {
    const code = `
      import { startEmulator } from ${JSON.stringify(join(root, "src/emulator/start.ts"))};
      const emulator = await startEmulator();
      await (await fetch(emulator.origin + "/health")).text();
      await emulator.close();
      console.log("closed");
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "--eval", code],
      { cwd: root, timeout: 20_000 },
    );
    expect(stdout).toBe("closed\n");
  });
});

describe("on the wire", () => {
  it("resets the connection without an answer", async () => {
    emulator.faults.add({ connection: "reset" });
    expect(await exchange(trackRequest(emulator))).toEqual({ answer: "", error: "ECONNRESET" });
    expect(Object(await failureOf(track(emulator))).cause.code).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(await failureOf(clientOf(emulator).track(WITHDRAW))).toMatchObject({
      errorCode: "network_error",
      mayHaveBeenProcessed: true,
    });
    expect(emulator.requests.list().map(({ status }) => status)).toEqual([0, 0, 0]);
  });

  it("cuts an answer inside of its body", async () => {
    emulator.faults.add({ connection: "cut" });
    const { answer, error } = await exchange(trackRequest(emulator));
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(error).toBeUndefined();
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBeGreaterThan(body.length);
    expect(body).not.toBe("");
    const response = await track(emulator);
    expect(response.status).toBe(200);
    expect(await failureOf(response.text())).toBeInstanceOf(TypeError);
    expect(await failureOf(clientOf(emulator).track(WITHDRAW))).toMatchObject({ mayHaveBeenProcessed: true });
  });

  it("sends an answer without a body", async () => {
    emulator.faults.add({ connection: "empty" });
    const response = await track(emulator);
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  it("sends an answer of a fault with its status, headers and body", async () => {
    emulator.faults.add({ status: 418, headers: { "x-teapot": "yes", "content-length": "5" }, body: "short" });
    const response = await track(emulator);
    expect([response.status, response.headers.get("x-teapot"), await response.text()]).toEqual([418, "yes", "short"]);
  });

  const get = (target: string, ...headers: string[]) =>
    [`GET ${target} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n");

  it.each<[name: string, request: string, answer: RegExp]>([
    ["a path with bad escapes", get("/v1/users/%E0%A4%A", "Host: localhost"), /^HTTP\/1\.1 4\d\d /],
    ["a path with half an escape", get("/v1/users/%", "Host: localhost"), /^HTTP\/1\.1 4\d\d /],
    ["a query with bad escapes", get("/health?a=%E0%A4%A&%", "Host: localhost"), /^HTTP\/1\.1 [24]\d\d /],
    ["a path that begins like a host", get("//example.com/health", "Host: localhost"), /^HTTP\/1\.1 4\d\d /],
    ["a path with a backslash", get("/..\\health", "Host: localhost"), /^HTTP\/1\.1 400 /],
    ["a path with raw bytes", get("/v1/users/\xff\xfe", "Host: localhost"), /^HTTP\/1\.1 4\d\d /],
    ["an absolute address", get("http://localhost/health", "Host: localhost"), /^HTTP\/1\.1 200 /],
    ["another absolute address", get("http://example.com/_emulator/state", "Host: localhost"), /^HTTP\/1\.1 403 /],
    ["an absolute address that is none", get("http://[/health", "Host: localhost"), /^HTTP\/1\.1 400 /],
    ["an asterisk", get("*", "Host: localhost").replace("GET", "OPTIONS"), /^HTTP\/1\.1 4\d\d /],
    ["no host", get("/health"), /^HTTP\/1\.1 400 /],
    ["no host in HTTP/1.0", "GET /health HTTP/1.0\r\n\r\n", /^HTTP\/1\.1 200 /],
    ["an empty host", get("/health", "Host: "), /^HTTP\/1\.1 [24]\d\d /],
    ["a host that is none", get("/health", "Host: a b@[/"), /^HTTP\/1\.1 400 /],
    ["the host of another site", get("/_emulator/state", "Host: example.com"), /^HTTP\/1\.1 403 /],
    ["an upgrade", get("/health", "Host: localhost", "Upgrade: websocket"), /^HTTP\/1\.1 [24]\d\d /],
    ["a long header", get("/health", "Host: localhost", `X-Long: ${"x".repeat(20_000)}`), /^HTTP\/1\.1 431 /],
    ["a tunnel", get("localhost:1", "Host: localhost").replace("GET", "CONNECT"), /^$/],
    ["what is no HTTP", "\0\x01\x02 hello\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["a body of no end", `${post("Content-Length: 99999999999")}{}`, /^HTTP\/1\.1 413 /],
    ["a body that is too long", `${post("Content-Length: 3000000")}${"x".repeat(3_000_000)}`, /^(HTTP\/1\.1 413 |$)/],
    [
      "pieces that are too long",
      `${post("Transfer-Encoding: chunked")}2dc6c0\r\n${"x".repeat(3_000_000)}\r\n0\r\n\r\n`,
      /^(HTTP\/1\.1 413 |$)/,
    ],
    ["pieces that are none", `${post("Transfer-Encoding: chunked")}zz\r\n`, /^HTTP\/1\.1 400 /],
    ["two lengths", `${post("Content-Length: 2\r\nContent-Length: 3")}{}`, /^HTTP\/1\.1 400 /],
  ])("outlives %s", async (_name, request, expected) => {
    const { answer } = await exchange(request);
    expect(answer).toMatch(expected);
    expect((await fetch(`${emulator.origin}/health`)).status).toBe(200);
  });
});

function post(header: string): string {
  const authorization = `Authorization: Basic ${btoa("sk_emulator_default:")}`;
  return `POST /v1/users/jo/actions/withdraw HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${authorization}\r\n${header}\r\n\r\n`;
}
