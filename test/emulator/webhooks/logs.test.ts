import { describe, expect, it, vi } from "vitest";
import type { LogBatch } from "../../../src/index.ts";
import { CODE, phoneNumber, start, userId } from "../../support/emulator/emulator.ts";
import { eventOf, receiver, signal, statuses } from "../../support/emulator/webhooks.ts";
import type { Received } from "../../support/server.ts";

// Log records: they come in batches, when the token of the action has run out.

/** The records of a delivery. */
function recordsOf(request: Received | undefined): LogBatch["records"] {
  const batch = request && eventOf(request);
  if (!batch || !("records" in batch)) throw new Error("There is no batch");
  return batch.records;
}

const ACTIONS = "action.log_created";
const CHALLENGES = "challenge.log_created";

/** An emulator whose clock stands and whose log records of a type go to a receiver. */
async function logging(
  type: typeof ACTIONS | typeof CHALLENGES,
  options: { logDelay?: string; replies?: number[] } = {},
) {
  const { logDelay, replies = [200] } = options;
  const server = await receiver(statuses(...replies));
  const world = start({ webhooks: { urls: { [type]: server.url }, logDelay } });
  world.emulator.clock.freeze("2031-01-15T03:00:00.000Z");
  const advance = async (by: "14m" | "59s" | "60s" | "1s" | "1m" | "1h") => {
    world.emulator.clock.advance(by);
    await world.emulator.webhooks.settle();
  };
  return { ...world, server, advance, waiting: () => world.emulator.export().logRecords ?? [] };
}

describe("the log of actions", () => {
  it("comes 15 minutes after an action was tracked, with its state at that time", async () => {
    const { server, authsignal, emulator, advance, enroll, pass } = await logging(ACTIONS);
    await using _ = server;
    await enroll();
    emulator.rules.add({ ruleId: "rule_1", name: "All", action: "pay", outcome: "CHALLENGE" });
    const attributes = { ipAddress: "203.0.113.7", deviceId: "laptop", custom: { amount: 1 } };
    const { url, idempotencyKey } = await authsignal.track({ userId, action: "pay", attributes });
    await advance("1m");
    await pass(url);
    await advance("14m");

    const [request, ...others] = server.received;
    expect(others).toEqual([]);
    const [event, ...more] = recordsOf(request);
    expect(more).toEqual([]);
    const { tenantId } = emulator;
    expect(event).toEqual({
      version: 1,
      id: expect.any(String),
      source: "https://authsignal.com",
      time: "2031-01-15T03:15:00.000Z",
      tenantId,
      type: ACTIONS,
      record: {
        tenantId,
        userId,
        actionCode: "pay",
        idempotencyKey,
        createdAt: "2031-01-15T03:00:00.000Z",
        updatedAt: "2031-01-15T03:01:00.000Z",
        state: "CHALLENGE_SUCCEEDED",
        stateUpdatedAt: "2031-01-15T03:01:00.000Z",
        outcome: "CHALLENGE",
        verificationMethod: "SMS",
        allowedVerificationMethods: expect.arrayContaining(["SMS", "PASSKEY"]),
        enrolledVerificationMethods: ["SMS"],
        rules: [{ ruleId: "rule_1", name: "All" }],
        priorityRuleId: "rule_1",
        ipAddress: "203.0.113.7",
        phoneNumber,
        deviceId: "laptop",
        custom: { amount: 1 },
      },
    });
    expect(emulator.webhooks.deliveries()).toMatchObject([{ type: ACTIONS, mode: "asynchronous", state: "delivered" }]);
  });

  it("is one record for each action, and waits its full time for each", async () => {
    const { server, authsignal, advance, waiting } = await logging(ACTIONS);
    await using _ = server;
    const track = (action: string) => authsignal.track({ userId, action, attributes: { idempotencyKey: "one" } });
    await track("first");
    await advance("1m");
    await track("second");
    await track("second");
    expect(waiting()).toHaveLength(2);
    await advance("14m");
    expect(server.received.map((one) => recordsOf(one).map(({ record }) => record.actionCode))).toEqual([["first"]]);
    await advance("1m");
    expect(recordsOf(server.received[1]).map(({ record }) => record.actionCode)).toEqual(["second"]);
    expect(waiting()).toEqual([]);
  });

  it.each([
    ["ALLOW", "ALLOW", "BLOCK"],
    ["BLOCK", "BLOCK", "ALLOW"],
    ["REVIEW", "REVIEW_REQUIRED", "REVIEW_SUCCEEDED"],
  ] as const)("keeps the outcome %s of an action that is moved from %s to %s", async (outcome, state, next) => {
    const { server, authsignal, emulator } = await logging(ACTIONS);
    await using _ = server;
    emulator.rules.next(outcome);
    const tracked = await authsignal.track({ userId, action: "pay" });
    expect(tracked.state).toBe(state);
    const { idempotencyKey } = tracked;
    await authsignal.updateAction({ userId, action: "pay", idempotencyKey, attributes: { state: next } });
    await emulator.webhooks.flushLogs();
    expect(recordsOf(server.received[0]).map(({ record }) => record)).toMatchObject([{ state: next, outcome }]);
  });

  it("has another record of an action that changes later", async () => {
    const { server, authsignal, emulator } = await logging(ACTIONS);
    await using _ = server;
    const { idempotencyKey } = await authsignal.track({ userId, action: "pay" });
    await emulator.webhooks.flushLogs();
    await authsignal.updateAction({ userId, action: "pay", idempotencyKey, attributes: { state: "BLOCK" } });
    await emulator.webhooks.flushLogs();
    const [first, second] = server.received.map((one) => recordsOf(one)[0]);
    expect([first?.record, second?.record]).toMatchObject([{ state: "ALLOW" }, { state: "BLOCK" }]);
    expect(first?.id).not.toBe(second?.id);
  });
});

describe("the log of challenges", () => {
  it("has every step of a challenge, in order", async () => {
    const { server, authsignal, emulator } = await logging(CHALLENGES);
    await using _ = server;
    const challenge = { verificationMethod: "SMS", action: "signIn", phoneNumber, userId } as const;
    const { challengeId } = await authsignal.challenge(challenge);
    await authsignal.verify({ challengeId, verificationCode: "000000" });
    emulator.clock.advance("1s");
    await authsignal.verify({ challengeId, verificationCode: CODE });
    await emulator.webhooks.flushLogs();
    const { tenantId } = emulator;
    const [{ idempotencyKey = "" } = {}] = emulator.export().challenges ?? [];
    const record = { tenantId, userId, actionCode: "signIn", idempotencyKey, verificationMethod: "SMS", phoneNumber };
    const createdAt = "2031-01-15T03:00:00.000Z";
    expect(recordsOf(server.received[0]).map((event) => event.record)).toEqual([
      { ...record, createdAt, type: "SMS_SENT" },
      { ...record, createdAt, type: "SMS_CODE_INVALID_OR_EXPIRED" },
      { ...record, createdAt: "2031-01-15T03:00:01.000Z", type: "SMS_CODE_VALID" },
    ]);
    expect(JSON.stringify(server.received)).not.toContain(CODE);
  });
});

describe("batches", () => {
  it("hold at most 500 records", async () => {
    const { server, emulator, authsignal } = await logging(ACTIONS);
    await using _ = server;
    for (let count = 0; count < 1_001; count += 1) await authsignal.track({ userId, action: "pay" });
    await emulator.webhooks.flushLogs();
    const batches = server.received.map(recordsOf);
    expect(batches.map(({ length }) => length).sort()).toEqual([1, 500, 500]);
    expect(new Set(batches.flat().map(({ id }) => id)).size).toBe(1_001);
  });

  it("are retried every minute until a 2xx, with the same ids, and longer than events", async () => {
    const { server, emulator, authsignal, advance } = await logging(ACTIONS, {
      logDelay: "1m",
      replies: [500, 500, 500, 500, 500, 500, 200],
    });
    await using _ = server;
    await authsignal.track({ userId, action: "pay" });
    await advance("60s");
    expect(server.received).toHaveLength(1);
    await advance("59s");
    expect(server.received).toHaveLength(1);
    await advance("1s");
    expect(server.received).toHaveLength(2);
    for (let count = 0; count < 5; count += 1) await advance("1h");
    expect(emulator.webhooks.deliveries()).toMatchObject([{ state: "delivered" }]);
    expect(server.received).toHaveLength(7);
    expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
    await advance("1h");
    expect(server.received).toHaveLength(7);
  });

  it("are of one type each, and go to the URL of their type", async () => {
    await using actions = await receiver();
    await using challenges = await receiver();
    const urls = { [ACTIONS]: actions.url, [CHALLENGES]: challenges.url };
    const { emulator, stepUp } = start({ webhooks: { urls } });
    await stepUp();
    await emulator.webhooks.flushLogs();
    expect([actions, challenges].map(({ received }) => received.map((one) => recordsOf(one).length))).toEqual([
      [1],
      [2],
    ]);
    for (const [type, { received }] of [[ACTIONS, actions] as const, [CHALLENGES, challenges] as const]) {
      expect(new Set(recordsOf(received[0]).map((event) => event.type))).toEqual(new Set([type]));
    }
  });

  it("sent without delay include those that failed before, once", async () => {
    const { server, emulator, authsignal } = await logging(ACTIONS, { replies: [500, 200] });
    await using _ = server;
    await authsignal.track({ userId, action: "one" });
    await emulator.webhooks.flushLogs();
    await authsignal.track({ userId, action: "two" });
    await emulator.webhooks.flushLogs();
    await emulator.webhooks.flushLogs();
    expect(server.received.map((one) => recordsOf(one)[0]?.record.actionCode).sort()).toEqual(["one", "one", "two"]);
  });

  it("sent without delay are not those that are in flight", async () => {
    const asked = signal();
    const answer = signal();
    let count = 0;
    const fetch = async () => {
      count += 1;
      asked.happen();
      await answer.happened;
      return new Response();
    };
    const { emulator, authsignal } = start({ webhooks: { urls: { [ACTIONS]: "http://app.local/" } }, fetch });
    await authsignal.track({ userId, action: "one" });
    emulator.clock.advance("15m");
    await asked.happened;
    const flushed = emulator.webhooks.flushLogs();
    answer.happen();
    await flushed;
    expect(emulator.webhooks.deliveries()).toMatchObject([{ state: "delivered", attempts: [{}] }]);
    expect(count).toBe(1);
  });

  it("leave out invalid records of a seed, and report them", async () => {
    await using server = await receiver();
    const row = { type: ACTIONS, userId, dueAt: "2020-01-15T03:00:00.000Z" } as const;
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    try {
      const seed = { logRecords: [{ ...row, eventId: "event_1", record: { userId } }] };
      const { emulator } = start({ seed, webhooks: { url: server.url } });
      await emulator.webhooks.settle();
      expect(said.mock.calls).toEqual([
        [
          "authsignal-emulator: some log records were thrown away.",
          expect.objectContaining({ message: expect.any(String) }),
        ],
      ]);
      expect(emulator.export()).toMatchObject({ logRecords: [], deliveries: [] });
      expect(server.received).toEqual([]);
    } finally {
      said.mockRestore();
    }
  });

  it("are not made of records whose type has no URL", async () => {
    const { server, emulator, authsignal, waiting } = await logging(CHALLENGES);
    await using _ = server;
    await authsignal.track({ userId, action: "pay" });
    expect(waiting()).toEqual([]);
    await authsignal.challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber });
    expect(waiting()).toMatchObject([{ type: CHALLENGES, dueAt: "2031-01-15T03:15:00.000Z" }]);
    emulator.webhooks.configure({});
    await emulator.webhooks.flushLogs();
    expect({ waiting: waiting(), deliveries: emulator.webhooks.deliveries() }).toEqual({ waiting: [], deliveries: [] });
  });
});
