import { Agent, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createAuthsignalClient } from "../../src/client.ts";
import { Authsignal, CallConnect, snakeCase, Webhook } from "../../src/index.ts";
import { certificate, key } from "../support/certificate.ts";
import { client, failureOf, SECRET, TRANSPORTS, USER } from "../support/clients.ts";
import { closedUrl, json, serve } from "../support/server.ts";

const HEX = Buffer.from(SECRET).toString("hex");

const ENCODINGS = [
  SECRET,
  SECRET.toUpperCase(),
  encodeURIComponent(SECRET),
  encodeURIComponent(encodeURIComponent(SECRET)),
  encodeURIComponent(SECRET).toLowerCase(),
  HEX.replace(/../g, "%$&"),
  HEX,
  HEX.toUpperCase(),
  Array.from(SECRET, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  Array.from(SECRET, (character) => `&#${character.charCodeAt(0)};`).join(""),
  Array.from(SECRET, (character) => `&#x${character.charCodeAt(0).toString(16)};`).join(""),
  Buffer.from(SECRET).toString("base64").replaceAll("=", ""),
  Buffer.from(`${SECRET}:`).toString("base64").replaceAll("=", ""),
  Buffer.from(SECRET).toString("base64url"),
];

/** A longer text in base64, in which the secret has another alignment. */
const EMBEDDED = Buffer.from(`user:${SECRET}:`).toString("base64");

/** Returns everything that a logger could print of a value. */
function printed(value: unknown): string {
  const parts = [
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
    JSON.stringify(value),
  ];
  for (let error = value; error instanceof Error; error = error.cause) parts.push(String(error), error.stack ?? "");
  return parts.join("\n");
}

function expectNoSecret(value: unknown): void {
  const text = printed(value);
  for (const encoding of [...ENCODINGS, EMBEDDED.slice(10, -10)]) expect(text).not.toContain(encoding);
}

describe("the secret", () => {
  it("is in no client", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = client(server.url);
    await authsignal.getUser({ userId: "u" });
    expectNoSecret(authsignal);
    expectNoSecret(snakeCase(authsignal));
    expectNoSecret(authsignal.webhook);
    expectNoSecret(new Webhook(SECRET));
    expectNoSecret(new CallConnect({ apiSecretKey: SECRET }));
    expectNoSecret(createAuthsignalClient({ apiSecretKey: SECRET }));
  });

  it("is in no error about an option", () => {
    for (const options of [
      { region: SECRET },
      { apiUrl: "https://user:s3cret@host" },
      { apiUrl: SECRET },
      { timeout: SECRET },
    ]) {
      expect(() => Reflect.construct(Authsignal, [{ apiSecretKey: SECRET, ...options }])).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining("s3cret") }),
      );
    }
  });

  it("is in no error about an id", async () => {
    expectNoSecret(await failureOf(client("https://host").getUser({ userId: "" })));
  });
});

describe.each(TRANSPORTS)("over %s, the secret", (_name, transport) => {
  it("is in no error, even if the service sends it back in any encoding", async () => {
    for (const echo of [...ENCODINGS, EMBEDDED]) {
      await using server = await serve((response) =>
        json(
          response,
          400,
          { errorCode: `x-${echo}`, errorDescription: `You sent Basic ${echo}=` },
          { "x-request-id": encodeURI(echo) },
        ),
      );
      const error = await failureOf(client(server.url, transport).getUser({ userId: "u" }));
      expect(error).toMatchObject({ statusCode: 400 });
      expectNoSecret(error);
    }
  });

  it("is in no error about a missing response", async () => {
    expectNoSecret(await failureOf(client(await closedUrl(), { ...transport, retries: 0 }).getUser({ userId: "u" })));
    await using server = await serve((response) => response.socket?.destroy());
    expectNoSecret(await failureOf(client(server.url, { ...transport, retries: 0 }).getUser({ userId: "u" })));
  });

  it("is in no error about a malformed response", async () => {
    await using server = await serve((response, request) => response.end(`<html>${request.headers.authorization}`));
    expectNoSecret(await failureOf(client(server.url, { ...transport, retries: 0 }).getUser({ userId: "u" })));
  });

  it("is not sent to a service whose certificate is not trusted", async () => {
    const server = createServer({ cert: certificate, key }, (_request, response) => json(response, 200, USER));
    let requests = 0;
    server.on("request", () => requests++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${portOf(server.address())}`;
    try {
      const error = await failureOf(client(url, transport).getUser({ userId: "u" }));
      expect(error).toMatchObject({
        errorCode: "network_error",
        statusCode: undefined,
        attempts: 1,
        mayHaveBeenProcessed: false,
      });
      expect(requests).toBe(0);
      expectNoSecret(error);
      const trusting = client(url, { agent: new Agent({ ca: certificate }) });
      await expect(trusting.getUser({ userId: "u" })).resolves.toEqual(USER);
      expect(requests).toBe(1);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe("an error", () => {
  it("keeps the cause, without the properties that a fetch added to it", async () => {
    const request = { headers: { authorization: `Basic ${SECRET}` }, toJSON: () => ({ secret: SECRET }) };
    const cause = Object.assign(new TypeError(`broke while sending ${SECRET}`), { request, code: "E_BROKEN" });
    const authsignal = client("https://host", { fetch: () => Promise.reject(cause), retries: 0 });
    const error = await failureOf(authsignal.getUser({ userId: "u" }));
    expect(error).toMatchObject({
      cause: { name: "TypeError", message: "broke while sending [secret]", code: "E_BROKEN" },
    });
    expectNoSecret(error);
  });

  it("keeps the cause of an error from another realm", async () => {
    const foreign = runInNewContext('Object.assign(new Error("bad"), { code: "CERT_HAS_EXPIRED" })');
    const authsignal = client("https://host", { fetch: () => Promise.reject(foreign) });
    expect(await failureOf(authsignal.getUser({ userId: "u" }))).toMatchObject({
      attempts: 1,
      mayHaveBeenProcessed: false,
      cause: { message: "bad", code: "CERT_HAS_EXPIRED" },
    });
  });

  it.each([[{ message: "plain" }], [{ message: Symbol("s") }], ["text"], [null]])(
    "is an AuthsignalError even if the fetch throws %o",
    async (thrown) => {
      const authsignal = client("https://host", { fetch: () => Promise.reject(thrown), retries: 0 });
      const error = await failureOf(authsignal.getUser({ userId: "u" }));
      expect(error).toMatchObject({ name: "AuthsignalError", errorCode: "network_error" });
      const { cause } = Object(error);
      if (cause) expect(`${cause} ${cause.stack}`).not.toContain("undefined");
    },
  );

  it("holds no URL of a request, even if the cause names it", async () => {
    const fetch = async (request: Request) => {
      throw new Error(`request to ${request.url} failed`);
    };
    const error = await failureOf(client("https://host/v1", { fetch, retries: 0 }).getUser({ userId: "usr_private" }));
    expect(error).toMatchObject({ cause: { message: "request to https://host/v1 failed" } });
    expect(printed(error)).not.toContain("usr_private");
  });

  it("holds nothing of the request", async () => {
    await using server = await serve((response) => json(response, 400, { errorCode: "invalid_request" }));
    const attributes = { email: "jo@example.com", custom: { iban: "DE00" } };
    const error = await failureOf(client(server.url).track({ userId: "usr_private", action: "a", attributes }));
    expect(printed(error)).not.toMatch(/jo@example.com|DE00|usr_private/);
  });
});

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}
