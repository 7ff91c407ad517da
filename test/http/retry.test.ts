import { Agent } from "node:https";
import { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { createAuthsignalClient } from "../../src/client.ts";
import type { Authsignal } from "../../src/index.ts";
import { certificate, key } from "../support/certificate.ts";
import { CHALLENGED, client, SECRET, TRACKED, TRANSPORTS, USER } from "../support/clients.ts";
import { closedUrl, json, serve, serveRaw } from "../support/server.ts";

const REPEATABLE: Record<string, { call: (authsignal: Authsignal) => Promise<unknown>; value: unknown }> = {
  getUser: { call: (authsignal) => authsignal.getUser({ userId: "u" }), value: USER },
  updateUser: { call: (authsignal) => authsignal.updateUser({ userId: "u", attributes: {} }), value: { userId: "u" } },
  deleteUser: { call: (authsignal) => authsignal.deleteUser({ userId: "u" }), value: { success: true } },
  track: { call: (authsignal) => authsignal.track({ userId: "u", action: "a" }), value: TRACKED },
};
const NOT_REPEATABLE: typeof REPEATABLE = {
  challenge: { call: (authsignal) => authsignal.challenge({ challengeId: "c" }), value: CHALLENGED },
  refreshSession: {
    call: (authsignal) => authsignal.refreshSession({ refreshToken: "r" }),
    value: { accessToken: "a", refreshToken: "r" },
  },
};
const USER_TEXT = JSON.stringify(USER);

/** Makes the waits between attempts short. */
const SOON = { "retry-after": "0" };

describe("over TLS", () => {
  it("a call is retried when a record of the response is damaged", async () => {
    let connections = 0;
    await using server = await serveRaw((raw) => {
      connections++;
      const socket = new TLSSocket(raw, { isServer: true, cert: certificate, key });
      socket.on("error", () => {});
      socket.once("data", () => {
        if (connections === 1) raw.write("not a record of TLS at all");
        else socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${USER_TEXT.length}\r\n\r\n${USER_TEXT}`);
      });
    });
    const agent = new Agent({ ca: certificate });
    const url = server.url.replace("http:", "https:");
    await expect(client(url, { agent }).getUser({ userId: "u" })).resolves.toEqual(USER);
    expect(connections).toBe(2);
  });
});

describe.each(TRANSPORTS)("over %s", (_name, transport) => {
  describe.each(Object.entries(REPEATABLE))("%s, which is repeatable,", (_operation, { call, value }) => {
    it.each([408, 429, 500, 502, 503, 504])("is retried with the same request after a %i", async (status) => {
      await using server = await serve((response, _request, count) =>
        count === 1 ? json(response, status, {}, SOON) : json(response, 200, value),
      );
      await expect(call(client(server.url, transport))).resolves.toEqual(value);
      expect(server.received).toHaveLength(2);
      const [first, second] = server.received.map(({ method, path, body }) => ({ method, path, body }));
      expect(second).toEqual(first);
    });

    it("is retried after a lost connection", async () => {
      await using server = await serve((response, _request, count) =>
        count === 1 ? response.socket?.destroy() : json(response, 200, value),
      );
      await expect(call(client(server.url, transport))).resolves.toEqual(value);
      expect(server.received).toHaveLength(2);
    });

    it.each(["<html>", "", "null", "42", "[", '"text"'])("is retried after a 200 with the body %j", async (body) => {
      await using server = await serve((response, _request, count) =>
        count === 1 ? response.end(body) : json(response, 200, value),
      );
      await expect(call(client(server.url, transport))).resolves.toEqual(value);
    });

    it("is retried when a body breaks off", async () => {
      await using server = await serve((response, _request, count) => {
        if (count > 1) return json(response, 200, value);
        response.writeHead(200, { "content-length": "1000" }).write('{"isEnrolled":');
        response.socket?.end();
      });
      await expect(call(client(server.url, transport))).resolves.toEqual(value);
    });

    it.each([400, 401, 403, 404, 409, 410, 422, 501])("is not retried after a %i", async (status) => {
      await using server = await serve((response) => json(response, status, {}));
      await expect(call(client(server.url, transport))).rejects.toMatchObject({ statusCode: status, attempts: 1 });
      expect(server.received).toHaveLength(1);
    });

    it("makes at most as many extra attempts as retries allows", async () => {
      await using server = await serve((response) => json(response, 503, {}, SOON));
      await expect(call(client(server.url, { ...transport, retries: 1 }))).rejects.toMatchObject({ attempts: 2 });
      expect(server.received).toHaveLength(2);
    });
  });

  describe.each(Object.entries(NOT_REPEATABLE))("%s, which is not repeatable,", (_operation, { call, value }) => {
    it.each([408, 500, 502, 503, 504])("is not retried after a %i", async (status) => {
      await using server = await serve((response) => json(response, status, {}, SOON));
      await expect(call(client(server.url, transport))).rejects.toMatchObject({
        statusCode: status,
        attempts: 1,
        mayHaveBeenProcessed: true,
      });
      expect(server.received).toHaveLength(1);
    });

    it("is not retried after a lost connection", async () => {
      await using server = await serve((response) => response.socket?.destroy());
      await expect(call(client(server.url, transport))).rejects.toMatchObject({
        statusCode: undefined,
        errorCode: "network_error",
        attempts: 1,
        mayHaveBeenProcessed: true,
      });
      expect(server.received).toHaveLength(1);
    });

    it("is not retried after a malformed 200", async () => {
      await using server = await serve((response) => response.end("<html>"));
      await expect(call(client(server.url, transport))).rejects.toMatchObject({
        statusCode: 200,
        errorCode: "invalid_response",
        mayHaveBeenProcessed: true,
      });
      expect(server.received).toHaveLength(1);
    });

    it("is retried after a 429, which means that the service did nothing", async () => {
      await using server = await serve((response, _request, count) =>
        count === 1 ? json(response, 429, {}, SOON) : json(response, 200, value),
      );
      await expect(call(client(server.url, transport))).resolves.toEqual(value);
    });

    it("is retried when the port is closed", async () => {
      await expect(call(client(await closedUrl(), transport))).rejects.toMatchObject({
        errorCode: "network_error",
        attempts: 3,
        mayHaveBeenProcessed: false,
      });
    });
  });

  it("retries every operation when the host is not found", async () => {
    const authsignal = client("http://nowhere.localhost.invalid", {
      ...transport,
      allowInsecureHttp: true,
      retries: 1,
    });
    await expect(authsignal.challenge({ challengeId: "c" })).rejects.toMatchObject({
      errorCode: "network_error",
      attempts: 2,
      mayHaveBeenProcessed: false,
    });
  });

  it("retries a track of the typed client only if it holds an idempotency key", async () => {
    await using server = await serve((response) => json(response, 503, {}, SOON));
    const api = createAuthsignalClient({ apiSecretKey: SECRET, apiUrl: server.url, ...transport });
    const path = { userId: "u", action: "a" };
    await api.POST("/users/{userId}/actions/{action}", { params: { path }, body: {} });
    expect(server.received).toHaveLength(1);
    await api.POST("/users/{userId}/actions/{action}", { params: { path }, body: { idempotencyKey: "mine" } });
    expect(server.received).toHaveLength(4);
  });
});

describe("track", () => {
  it("creates one idempotency key for all attempts, another for the next call, and keeps the caller's", async () => {
    await using server = await serve((response, _request, count) =>
      count === 1 ? json(response, 500, {}, SOON) : json(response, 200, TRACKED),
    );
    const authsignal = client(server.url);
    const attributes = { custom: { amount: 1 } };
    await authsignal.track({ userId: "u", action: "a", attributes });
    await authsignal.track({ userId: "u", action: "a", attributes });
    await authsignal.track({ userId: "u", action: "a", attributes: { idempotencyKey: "mine" } });
    const keys = server.received.map(({ body }) => JSON.parse(body).idempotencyKey);
    expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(keys[3]).toBe("mine");
    expect(attributes).toEqual({ custom: { amount: 1 } });
  });
});

describe("a deletion whose first response was lost", () => {
  it("explains the 404 of its second attempt: the first may have deleted it", async () => {
    await using server = await serve((response, _request, count) =>
      count === 1 ? response.socket?.destroy() : json(response, 404, { errorCode: "not_found" }),
    );
    await expect(client(server.url).deleteUser({ userId: "u" })).rejects.toMatchObject({
      statusCode: 404,
      errorCode: "not_found",
      attempts: 2,
      mayHaveBeenProcessed: true,
      message: expect.stringContaining("may have deleted it"),
    });
  });

  it("does not explain the 404 of its first attempt", async () => {
    await using server = await serve((response) => json(response, 404, { errorCode: "not_found" }));
    await expect(client(server.url).deleteUser({ userId: "u" })).rejects.toMatchObject({ message: "404 not_found" });
  });
});
