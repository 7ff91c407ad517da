import { describe, expect, inject, it } from "vitest";
import { AuthsignalError, createAuthsignalClient } from "../../src/client.ts";
import type { Fetch } from "../../src/index.ts";
import { apiSecretKey, only, prismFor, useLoopback } from "./harness.ts";
import { json, record } from "./recorder.ts";
import { firstSuccess, operationNamed } from "./spec.ts";

// The typed client uses the same request pipeline. It returns status and headers, and an error response as `error`.

const TRANSPORTS: Record<string, Fetch | undefined> = { "node:http": undefined, fetch: globalThis.fetch };

const loopback = useLoopback();

describe.each(Object.entries(TRANSPORTS))("over %s", (_transport, fetch) => {
  const clientAt = (apiUrl: string) => createAuthsignalClient({ apiSecretKey, apiUrl, fetch, retries: 0 });

  it("returns the data of a read", async () => {
    const client = clientAt(inject("prism").authsignal);
    const { data, error, response } = await client.GET("/users/{userId}", { params: { path: { userId: "usr_123" } } });
    expect(data).toEqual(firstSuccess(operationNamed("getUser")).body);
    expect(data?.isEnrolled).toBe(true);
    expect(error).toBeUndefined();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  });

  it("sends exactly the fields that the spec names", async () => {
    const relay = prismFor(operationNamed("track"), loopback);
    const { data } = await clientAt(relay.apiUrl).POST("/users/{userId}/actions/{action}", {
      params: { path: { userId: "jo|1/2", action: "signIn" } },
      body: { idempotencyKey: "key_1", custom: { amount: 0 } },
    });
    const { method, path, body, violations } = only(relay.exchanges);
    expect(violations).toBeUndefined();
    expect(`${method} ${path}`).toBe("POST /users/jo%7C1%2F2/actions/signIn");
    expect(JSON.parse(body)).toEqual({ idempotencyKey: "key_1", custom: { amount: 0 } });
    expect(data?.state).toBe("CHALLENGE_REQUIRED");
  });

  it("sends query parameters", async () => {
    const relay = prismFor(operationNamed("deleteUser"), loopback);
    const params = { path: { userId: "usr_123" }, query: { actions: false } };
    const { data } = await clientAt(relay.apiUrl).DELETE("/users/{userId}", { params });
    expect(data).toEqual({ success: true });
    expect(only(relay.exchanges)).toMatchObject({ path: "/users/usr_123?actions=false", violations: undefined });
  });

  it("has no data for a 204", async () => {
    const body = { accessToken: "eyJhbGciOiJSUzI1NiJ9.e30.c2ln" };
    const { data, error, response } = await clientAt(inject("prism").authsignal).POST("/sessions/revoke", { body });
    expect(data).toBeUndefined();
    expect(error).toBeUndefined();
    expect(response.status).toBe(204);
  });

  it("returns the error, the status and the headers of an error response", async () => {
    const relay = prismFor(operationNamed("verify"), loopback, "code=429");
    const body = { challengeId: "df9ad600-ffb4-4fdf-b59a-1dff79d4f993", verificationCode: "012345" };
    const { data, error, response } = await clientAt(relay.apiUrl).POST("/verify", { body });
    expect(data).toBeUndefined();
    expect(error?.errorCode).toBe("too_many_requests");
    expect(response.status).toBe(429);
    expect(response.ok).toBe(false);
    expect(response.headers.get("retry-after")).toBe("30");
  });

  it("returns an error body of any documented form", async () => {
    const relay = prismFor(operationNamed("getUser"), loopback, "code=403");
    const path = { userId: "usr_123" };
    const { data, error, response } = await clientAt(relay.apiUrl).GET("/users/{userId}", { params: { path } });
    expect(data).toBeUndefined();
    expect(error).toEqual({ message: "Forbidden" });
    expect(response.status).toBe(403);
  });

  it("rejects a success that does not match its schema", async () => {
    const { apiUrl, requests } = record(loopback, json(200, { isEnrolled: "yes" }));
    const failing = clientAt(apiUrl).GET("/users/{userId}", { params: { path: { userId: "usr_123" } } });
    await expect(failing).rejects.toBeInstanceOf(AuthsignalError);
    await expect(failing).rejects.toMatchObject({
      statusCode: 200,
      errorCode: "invalid_response",
      errorDescription: expect.stringContaining("isEnrolled must be of type boolean"),
      mayHaveBeenProcessed: true,
    });
    expect(requests).toHaveLength(1);
  });
});
