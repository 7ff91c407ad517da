import { describe, expect, it } from "vitest";
import { AuthyApiClient } from "../../src/authy/index.ts";
import { createAuthsignalClient } from "../../src/client.ts";
import { AuthsignalError, type RequestEvent, type ResponseEvent } from "../../src/index.ts";
import { CHALLENGED, client, failureOf, SECRET, TRACKED, TRANSPORTS, USER } from "../support/clients.ts";
import { json, type Reply, serve } from "../support/server.ts";

/** Creates hooks that record their events in order. */
function recorder() {
  const requests: RequestEvent[] = [];
  const responses: ResponseEvent[] = [];
  const order: string[] = [];
  const hooks = {
    onRequest(request: RequestEvent) {
      order.push(`request ${request.attempt}`);
      requests.push(request);
    },
    onResponse(response: ResponseEvent) {
      order.push(`response ${response.request.attempt}`);
      responses.push(response);
    },
  };
  return { hooks, requests, responses, order };
}

/** Responds with a 503 to the first request, and with a user to the second. */
const onceUnavailable: Reply = (response, _request, count) => {
  if (count > 1) return json(response, 200, USER);
  response.setHeader("x-request-id", "req_1").setHeader("retry-after", "0");
  json(response, 503, { error: "service_unavailable" });
};

describe.each(TRANSPORTS)("hooks over %s", (_name, transport) => {
  it("are called before and after each attempt", async () => {
    await using server = await serve(onceUnavailable);
    const { hooks, requests, responses, order } = recorder();
    await client(server.url, { ...transport, ...hooks }).getUser({ userId: "jo@example.com" });
    expect(order).toEqual(["request 1", "response 1", "request 2", "response 2"]);
    expect(requests).toEqual([
      { operation: "getUser", method: "GET", attempt: 1 },
      { operation: "getUser", method: "GET", attempt: 2 },
    ]);
    expect(responses).toMatchObject([
      { statusCode: 503, errorCode: "service_unavailable", requestId: "req_1" },
      { statusCode: 200, errorCode: undefined, requestId: undefined },
    ]);
    for (const [index, { request, duration }] of responses.entries()) {
      expect(request).toBe(requests[index]);
      expect(duration).toBeGreaterThan(0);
    }
  });

  it("report an attempt without a response", async () => {
    const { hooks, responses } = recorder();
    const call = client("http://127.0.0.1:9", { ...transport, ...hooks, retries: 1 }).track({
      userId: "u",
      action: "a",
    });
    await expect(call).rejects.toThrow(AuthsignalError);
    expect(responses).toMatchObject([
      { request: { operation: "track", attempt: 1 }, statusCode: undefined, errorCode: "network_error" },
      { request: { operation: "track", attempt: 2 }, statusCode: undefined, errorCode: "network_error" },
    ]);
  });

  it("report a timeout, and a signal that ends the call", async () => {
    await using server = await serve(() => {});
    const { hooks, responses } = recorder();
    const authsignal = client(server.url, { ...transport, ...hooks, retries: 0 });
    await failureOf(authsignal.getUser({ userId: "u" }, { timeout: 50 }));
    const controller = new AbortController();
    const call = failureOf(authsignal.getUser({ userId: "u" }, { signal: controller.signal }));
    controller.abort();
    await call;
    expect(responses.map(({ errorCode, statusCode }) => [errorCode, statusCode])).toEqual([
      ["timeout", undefined],
      ["aborted", undefined],
    ]);
  });

  it("end the call before anything is sent when onRequest fires its signal", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const controller = new AbortController();
    const reason = new Error("Stopped by the hook");
    const authsignal = client(server.url, { ...transport, onRequest: () => controller.abort(reason) });
    await expect(authsignal.getUser({ userId: "u" }, { signal: controller.signal })).rejects.toBe(reason);
    expect(server.received).toEqual([]);
  });

  it("report a malformed 2xx with the error code of the call", async () => {
    await using server = await serve((response) => json(response, 200, { isEnrolled: "yes" }));
    const { hooks, responses } = recorder();
    await failureOf(client(server.url, { ...transport, ...hooks, retries: 0 }).getUser({ userId: "u" }));
    expect(responses).toMatchObject([{ statusCode: 200, errorCode: "invalid_response" }]);
  });

  it("get no secret and no id, even if the service sends them back", async () => {
    await using server = await serve((response) => {
      response.setHeader("x-request-id", encodeURIComponent(SECRET));
      json(response, 400, { error: `no ${SECRET}`, errorDescription: "jo@example.com" });
    });
    const { hooks, requests, responses } = recorder();
    await failureOf(client(server.url, { ...transport, ...hooks }).getUser({ userId: "jo@example.com" }));
    expect(responses).toMatchObject([{ errorCode: "no [secret]", requestId: "[secret]" }]);
    expect(JSON.stringify([requests, responses])).not.toContain("jo@example.com");
  });

  it("do not change the call when they throw or reject", async () => {
    await using server = await serve(onceUnavailable);
    const authsignal = client(server.url, {
      ...transport,
      onRequest() {
        throw new Error("log is full");
      },
      onResponse: async () => {
        throw new Error("no collector");
      },
    });
    expect(await authsignal.getUser({ userId: "u" })).toEqual(USER);
    expect(server.received).toHaveLength(2);
  });
});

describe("hooks", () => {
  it("are not called for a call that was rejected before anything was sent", async () => {
    const { hooks, order } = recorder();
    await failureOf(client("http://127.0.0.1:9", hooks).getUser({ userId: "" }));
    expect(order).toEqual([]);
  });

  it("get a pair of events for each of two calls at the same time", async () => {
    await using server = await serve((response, { path }) =>
      json(response, 200, path.endsWith("/challenge") ? CHALLENGED : TRACKED),
    );
    const { hooks, requests, responses } = recorder();
    const authsignal = client(server.url, hooks);
    await Promise.all([
      authsignal.track({ userId: "u", action: "a" }),
      authsignal.challenge({ verificationMethod: "SMS", action: "a", phoneNumber: "+64270000000" }),
    ]);
    expect(requests.map(({ operation }) => operation).sort()).toEqual(["challenge", "track"]);
    expect(new Set(responses.map(({ request }) => request))).toEqual(new Set(requests));
  });

  it("run in the async context of the call", async () => {
    const { AsyncLocalStorage } = await import("node:async_hooks");
    const context = new AsyncLocalStorage<string>();
    await using server = await serve((response) => json(response, 200, USER));
    const seen: unknown[] = [];
    const note = () => seen.push(context.getStore());
    const authsignal = client(server.url, { onRequest: note, onResponse: note });
    await Promise.all(["one", "two"].map((name) => context.run(name, () => authsignal.getUser({ userId: "u" }))));
    expect(seen.sort()).toEqual(["one", "one", "two", "two"]);
  });

  it("are called by the typed client and by the client of Authy, too", async () => {
    await using server = await serve((response, { path }) =>
      json(response, 200, path.includes("/sms/") ? { success: true, message: "sent" } : USER),
    );
    const { hooks, requests } = recorder();
    const typed = createAuthsignalClient({ apiSecretKey: "secret", apiUrl: server.url, ...hooks });
    await typed.GET("/users/{userId}", { params: { path: { userId: "u" } } });
    await new AuthyApiClient({ apiKey: "key", apiUrl: server.url, ...hooks }).users.requestSms(1);
    expect(requests.map(({ operation }) => operation)).toEqual(["getUser", expect.any(String)]);
  });

  it.each(["onRequest", "onResponse"])("%s must be a function", (name) => {
    expect(() => client("http://127.0.0.1:9", { [name]: "log" })).toThrow(`${name} must be a function`);
  });
});
