import { describe, expect, it } from "vitest";
import type { Fault } from "../../../src/emulator/state/rows.ts";
import { action, call, clientOf, phoneNumber, refused, start, userId } from "../../support/emulator/emulator.ts";

const get = `GET /users/${userId}`;

describe("a fault", () => {
  it.each<[Fault, status: number, body: unknown]>([
    [{ status: 503 }, 503, { message: "The emulator was told to fail" }],
    [{ status: 400 }, 400, expect.objectContaining({ error: "invalid_request", errorCode: "invalid_request" })],
    [{ status: 401 }, 401, expect.objectContaining({ errorCode: "unauthorized" })],
    [{ status: 404 }, 404, expect.objectContaining({ errorCode: "not_found" })],
    [{ status: 409 }, 409, expect.objectContaining({ errorCode: "conflict" })],
    [{ retryAfter: 7 }, 429, expect.objectContaining({ errorCode: "too_many_requests" })],
    [{ retryAfter: 7, status: 503 }, 503, { message: "The emulator was told to fail" }],
    [{ status: 418, body: { error: "teapot" } }, 418, { error: "teapot" }],
    [{ body: '"text"' }, 500, "text"],
    [{ status: 502, body: 5 }, 502, 5],
    [{ status: 204 }, 204, undefined],
    [{ status: 304 }, 304, undefined],
    [{ connection: "empty" }, 200, undefined],
    [{ connection: "empty", status: 503 }, 503, undefined],
    [{ connection: "empty", processed: false }, 500, undefined],
  ])("%o is answered with %i", async (fault, status, body) => {
    const { emulator } = start();
    emulator.faults.add({ ...fault, headers: { "x-cause": "fault" } });
    const answer = await call(emulator, get);
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(answer.headers.get("x-cause")).toBe("fault");
    expect(answer.headers.get("retry-after")).toBe(fault.retryAfter === undefined ? null : "7");
    expect(emulator.requests.list()).toMatchObject([
      { fault: true, status, requestId: answer.headers.get("x-request-id") },
    ]);
  });

  it("has the headers that it names, in any case", async () => {
    const { emulator } = start();
    emulator.faults.add({ status: 502, headers: { "Content-Type": "text/html" }, body: '"<h1>Bad gateway</h1>"' });
    expect((await call(emulator, get)).headers.get("content-type")).toBe("text/html");
  });

  it.each(["getUser", "revokeUserSessions"])("breaks the connection of %s", async (operation) => {
    const { emulator, authsignal } = start();
    const send = () =>
      operation === "getUser" ? authsignal.getUser({ userId }) : authsignal.revokeUserSessions({ userId });
    for (const [connection, errorCode] of [
      ["reset", "network_error"],
      ["cut", "invalid_response"],
    ] as const) {
      emulator.faults.add({ operations: [operation], times: 1, connection });
      await expect(send(), connection).rejects.toMatchObject({ errorCode });
    }
    await send();
  });

  it("applies to the operations that it names, or to all, as often as it says; the oldest first", async () => {
    const { emulator, authsignal } = start();
    emulator.faults.add({ operations: ["track", "getAction"], times: 2, status: 501 });
    emulator.faults.add({ times: 1, status: 502 });
    const statusOf = async (at: string) => (await call(emulator, at)).status;
    const track = `POST /users/${userId}/actions/${action}`;
    expect(emulator.faults.list()).toHaveLength(2);
    const statuses = [await statusOf(track), await statusOf(get), await statusOf(get), await statusOf(track)];
    expect(statuses).toEqual([501, 502, 200, 501]);
    expect(emulator.faults.list()).toEqual([]);
    await authsignal.track({ userId, action });
    emulator.faults.add({ status: 503 });
    for (const _time of [1, 2, 3]) expect(await statusOf(get)).toBe(503);
    emulator.faults.clear();
    expect(await statusOf(get)).toBe(200);
  });

  it("happens with its probability", async () => {
    const chances = [0.29, 0.31, 0, 0.99];
    const { emulator } = start({ random: () => chances.shift() ?? 1 });
    emulator.faults.add({ probability: 0.3, status: 503 });
    const statuses = [];
    for (const _time of [1, 2, 3, 4]) statuses.push((await call(emulator, get)).status);
    expect(statuses).toEqual([503, 200, 503, 200]);
  });

  it("without a probability is certain, and asks for no random number", async () => {
    const { emulator } = start({ random: () => 1 });
    emulator.faults.add({ status: 503 });
    expect((await call(emulator, get)).status).toBe(503);
  });

  it("for an unknown operation is rejected", () => {
    const { emulator } = start();
    expect(() => emulator.faults.add({ operations: ["trak"], status: 503 })).toThrow(/trak/);
  });

  it.each<Fault>([{ status: 204, connection: "cut" }, { status: 503, headers: { "x y": "z" } }, { status: 99 }])(
    "that no answer can have is refused when it is added: %o",
    (fault) => {
      const { emulator } = start();
      expect(() => emulator.faults.add(fault)).toThrow(TypeError);
    },
  );

  it("of latency delays an answer that is otherwise as it would be", async () => {
    const { emulator, authsignal } = start();
    emulator.faults.add({ latency: 50, operations: ["updateUser"] });
    await authsignal.updateUser({ userId, attributes: { displayName: "Jo" } });
    expect(emulator.export().users).toMatchObject([{ displayName: "Jo" }]);
    const [entry] = emulator.requests.list();
    expect(entry).toMatchObject({ status: 200, fault: true });
    expect(entry?.duration).toBeGreaterThanOrEqual(49);
    emulator.faults.add({ latency: 600_000, operations: ["getUser"] });
    await expect(authsignal.getUser({ userId }, { timeout: 20 })).rejects.toMatchObject({ errorCode: "timeout" });
  });

  it("changes nothing unless the call is processed", async () => {
    for (const [fault, users] of [
      [{ status: 503 }, 0],
      [{ connection: "reset" }, 0],
      [{ status: 503, processed: true }, 1],
      [{ connection: "reset", processed: true }, 1],
      [{ connection: "empty" }, 1],
      [{ connection: "cut" }, 1],
      [{ connection: "cut", processed: false }, 0],
    ] as const) {
      const { emulator, authsignal } = start();
      emulator.faults.add(fault);
      await expect(authsignal.updateUser({ userId, attributes: {} })).rejects.toThrow();
      expect(emulator.export().users, JSON.stringify(fault)).toHaveLength(users);
    }
  });

  it("does not change the error of an invalid request", async () => {
    const { emulator } = start();
    emulator.faults.add({ latency: 1 });
    expect(await call(emulator, "GET /users")).toMatchObject({ status: 400 });
    expect(await call(emulator, get, { key: "sk_live_1" })).toMatchObject({ status: 401 });
  });

  it("belongs to one tenant", async () => {
    const { emulator } = start();
    emulator.tenant("sk_emulator_other").faults.add({ status: 503 });
    expect(await call(emulator, get)).toMatchObject({ status: 200 });
    expect(await call(emulator, get, { key: "sk_emulator_other" })).toMatchObject({ status: 503 });
  });
});

describe("our client", () => {
  it("waits as long as Retry-After says and retries", async () => {
    const { emulator } = start();
    emulator.faults.add({ times: 1, retryAfter: 1 });
    const before = performance.now();
    await clientOf(emulator, { retries: 1 }).getUser({ userId });
    expect(performance.now() - before).toBeGreaterThanOrEqual(990);
    emulator.faults.add({ times: 1, retryAfter: 1 });
    await expect(clientOf(emulator).getUser({ userId })).rejects.toMatchObject({
      ...refused(429, "too_many_requests"),
      retryAfter: 1_000,
      mayHaveBeenProcessed: false,
    });
  });

  it.each(["reset", "cut", "empty"] as const)("tracks once although the answer is lost (%s)", async (connection) => {
    const { emulator, enroll } = start();
    await enroll();
    emulator.rules.next("REVIEW", "BLOCK");
    emulator.faults.add({ operations: ["track"], times: 1, processed: true, connection });
    const answer = await clientOf(emulator, { retries: 2 }).track({ userId, action });
    expect(answer.state).toBe("REVIEW_REQUIRED");
    expect(emulator.export().actions).toMatchObject([{ idempotencyKey: answer.idempotencyKey }]);
    const tracked = emulator.requests.list().filter(({ operation }) => operation === "track");
    expect(tracked).toHaveLength(2);
  });

  it.each(["reset", "cut", "empty"] as const)(
    "sends no second code when the answer is lost (%s)",
    async (connection) => {
      const { emulator } = start();
      emulator.faults.add({ operations: ["challenge"], times: 1, processed: true, connection });
      const request = { verificationMethod: "SMS", action, phoneNumber } as const;
      await expect(clientOf(emulator, { retries: 3 }).challenge(request)).rejects.toMatchObject({
        mayHaveBeenProcessed: true,
        attempts: 1,
      });
      expect(emulator.outbox.list()).toHaveLength(1);
    },
  );
});
