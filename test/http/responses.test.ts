import { describe, expect, it } from "vitest";
import { createAuthsignalClient } from "../../src/client.ts";
import { client, failureOf, SECRET, TRANSPORTS, USER } from "../support/clients.ts";
import { json, serve, serveRaw } from "../support/server.ts";

const call = (url: string, options = {}) => client(url, { retries: 0, ...options }).getUser({ userId: "u" });

describe.each(TRANSPORTS)("a response over %s", (_name, transport) => {
  it.each([
    ["with a byte order mark", `\uFEFF${JSON.stringify(USER)}`, { "content-type": "application/json" }],
    ["of type text/plain", JSON.stringify(USER), { "content-type": "text/plain" }],
    ["of no type", JSON.stringify(USER), {}],
    ["in several chunks", JSON.stringify(USER), { "transfer-encoding": "chunked" }],
  ])("%s is read as JSON", async (_kind, body, headers) => {
    await using server = await serve((response) => response.writeHead(200, { ...headers }).end(body));
    await expect(call(server.url, transport)).resolves.toEqual(USER);
  });

  it("is read even if it comes byte by byte", async () => {
    const body = Buffer.from(JSON.stringify({ ...USER, displayName: "Zo\u00eb \u{1F642}" }));
    await using server = await serve((response) => {
      for (const byte of body) response.write(Buffer.of(byte));
      response.end();
    });
    await expect(call(server.url, transport)).resolves.toEqual(JSON.parse(body.toString()));
  });

  it("keeps fields and values that the spec does not have", async () => {
    const user = { isEnrolled: true, defaultVerificationMethod: "TELEPATHY", newField: { nested: "yes" }, email: null };
    await using server = await serve((response) => json(response, 200, user));
    await expect(call(server.url, transport)).resolves.toEqual(user);
  });

  it("keeps keys such as __proto__ as plain data", async () => {
    await using server = await serve((response) => response.end('{"isEnrolled":true,"__proto__":{"isAdmin":true}}'));
    const user = await call(server.url, transport);
    expect("isAdmin" in user).toBe(false);
    expect("isAdmin" in {}).toBe(false);
  });

  it.each([
    ["an empty body", "", "The response is empty"],
    ["HTML", "<html>Sign in to the Wi-Fi</html>", "The response is not JSON"],
    ["half of a JSON text", '{"isEnrolled":', "The response is not JSON"],
    ["null", "null", "The response must be of type object, not null"],
    ["a number", "42", "The response must be of type object, not number"],
    ["a string", '"yes"', "The response must be of type object, not string"],
    ["an array", "[]", "The response must be of type object, not array"],
    ["no required field", "{}", "The response.isEnrolled is missing"],
    ["a field of another type", '{"isEnrolled":"true"}', "The response.isEnrolled must be of type boolean, not string"],
    ["a null field", '{"isEnrolled":null}', "The response.isEnrolled must be of type boolean, not null"],
    ["a depth of 100,000", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "The response is not JSON"],
    [
      "9 MB",
      JSON.stringify({ isEnrolled: true, pad: "x".repeat(9 * 1024 * 1024) }),
      "The response is larger than 8 MB",
    ],
  ])("with status 200 and %s is an error", async (_kind, body, problem) => {
    await using server = await serve((response) => response.end(body));
    const error = await failureOf(call(server.url, transport));
    expect(error).toMatchObject({
      name: "AuthsignalError",
      statusCode: 200,
      errorCode: "invalid_response",
      errorDescription: expect.stringContaining(problem),
      mayHaveBeenProcessed: true,
    });
  });

  it("that holds half of a string is rejected in linear time, even with 500,000 escapes", {
    timeout: 5_000,
  }, async () => {
    await using server = await serve((response) => response.end(`"${'\\"'.repeat(500_000)}`));
    await expect(call(server.url, transport)).rejects.toMatchObject({ errorCode: "invalid_response" });
  });

  it("without end is aborted when it is too large", async () => {
    let closed: Promise<unknown> = Promise.resolve();
    await using server = await serve((response) => {
      closed = new Promise((resolve) => response.on("close", resolve));
      const chunk = "x".repeat(64 * 1024);
      const pour = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", pour);
      pour();
    });
    await expect(call(server.url, { ...transport, timeout: 30_000 })).rejects.toMatchObject({
      errorCode: "invalid_response",
      errorDescription: expect.stringContaining("larger than 8 MB"),
    });
    await closed;
  });

  it("may hold strings full of brackets, and nesting below the limit", async () => {
    const user = {
      isEnrolled: true,
      text: '["'.repeat(2_000),
      custom: JSON.parse("[".repeat(400) + "]".repeat(400)),
    };
    await using server = await serve((response) => json(response, 200, user));
    await expect(call(server.url, transport)).resolves.toEqual(user);
  });

  it("is checked in every item of a list", async () => {
    const devices = [{ userId: "u", deviceId: "d", createdAt: "2026-01-10T01:00:00.000Z" }, { userId: "u" }];
    await using server = await serve((response) => json(response, 200, devices));
    await expect(client(server.url, { ...transport, retries: 0 }).getDevices({ userId: "u" })).rejects.toMatchObject({
      errorDescription: expect.stringContaining("The response[1].deviceId is missing"),
    });
  });

  it("with status 204 is the success of revokeSession, and a page is not", async () => {
    await using server = await serve((response, _request, count) =>
      count === 1 ? response.writeHead(204).end() : response.end("<html>"),
    );
    const authsignal = client(server.url, { ...transport, retries: 0 });
    await expect(authsignal.revokeSession({ accessToken: "t" })).resolves.toBeUndefined();
    await expect(authsignal.revokeSession({ accessToken: "t" })).rejects.toMatchObject({
      errorCode: "invalid_response",
    });
  });

  it.each([
    ["204", 204, ""],
    ["200 without a body", 200, ""],
    ["200 with an object", 200, "{}"],
  ])("with %s is the success of revokeUserSessions", async (_kind, status, body) => {
    await using server = await serve((response) => response.writeHead(status).end(body));
    const authsignal = client(server.url, { ...transport, retries: 0 });
    await expect(authsignal.revokeUserSessions({ userId: "u" })).resolves.toBeUndefined();
  });

  it("whose bytes are not UTF-8 is an error, because a name in it could be another", async () => {
    const body = Buffer.from(JSON.stringify({ ...USER, displayName: "Zo\u00eb" }), "latin1");
    await using server = await serve((response) => response.end(body));
    await expect(call(server.url, transport)).rejects.toMatchObject({
      statusCode: 200,
      errorDescription: expect.stringContaining("The response is not UTF-8"),
    });
  });

  it("whose bytes are not UTF-8 keeps its error code and description", async () => {
    const body = Buffer.from(JSON.stringify({ errorCode: "bad_name", errorDescription: "Zo\u00eb" }), "latin1");
    await using server = await serve((response) => response.writeHead(400).end(body));
    await expect(call(server.url, transport)).rejects.toMatchObject({
      errorCode: "bad_name",
      errorDescription: "Zo\uFFFD",
    });
  });

  it("with a number that no double can hold is an error", async () => {
    await using server = await serve((response) => response.end('{"challengeId":"c","expiresAt":1e999}'));
    const authsignal = client(server.url, { ...transport, retries: 0 });
    await expect(authsignal.challenge({ verificationMethod: "SMS" })).rejects.toMatchObject({
      errorDescription: expect.stringContaining("The response.expiresAt must be of type number, not Infinity"),
    });
  });

  it("whose announced length is too large is rejected before its body is read", async () => {
    await using server = await serve((response) => {
      response.writeHead(200, { "content-length": 9 * 1024 * 1024 }).write("{");
    });
    await expect(call(server.url, transport)).rejects.toMatchObject({
      errorDescription: expect.stringContaining("larger than 8 MB"),
    });
  });

  it("that is not HTTP is an error without a status", async () => {
    await using server = await serveRaw((socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"));
    await expect(call(server.url, transport)).rejects.toMatchObject({ name: "AuthsignalError", statusCode: undefined });
  });
});

describe("a response of the caller's fetch", () => {
  it("is read even if its content-length is 0", async () => {
    const headers = { "content-length": "0" };
    const authsignal = client("https://host", { fetch: () => Response.json(USER, { headers }) });
    await expect(authsignal.getUser({ userId: "u" })).resolves.toEqual(USER);
  });
});

describe.each(TRANSPORTS)("an error over %s", (_name, transport) => {
  it.each<[number, unknown, string, string | undefined, boolean]>([
    [
      400,
      { error: "invalid_request", errorCode: "invalid_request", errorDescription: "no" },
      "invalid_request",
      "no",
      false,
    ],
    [400, { error: "old_name" }, "old_name", undefined, false],
    [400, { error: "old_name", errorCode: "new_name" }, "new_name", undefined, false],
    [400, { errorCode: "AUTHENTICATOR_NOT_FOUND" }, "AUTHENTICATOR_NOT_FOUND", undefined, false],
    [401, { message: "Unauthorized" }, "unauthorized", "Unauthorized", false],
    [403, { message: "Forbidden" }, "forbidden", "Forbidden", false],
    [404, { message: "Not Found" }, "not_found", "Not Found", false],
    [409, {}, "conflict", undefined, false],
    [422, {}, "invalid_request", undefined, false],
    [429, "", "too_many_requests", undefined, false],
    [408, "", "invalid_response", undefined, true],
    [418, "[]", "invalid_response", undefined, true],
    [500, { message: "Internal Server Error" }, "invalid_response", "Internal Server Error", true],
    [502, "<html>Bad Gateway</html>", "invalid_response", undefined, true],
    [503, "null", "invalid_response", undefined, true],
    [599, { error: { nested: true }, errorDescription: 7 }, "invalid_response", undefined, true],
  ])(
    "with status %i and body %j has the code of its body, else of its status",
    async (statusCode, body, errorCode, errorDescription, processed) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      await using server = await serve((response) => response.writeHead(statusCode).end(text));
      const error = await failureOf(call(server.url, transport));
      const expected = { statusCode, errorCode, errorDescription, mayHaveBeenProcessed: processed, attempts: 1 };
      expect(error).toMatchObject({ name: "AuthsignalError", ...expected });
      expect(String(error)).not.toMatch(/undefined|\[object/);
    },
  );

  it("whose body breaks off keeps its status", async () => {
    await using server = await serve((response) => {
      response.writeHead(401, { "content-length": "500" }).write('{"errorCode":"unauth');
      response.socket?.end();
    });
    await expect(call(server.url, transport)).rejects.toMatchObject({ statusCode: 401, errorCode: "unauthorized" });
  });

  it.each(["x-request-id", "x-amzn-requestid", "apigw-requestid"])("keeps the %s", async (header) => {
    await using server = await serve((response) => json(response, 400, {}, { [header]: "req-1" }));
    await expect(call(server.url, transport)).rejects.toMatchObject({ requestId: "req-1" });
  });

  it("holds the wait of Retry-After", async () => {
    await using server = await serve((response) => json(response, 429, {}, { "retry-after": "30" }));
    await expect(call(server.url, transport)).rejects.toMatchObject({ retryAfter: 30_000, requestId: undefined });
  });

  it("shortens a long description of the service", async () => {
    await using server = await serve((response) => json(response, 400, { errorDescription: "x".repeat(100_000) }));
    const error = await failureOf(call(server.url, transport));
    expect(String(error).length).toBeLessThan(2_000);
  });

  it("may have been processed if any of its attempts may have been", async () => {
    await using server = await serve((response, _request, count) =>
      count === 1 ? json(response, 500, {}, { "retry-after": "0" }) : json(response, 401, {}),
    );
    await expect(client(server.url, transport).getUser({ userId: "u" })).rejects.toMatchObject({
      statusCode: 401,
      attempts: 2,
      mayHaveBeenProcessed: true,
    });
  });
});

describe.each(TRANSPORTS)("a redirect over %s", (_name, transport) => {
  it.each([301, 302, 303, 307, 308])("with status %i is not followed", async (status) => {
    await using elsewhere = await serve((response) => json(response, 200, USER));
    await using server = await serve((response) =>
      response.writeHead(status, { location: `${elsewhere.url}/users/u?token=t` }).end(),
    );
    const error = await failureOf(client(server.url, transport).getUser({ userId: "u" }));
    expect(error).toMatchObject({
      statusCode: status,
      errorCode: "invalid_response",
      errorDescription: expect.stringContaining(elsewhere.url),
      attempts: 1,
      mayHaveBeenProcessed: false,
    });
    expect(elsewhere.received).toHaveLength(0);
  });
});

describe.each(TRANSPORTS)("the typed client over %s", (_name, transport) => {
  it("returns data, error and the whole response", async () => {
    await using server = await serve((response, _request, count) =>
      count === 1 ? json(response, 200, USER, { "x-colour": "blue" }) : json(response, 404, { errorCode: "not_found" }),
    );
    const api = createAuthsignalClient({ apiSecretKey: SECRET, apiUrl: server.url, ...transport });
    const params = { path: { userId: "u" } };
    const found = await api.GET("/users/{userId}", { params });
    expect(found.data).toEqual(USER);
    expect(found.response.headers.get("x-colour")).toBe("blue");
    const missing = await api.GET("/users/{userId}", { params });
    expect(missing.error).toEqual({ errorCode: "not_found" });
    expect(missing.response.status).toBe(404);
    expect(await missing.response.clone().json()).toEqual({ errorCode: "not_found" });
  });

  it("reads a body by parseAs", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const api = createAuthsignalClient({ apiSecretKey: SECRET, apiUrl: server.url, ...transport });
    const params = { path: { userId: "u" } };
    expect((await api.GET("/users/{userId}", { params, parseAs: "text" })).data).toBe(JSON.stringify(USER));
    const { data } = await api.GET("/users/{userId}", { params, parseAs: "arrayBuffer" });
    expect(new TextDecoder().decode(data)).toBe(JSON.stringify(USER));
  });

  it("rejects with the same errors as the facade when there is no valid response", async () => {
    await using server = await serve((response) => response.end("{}"));
    const api = createAuthsignalClient({ apiSecretKey: SECRET, apiUrl: server.url, retries: 0, ...transport });
    await expect(api.GET("/users/{userId}", { params: { path: { userId: "u" } } })).rejects.toMatchObject({
      name: "AuthsignalError",
      errorCode: "invalid_response",
    });
  });
});
