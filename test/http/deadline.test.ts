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
const api = { findOperation: routeFinder(operations), Failure: AuthsignalError };

function getUser(signal?: AbortSignal): RequestData {
  return new RequestData(`${baseUrl}/users/u`, { method: "GET", headers: new Headers(), signal });
}

function challenge(): RequestData {
  const body = "{}";
  return new RequestData(`${baseUrl}/challenge`, { method: "POST", headers: new Headers(), body });
}

/** A road whose time stands still but for what each answer takes; one that is undefined never comes. */
function road(answers: (Response | undefined)[], patience: CallLimits, took = 0) {
  const clock = new ManualClock();
  let sent = 0;
  const transport: Transport = async () => {
    const answer = answers[sent++];
    clock.pass(took);
    return answer
      ? new BufferedResponse(baseUrl, answer, await readBody(answer))
      : await new Promise<BufferedResponse>(() => {});
  };
  const send = createPipeline({ api, baseUrl, transport, redact: (text) => text, clock })(patience);
  return { clock, send, sent: () => sent };
}

describe("the deadline of a call", () => {
  it("gives an attempt that may be repeated half of what is left, and the last all of it", async () => {
    const { clock, send, sent } = road([undefined, undefined, undefined], { timeout: 10_000, retries: 2 });
    clock.chance = 0;
    const failure = failureOf(send(getUser()));
    await settled();
    for (let tick = 0; tick < 5; tick++) await clock.tick();
    expect(clock.asked).toEqual([5_000, 0, 2_500, 0, 2_500]);
    expect(await failure).toMatchObject({ errorCode: "timeout", statusCode: undefined, attempts: 3 });
    expect(clock.now()).toBe(10_000);
    expect(sent()).toBe(3);
    expect(clock.running).toBe(0);
  });

  it("gives an attempt that may not be repeated all of it", async () => {
    const { clock, send, sent } = road([undefined], { timeout: 10_000, retries: 2 });
    const failure = failureOf(send(challenge()));
    await settled();
    await clock.tick();
    expect(clock.asked).toEqual([10_000]);
    expect(await failure).toMatchObject({ errorCode: "timeout", attempts: 1, mayHaveBeenProcessed: true });
    expect(sent()).toBe(1);
  });

  it("holds while a body is read", async () => {
    const stalling = new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) }));
    const { clock, send } = road([stalling], { timeout: 1_000, retries: 0 });
    const failure = failureOf(send(getUser()));
    await settled();
    await clock.tick();
    expect(await failure).toMatchObject({ errorCode: "timeout", attempts: 1 });
  });

  it("stops its clock when the call is over", async () => {
    const { clock, send } = road([Response.json(USER)], { timeout: 1_000, retries: 2 });
    await expect(send(getUser())).resolves.toMatchObject({ status: 200 });
    expect(clock.running).toBe(0);
  });

  it.each([
    ["waits for an answer", undefined],
    ["sleeps", Response.json({}, { status: 503 })],
  ])("stops its clock when the caller ends a call that %s", async (_phase, answer) => {
    const { clock, send } = road([answer], { timeout: 1_000, retries: 2 });
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
  /** Half of the first upper bound, since the clock's chance is 0.5. */
  const OWN_WAIT = 150;
  const unavailable = (headers: Record<string, string> = {}) => Response.json({}, { status: 503, headers });

  it("doubles its upper bound and is a random part of it", async () => {
    const answers = [1, 2, 3, 4, 5, 6, 7].map(() => unavailable());
    const { clock, send } = road(answers, { timeout: 100_000, retries: 6 });
    const answer = send(getUser());
    for (let tick = 0; tick < 6; tick++) {
      await settled();
      await clock.tick();
    }
    await answer;
    const waits = clock.asked.filter((_ms, index) => index % 2 === 1);
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
    ["-1", OWN_WAIT],
    ["soon", OWN_WAIT],
    ["", OWN_WAIT],
    ["1e3", OWN_WAIT],
    ["Infinity", OWN_WAIT],
    ["NaN", OWN_WAIT],
    ["Later 5", OWN_WAIT],
    ["Thursday, 15-Jan-26 00:00:07 GMT", 7_000],
  ])("is what Retry-After asks, or our own when that is none: %j", async (header, ms) => {
    const answers = [unavailable({ "retry-after": header }), Response.json(USER)];
    const { clock, send } = road(answers, { timeout: 20_000, retries: 2 });
    const answer = send(getUser());
    await settled();
    await clock.tick();
    expect(clock.asked[1]).toBe(ms);
    await expect(answer).resolves.toMatchObject({ status: 200 });
  });

  it.each(["11", "86400", "Fri, 16 Jan 2026 00:00:00 GMT"])(
    "is not begun when it would outlast the deadline: %j",
    async (header) => {
      const { clock, send, sent } = road([unavailable({ "retry-after": header })], { timeout: 10_000, retries: 2 });
      const answer = await send(getUser());
      expect(answer.failure).toMatchObject({ statusCode: 503, attempts: 1, retryAfter: expect.any(Number) });
      expect(sent()).toBe(1);
      expect(clock.now()).toBe(0);
      expect(clock.running).toBe(0);
    },
  );

  it.each([
    ["9.5", 2],
    ["9.7", 1],
  ])(
    "of %s s is begun when it leaves as much time as the answer before took: %i attempts",
    async (header, attempts) => {
      const answers = [unavailable({ "retry-after": header }), unavailable()];
      const { clock, send, sent } = road(answers, { timeout: 10_000, retries: 1 }, 200);
      const answer = send(getUser());
      await settled();
      if (attempts === 2) await clock.tick();
      expect((await answer).failure).toMatchObject({ statusCode: 503, attempts });
      expect(sent()).toBe(attempts);
    },
  );

  it.each(["86400000", "9".repeat(400), "Thu, 15 Jan 2099 00:00:00 GMT"])(
    "is told as no more than a timer can hold: %.20s",
    async (header) => {
      const { send } = road([unavailable({ "retry-after": header })], { timeout: 10_000, retries: 2 });
      expect((await send(getUser())).failure).toMatchObject({ retryAfter: 2_147_483_647 });
    },
  );
});

describe.each(TRANSPORTS)("a silent service over %s", (_name, transport) => {
  const options = { ...transport, timeout: 200, retries: 0 };

  it("costs no more than the timeout when it never answers", async () => {
    await using server = await serveRaw(() => {});
    await expect(client(server.url, options).getUser({ userId: "u" })).rejects.toMatchObject({
      errorCode: "timeout",
      statusCode: undefined,
      mayHaveBeenProcessed: true,
    });
  });

  it("costs no more when it stops inside the answer", async () => {
    await using server = await serve((response) => response.writeHead(200).write('{"isEnrolled"'));
    await expect(client(server.url, options).getUser({ userId: "u" })).rejects.toMatchObject({ errorCode: "timeout" });
  });

  it("costs no more when it stops inside an error", async () => {
    await using server = await serve((response) => response.writeHead(401).write('{"error"'));
    await expect(client(server.url, options).getUser({ userId: "u" })).rejects.toMatchObject({ errorCode: "timeout" });
  });

  it("gives the call's own timeout the last word", async () => {
    await using server = await serveRaw(() => {});
    const patient = client(server.url, { ...transport, timeout: 60_000, retries: 0 });
    await expect(patient.getUser({ userId: "u" }, { timeout: 50 })).rejects.toMatchObject({ errorCode: "timeout" });
  });

  it("gives the call's own retries the last word", async () => {
    await using server = await serve((response) => json(response, 503, {}, { "retry-after": "0" }));
    const stubborn = client(server.url, { ...transport, retries: 9 });
    await expect(stubborn.getUser({ userId: "u" }, { retries: 0 })).rejects.toMatchObject({ attempts: 1 });
    expect(server.received).toHaveLength(1);
  });

  it("is asked a second time within the deadline when that is harmless", async () => {
    await using server = await serve((response, _request, count) => {
      if (count > 1) json(response, 200, USER);
    });
    const authsignal = client(server.url, { ...transport, timeout: 1_000 });
    await expect(authsignal.getUser({ userId: "u" })).resolves.toEqual(USER);
    expect(server.received).toHaveLength(2);
  });
});

describe("a connection that is never made", () => {
  it("cannot have carried a request", async () => {
    await using server = await serveRaw(() => {});
    const authsignal = client(server.url.replace("http:", "https:"), { timeout: 200, retries: 0 });
    await expect(authsignal.challenge({ challengeId: "c" })).rejects.toMatchObject({
      errorCode: "timeout",
      attempts: 1,
      mayHaveBeenProcessed: false,
    });
  });
});

describe.each(TRANSPORTS)("the caller's signal over %s", (_name, transport) => {
  const reason = new Error("The user went away");

  it("sends nothing when it has fired before", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const call = client(server.url, transport).getUser({ userId: "u" }, { signal: AbortSignal.abort(reason) });
    expect(await failureOf(call)).toBe(reason);
    expect(server.received).toHaveLength(0);
  });

  it("ends a call that waits for an answer, and closes its connection", async () => {
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

  it("ends a call that sleeps between two attempts", async () => {
    const controller = new AbortController();
    await using server = await serve((response) => {
      response.on("finish", () => setImmediate(() => controller.abort(reason)));
      json(response, 503, {}, { "retry-after": "5" });
    });
    const call = client(server.url, transport).getUser({ userId: "u" }, { signal: controller.signal });
    expect(await failureOf(call)).toBe(reason);
    expect(server.received).toHaveLength(1);
  });

  it("keeps whatever reason it was given", async () => {
    await using server = await serveRaw(() => {});
    const controller = new AbortController();
    const call = client(server.url, transport).getUser({ userId: "u" }, { signal: controller.signal });
    controller.abort("a word");
    expect(await failureOf(call)).toBe("a word");
  });
});

describe("the listeners on a signal", () => {
  it("are taken off, however a call ends", async () => {
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
