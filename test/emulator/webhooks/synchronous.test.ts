import { describe, expect, it } from "vitest";
import { ConnectionReset } from "../../../src/emulator/http/faults.ts";
import type { EventType } from "../../../src/emulator/index.ts";
import type { Authsignal } from "../../../src/index.ts";
import {
  action,
  CODE,
  call,
  clientOf,
  email,
  phoneNumber,
  refused,
  start,
  userId,
} from "../../support/emulator/emulator.ts";
import { eventOf, receiver, signal, statuses, typesOf } from "../../support/emulator/webhooks.ts";
import { closedUrl, type Reply } from "../../support/server.ts";

// The events that are asked about: what happens waits for the answer, and does not happen without a good one.

/** Calls that ask before a message is sent. */
const SENDING: [type: EventType, send: (authsignal: Authsignal) => Promise<unknown>][] = [
  ["sms.created", (one) => one.challenge({ verificationMethod: "SMS", action, phoneNumber, userId })],
  ["email.created", (one) => one.challenge({ verificationMethod: "EMAIL_OTP", action, email, userId })],
];

const FAILURES: [name: string, reply: Reply][] = [
  ["500", statuses(500)],
  ["400", statuses(400)],
  ["a redirect, which is not followed", (response) => response.writeHead(307, { location: "/elsewhere" }).end()],
  ["nothing in time", () => {}],
  ["half an answer", (response) => response.writeHead(200, { "content-length": "9" }).write("half")],
  ["a lost connection", (response) => response.destroy()],
];

describe.each(SENDING)("%s", (type, send) => {
  it("sends the message after a 2xx", async () => {
    await using server = await receiver(statuses(202));
    const { emulator, authsignal } = start({ webhooks: { urls: { [type]: server.url } } });
    expect(await send(authsignal)).toMatchObject({ challengeId: expect.any(String) });
    expect(typesOf(server)).toEqual([type]);
    const [message] = emulator.outbox.list();
    const { idempotencyKey, code, to } = message ?? {};
    expect(server.received.map((one) => eventOf(one))).toMatchObject([
      { type, data: { to, code: CODE, userId, actionCode: action, idempotencyKey } },
    ]);
    expect(code).toBe(CODE);
    expect(emulator.webhooks.deliveries()).toMatchObject([{ mode: "synchronous", state: "delivered" }]);
  });

  it.each(FAILURES)("answered with %s makes the call fail, and leaves nothing behind", async (_name, reply) => {
    await using server = await receiver(reply);
    const { emulator, authsignal } = start({ webhooks: { url: server.url, timeout: 200 } });
    await expect(send(authsignal)).rejects.toMatchObject(refused(502, "delivery_failed"));
    const { challenges, messages } = emulator.export();
    expect({ challenges, messages }).toEqual({ challenges: [], messages: [] });
    emulator.clock.advance("1h");
    await emulator.webhooks.settle();
    const asked = emulator.webhooks.deliveries({ type });
    expect(asked).toMatchObject([{ state: "failed", attempts: [{}] }]);
    expect(server.received.filter(({ path }) => path !== "/")).toEqual([]);
  });

  it("without a receiver makes the call fail", async () => {
    const { emulator, authsignal } = start({ webhooks: { url: await closedUrl() } });
    await expect(send(authsignal)).rejects.toMatchObject(refused(502, "delivery_failed"));
    expect(emulator.outbox.list()).toEqual([]);
  });
});

/** Starts a withdrawal of a user with a phone number, who has received the code. */
async function waiting(reply: Reply, urls: "action.verify" | "push.created" = "action.verify") {
  const server = await receiver(reply);
  const world = start({ webhooks: { urls: { [urls]: server.url } } });
  await world.enroll();
  const tracked = await world.authsignal.track({ userId, action });
  const stateNow = async () =>
    (await world.authsignal.getAction({ userId, action, idempotencyKey: tracked.idempotencyKey })).state;
  return { ...world, server, tracked, stateNow };
}

describe("action.verify", () => {
  it("is sent before the action succeeds", async () => {
    const stateWhenAsked: (string | undefined)[] = [];
    const { emulator, tracked, server, stateNow } = await waiting((response) => {
      stateNow().then((state) => {
        stateWhenAsked.push(state);
        response.writeHead(200).end();
      });
    });
    await using _ = server;
    const visit = await emulator.visit(tracked.url);
    await visit.choose("SMS");
    expect(await visit.enter(CODE)).toMatchObject({ token: expect.any(String) });
    expect([...stateWhenAsked, await stateNow()]).toEqual(["CHALLENGE_REQUIRED", "CHALLENGE_SUCCEEDED"]);
    expect(server.received.map((one) => eventOf(one))).toMatchObject([
      {
        type: "action.verify",
        data: {
          userId,
          action,
          idempotencyKey: tracked.idempotencyKey,
          state: "CHALLENGE_SUCCEEDED",
          verificationMethod: "SMS",
          userAuthenticatorId: emulator.export().authenticators?.[0]?.userAuthenticatorId,
        },
      },
    ]);
  });

  it("that is rejected leaves the action unchanged, and the user can retry", async () => {
    const { emulator, tracked, server, stateNow, authsignal } = await waiting(statuses(500, 200));
    await using _ = server;
    const visit = await emulator.visit(tracked.url);
    await visit.choose("SMS");
    await visit.enter(CODE).catch(() => {});
    expect(await stateNow()).toBe("CHALLENGE_REQUIRED");
    expect((await authsignal.validateChallenge({ token: tracked.token })).isValid).toBe(false);

    const again = await emulator.visit(tracked.url);
    await again.choose("SMS");
    expect(await again.enter(CODE)).toMatchObject({ token: expect.any(String) });
    expect(await stateNow()).toBe("CHALLENGE_SUCCEEDED");
    expect(emulator.webhooks.deliveries().map(({ state }) => state)).toEqual(["failed", "delivered"]);
  });

  it("is not retried", async () => {
    const { emulator, tracked, server } = await waiting(statuses(500));
    await using _ = server;
    const visit = await emulator.visit(tracked.url);
    await visit.choose("SMS");
    await visit.enter(CODE).catch(() => {});
    emulator.clock.advance("5m");
    await emulator.webhooks.settle();
    expect(server.received).toHaveLength(1);
  });
});

describe("push.created", () => {
  it("is sent when a push is chosen on the page", async () => {
    await using server = await receiver(statuses(500, 200));
    const seed = { authenticators: [{ userId, verificationMethod: "PUSH" }] };
    const { emulator, authsignal } = start({ seed, webhooks: { urls: { "push.created": server.url } } });
    const { url, idempotencyKey } = await authsignal.track({ userId, action });
    const visit = await emulator.visit(url);
    await visit.choose("PUSH").catch(() => {});
    expect(emulator.outbox.list()).toEqual([]);
    await (await emulator.visit(url)).choose("PUSH");
    const [message] = emulator.outbox.list();
    const data = { challengeId: message?.challengeId, userId, actionCode: action, idempotencyKey };
    expect(eventOf(server.received[1] ?? { headers: {}, body: "" })).toMatchObject({ type: "push.created", data });
  });
});

describe("a receiver of a synchronous event", () => {
  it("may call the API before it responds", async () => {
    await using server = await receiver((response) => {
      const more = { userId: "usr_2", attributes: { displayName: "Kim" } };
      client.updateUser(more).then(
        () => response.writeHead(200).end(),
        () => response.writeHead(500).end(),
      );
    });
    const { emulator, send } = start({ webhooks: { url: server.url } });
    const client = clientOf(emulator);
    expect(await send()).toMatchObject({ challengeId: expect.any(String) });
    expect(emulator.export().users).toMatchObject([{ userId: "usr_2", displayName: "Kim" }]);
  });

  it("does not delay other calls", async () => {
    const asked = signal();
    const answer = signal();
    const fetch = async () => {
      asked.happen();
      await answer.happened;
      return new Response();
    };
    const { emulator, authsignal, send } = start({ webhooks: { urls: { "sms.created": "http://app.local/" } }, fetch });
    const sending = send();
    await asked.happened;
    expect(emulator.webhooks.deliveries({ state: "pending" })).toMatchObject([{ type: "sms.created", attempts: [] }]);
    expect(emulator.outbox.list()).toEqual([]);
    expect(await authsignal.getUser({ userId })).toMatchObject({ isEnrolled: false });
    answer.happen();
    await sending;
    expect(emulator.outbox.list()).toHaveLength(1);
  });

  it("is aborted when the emulator is closed", async () => {
    const asked = signal();
    const fetch = () => {
      asked.happen();
      return new Promise<Response>(() => {});
    };
    const { emulator } = start({ webhooks: { url: "http://app.local/", timeout: 600_000 }, fetch });
    const body = { verificationMethod: "SMS", action, phoneNumber };
    const sending = call(emulator, "POST /challenge", { body });
    const ended = expect(sending).rejects.toThrow(ConnectionReset);
    await asked.happened;
    await emulator.close();
    await ended;
  });

  it("has no effect when the emulator is reset meanwhile", async () => {
    const asked = signal();
    const answer = signal();
    const fetch = async () => {
      asked.happen();
      await answer.happened;
      return new Response();
    };
    const { emulator } = start({ webhooks: { url: "http://app.local/" }, fetch });
    const sending = emulator.webhooks.sendSample("sms.created");
    await asked.happened;
    emulator.reset();
    answer.happen();
    expect(await sending).toMatchObject({ state: "delivered" });
    expect(emulator.webhooks.deliveries()).toEqual([]);
  });
});
