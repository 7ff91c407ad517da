import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { operations } from "../../generated/authsignal-data.ts";
import { AuthsignalError } from "../../src/errors.ts";
import { readBody } from "../../src/http/body.ts";
import { type CallLimits, createPipeline } from "../../src/http/call.ts";
import { routeFinder } from "../../src/http/operation.ts";
import { RequestData } from "../../src/http/request.ts";
import { BufferedResponse } from "../../src/http/response.ts";
import type { Transport } from "../../src/http/transport.ts";
import { CHALLENGED, client, failureOf, TRANSPORTS, USER } from "../support/clients.ts";
import { ManualClock, settled } from "../support/manual-clock.ts";
import { json, serve, serveRaw } from "../support/server.ts";

const baseUrl = "https://api.test/v1";
const api = { findOperation: routeFinder(operations), ErrorClass: AuthsignalError };

function getUser(signal?: AbortSignal): RequestData {
  return new RequestData(`${baseUrl}/users/u`, { method: "GET", headers: new Headers(), signal });
}

function challenge(): RequestData {
  const body = "{}";
  return new RequestData(`${baseUrl}/challenge`, { method: "POST", headers: new Headers(), body });
}

/**
 * A pipeline with a clock that moves only by `duration` ms for each response.
 * @param responses One for each attempt; one that is undefined never comes.
 */
function pipeline(responses: (Response | undefined)[], limits: CallLimits, duration = 0) {
  const clock = new ManualClock();
  let sent = 0;
  const transport: Transport = async () => {
    const response = responses[sent++];
    clock.pass(duration);
    return response
      ? new BufferedResponse(baseUrl, response, await readBody(response))
      : await new Promise<BufferedResponse>(() => {});
  };
  const call = createPipeline({ api, baseUrl, transport, redact: (text) => text, clock });
  return { clock, send: (request: RequestData) => call(request, limits), sent: () => sent };
}

describe("the deadline of a call", () => {
  it("gives an attempt that may be retried half of the time left, and the last attempt all of it", async () => {
    const { clock, send, sent } = pipeline([undefined, undefined, undefined], { timeout: 10_000, retries: 2 });
    clock.nextRandom = 0;
    const failure = failureOf(send(getUser()));
    await settled();
    for (let tick = 0; tick < 5; tick++) await clock.tick();
    expect(clock.delays).toEqual([5_000, 0, 2_500, 0, 2_500]);
    expect(await failure).toMatchObject({ errorCode: "timeout", statusCode: undefined, attempts: 3 });
    expect(clock.monotonicNow()).toBe(10_000);
    expect(sent()).toBe(3);
    expect(clock.running).toBe(0);
  });

  it("gives an attempt that must not be retried all of the time", async () => {
    const { clock, send, sent } = pipeline([undefined], { timeout: 10_000, retries: 2 });
    const failure = failureOf(send(challenge()));
    await settled();
    await clock.tick();
    expect(clock.delays).toEqual([10_000]);
    expect(await failure).toMatchObject({ errorCode: "timeout", attempts: 1, mayHaveBeenProcessed: true });
    expect(sent()).toBe(1);
  });

  it("ends a call while its body is read", async () => {
    const stalling = new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) }));
    const { clock, send } = pipeline([stalling], { timeout: 1_000, retries: 0 });
    const failure = failureOf(send(getUser()));
    await settled();
    await clock.tick();
    expect(await failure).toMatchObject({ errorCode: "timeout", attempts: 1 });
  });

  it("leaves no timer when the call is over", async () => {
    const { clock, send } = pipeline([Response.json(USER)], { timeout: 1_000, retries: 2 });
    await expect(send(getUser())).resolves.toMatchObject({ status: 200 });
    expect(clock.running).toBe(0);
  });

  it.each([
    ["waits for a response", undefined],
    ["waits before a retry", Response.json({}, { status: 503 })],
  ])("leaves no timer when the caller ends a call that %s", async (_phase, response) => {
    const { clock, send } = pipeline([response], { timeout: 1_000, retries: 2 });
    const controller = new AbortController();
    const failure = failureOf(send(getUser(controller.signal)));
    await settled();
    expect(clock.running).toBe(1);
    controller.abort("enough");
    expect(await failure).toBe("enough");
    expect(clock.running).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });
});

describe("the wait between attempts", () => {
  /** Half of the first upper bound, because the random number of the clock is 0.5. */
  const BACKOFF = 150;
  const unavailable = (headers: Record<string, string> = {}) => Response.json({}, { status: 503, headers });

  it("is a random part of an upper bound that doubles with every retry", async () => {
    const responses = [1, 2, 3, 4, 5, 6, 7].map(() => unavailable());
    const { clock, send } = pipeline(responses, { timeout: 100_000, retries: 6 });
    const response = send(getUser());
    for (let tick = 0; tick < 6; tick++) {
      await settled();
      await clock.tick();
    }
    await response;
    const waits = clock.delays.filter((_ms, index) => index % 2 === 1);
    expect(waits).toEqual([150, 300, 600, 1_200, 2_400, 4_000]);
  });

  it.each([
    ["2", 2_000],
    ["0", 0],
    ["1.5", 1_500],
    [" 3 ", 3_000],
    ["Thu, 15 Jan 2026 00:00:07 GMT", 7_000],
    ["Thu, 15 Jan 2026 00:00:00 GMT", 0],
    ["Wed, 14 Jan 2026 00:00:00 GMT", 0],
    ["-1", BACKOFF],
    ["soon", BACKOFF],
    ["", BACKOFF],
    ["1e3", BACKOFF],
    ["Infinity", BACKOFF],
    ["NaN", BACKOFF],
    ["Later 5", BACKOFF],
    ["Thursday, 15-Jan-26 00:00:07 GMT", 7_000],
  ])("is that of Retry-After, or the back-off if the header is invalid: %j", async (header, ms) => {
    const responses = [unavailable({ "retry-after": header }), Response.json(USER)];
    const { clock, send } = pipeline(responses, { timeout: 20_000, retries: 2 });
    const response = send(getUser());
    await settled();
    await clock.tick();
    expect(clock.delays[1]).toBe(ms);
    await expect(response).resolves.toMatchObject({ status: 200 });
  });

  it.each(["11", "86400", "Fri, 16 Jan 2026 00:00:00 GMT"])(
    "does not begin if it would end after the deadline: %j",
    async (header) => {
      const { clock, send, sent } = pipeline([unavailable({ "retry-after": header })], { timeout: 10_000, retries: 2 });
      const response = await send(getUser());
      expect(response.error).toMatchObject({ statusCode: 503, attempts: 1, retryAfter: expect.any(Number) });
      expect(sent()).toBe(1);
      expect(clock.monotonicNow()).toBe(0);
      expect(clock.running).toBe(0);
    },
  );

  it.each([
    ["9.5", 2],
    ["9.7", 1],
  ])(
    "of %s s begins only if it leaves as much time as the last response took: %i attempts",
    async (header, attempts) => {
      const responses = [unavailable({ "retry-after": header }), unavailable()];
      const { clock, send, sent } = pipeline(responses, { timeout: 10_000, retries: 1 }, 200);
      const response = send(getUser());
      await settled();
      if (attempts === 2) await clock.tick();
      expect((await response).error).toMatchObject({ statusCode: 503, attempts });
      expect(sent()).toBe(attempts);
    },
  );

  it.each(["86400000", "9".repeat(400), "Thu, 15 Jan 2099 00:00:00 GMT"])(
    "is reported as at most what a timer can hold: %.20s",
    async (header) => {
      const { send } = pipeline([unavailable({ "retry-after": header })], { timeout: 10_000, retries: 2 });
      expect((await send(getUser())).error).toMatchObject({ retryAfter: 2_147_483_647 });
    },
  );
});

describe.each(TRANSPORTS)("a silent service over %s", (_name, transport) => {
  const options = { ...transport, timeout: 200, retries: 0 };

  it("costs no more than the timeout if it sends no response", async () => {
    await using server = await serveRaw(() => {});
    await expect(client(server.url, options).getUser({ userId: "u" })).rejects.toMatchObject({
      errorCode: "timeout",
      statusCode: undefined,
      mayHaveBeenProcessed: true,
    });
  });

  it("costs no more than the timeout if it stops inside a response", async () => {
    await using server = await serve((response) => response.writeHead(200).write('{"isEnrolled"'));
    await expect(client(server.url, options).getUser({ userId: "u" })).rejects.toMatchObject({ errorCode: "timeout" });
  });

  it("costs no more than the timeout if it stops inside an error", async () => {
    await using server = await serve((response) => response.writeHead(401).write('{"error"'));
    await expect(client(server.url, options).getUser({ userId: "u" })).rejects.toMatchObject({ errorCode: "timeout" });
  });

  it("is left after the timeout of the call, which overrides that of the client", async () => {
    await using server = await serveRaw(() => {});
    const authsignal = client(server.url, { ...transport, timeout: 60_000, retries: 0 });
    await expect(authsignal.getUser({ userId: "u" }, { timeout: 50 })).rejects.toMatchObject({ errorCode: "timeout" });
  });

  it("gets as many attempts as the retries of the call allow, which override those of the client", async () => {
    await using server = await serve((response) => json(response, 503, {}, { "retry-after": "0" }));
    const authsignal = client(server.url, { ...transport, retries: 9 });
    await expect(authsignal.getUser({ userId: "u" }, { retries: 0 })).rejects.toMatchObject({ attempts: 1 });
    expect(server.received).toHaveLength(1);
  });

  it("gets a second attempt within the deadline if a retry is harmless", async () => {
    await using server = await serve((response, _request, count) => {
      if (count > 1) json(response, 200, USER);
    });
    const authsignal = client(server.url, { ...transport, timeout: 1_000 });
    await expect(authsignal.getUser({ userId: "u" })).resolves.toEqual(USER);
    expect(server.received).toHaveLength(2);
  });
});

describe("a connection that is never made", () => {
  it("reports that nothing can have been processed", async () => {
    await using server = await serveRaw(() => {});
    const authsignal = client(server.url.replace("http:", "https:"), { timeout: 200, retries: 0 });
    await expect(authsignal.challenge({ challengeId: "c" })).rejects.toMatchObject({
      errorCode: "timeout",
      attempts: 1,
      mayHaveBeenProcessed: false,
    });
  });
});

describe.each(TRANSPORTS)("the signal of a call over %s", (_name, transport) => {
  const reason = new Error("The user went away");

  it("lets nothing be sent if it has fired before", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const call = client(server.url, transport).getUser({ userId: "u" }, { signal: AbortSignal.abort(reason) });
    expect(await failureOf(call)).toBe(reason);
    expect(server.received).toHaveLength(0);
  });

  it("ends a call that waits for a response, and closes its connection", async () => {
    const controller = new AbortController();
    let closed: Promise<unknown> = Promise.resolve();
    await using server = await serve((response) => {
      closed = new Promise((resolve) => response.on("close", resolve));
      controller.abort(reason);
    });
    const call = client(server.url, transport).challenge({ challengeId: "c" }, { signal: controller.signal });
    expect(await failureOf(call)).toBe(reason);
    await closed;
    expect(server.received).toHaveLength(1);
  });

  it("ends a call inside the body", async () => {
    const controller = new AbortController();
    await using server = await serve((response) => {
      response.writeHead(200).write("{", () => setImmediate(() => controller.abort(reason)));
    });
    const call = client(server.url, transport).getUser({ userId: "u" }, { signal: controller.signal });
    expect(await failureOf(call)).toBe(reason);
  });

  it("ends a call that waits between two attempts", async () => {
    const controller = new AbortController();
    await using server = await serve((response) => {
      response.on("finish", () => setImmediate(() => controller.abort(reason)));
      json(response, 503, {}, { "retry-after": "5" });
    });
    const call = client(server.url, transport).getUser({ userId: "u" }, { signal: controller.signal });
    expect(await failureOf(call)).toBe(reason);
    expect(server.received).toHaveLength(1);
  });

  it("is what the call rejects with, of whatever type its reason is", async () => {
    await using server = await serveRaw(() => {});
    const controller = new AbortController();
    const call = client(server.url, transport).getUser({ userId: "u" }, { signal: controller.signal });
    controller.abort("a text");
    expect(await failureOf(call)).toBe("a text");
  });
});

describe("the listeners on a signal", () => {
  it("are removed, whether a call succeeds or fails", async () => {
    await using server = await serve((response, _request, count) =>
      count % 2 === 1 ? json(response, 200, CHALLENGED) : json(response, 400, {}),
    );
    const controller = new AbortController();
    const { signal } = controller;
    const authsignal = client(server.url);
    for (let call = 0; call < 10; call++) await authsignal.challenge({ challengeId: "c" }, { signal }).catch(() => {});
    expect(server.received).toHaveLength(10);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});
