import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/emulator/state/table.ts";
import { settingsOf } from "../../../src/emulator/tenant/settings.ts";
import { Tenants } from "../../../src/emulator/tenant/tenants.ts";
import { clientOf, start, userId } from "../../support/emulator/emulator.ts";
import { eventOf, KEY, receiver, signal, statuses } from "../../support/emulator/webhooks.ts";

// The events that are only told: they are sent again until they are taken, but not for ever.

const url = "http://app.local/hooks";

/** An emulator that has told something to a receiver that answers as it is told. */
async function told(...all: readonly number[]) {
  const server = await receiver(statuses(...all));
  const world = start({ webhooks: { url: server.url, logDelay: "30d" } });
  const { clock, webhooks } = world.emulator;
  const times = () => webhooks.deliveries()[0]?.attempts.map(({ at }) => at.slice(14, 19));
  const advance = async (by: "29s" | "1s" | "30s" | "1h") => {
    clock.advance(by);
    await webhooks.settle();
  };
  clock.freeze("2031-01-15T03:00:00.000Z");
  await world.enroll();
  await webhooks.settle();
  return { ...world, server, times, advance };
}

describe("an asynchronous event", () => {
  it("delays no call, and is retried three times, at least 30 s apart by the clock", async () => {
    const { emulator, server, times, advance } = await told(500);
    await using _ = server;
    expect(emulator.webhooks.deliveries()).toMatchObject([
      {
        state: "pending",
        mode: "asynchronous",
        nextAttemptAt: "2031-01-15T03:00:30.000Z",
        attempts: [{ status: 500 }],
      },
    ]);
    await advance("29s");
    expect(times()).toEqual(["00:00"]);
    await advance("1s");
    expect(times()).toEqual(["00:00", "00:30"]);
    await advance("1h");
    expect(times()).toEqual(["00:00", "00:30", "00:30"]);
    await advance("30s");
    await advance("1h");
    expect(times()).toHaveLength(4);
    expect(server.received).toHaveLength(4);
    const [delivery] = emulator.webhooks.deliveries();
    expect(delivery).toMatchObject({ state: "failed" });
    expect(delivery).not.toHaveProperty("nextAttemptAt");
  });

  it("is sent with the same body and id until a 2xx", async () => {
    const { emulator, server, advance } = await told(500, 503, 200);
    await using _ = server;
    await advance("30s");
    await advance("30s");
    await advance("30s");
    expect(server.received).toHaveLength(3);
    const ids = server.received.map((one) => Object(eventOf(one)).id);
    expect(new Set(ids).size).toBe(1);
    expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
    expect(emulator.webhooks.deliveries()).toMatchObject([
      { state: "delivered", attempts: [{ status: 500 }, { status: 503 }, { status: 200 }] },
    ]);
  });

  it("is retried while the clock runs", async () => {
    const again = signal();
    const server = await receiver((response, _request, count) => {
      response.writeHead(count === 1 ? 500 : 200).end();
      if (count === 2) again.happen();
    });
    await using _ = server;
    const { emulator, enroll } = start({ webhooks: { urls: { "authenticator.created": server.url } } });
    await enroll();
    await emulator.webhooks.settle();
    emulator.clock.advance(29_900);
    await again.happened;
    await emulator.webhooks.settle();
    expect(emulator.webhooks.deliveries()).toMatchObject([{ state: "delivered" }]);
    const [first, second] = emulator.webhooks.deliveries()[0]?.attempts.map(({ at }) => Date.parse(at)) ?? [];
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(30_000);
  });

  it.each(["set", "unfreeze"] as const)("is retried when the clock is changed by %s", async (how) => {
    const { emulator, server } = await told(500, 200);
    await using _ = server;
    if (how === "set") emulator.clock.set("2031-01-15T03:00:30.000Z");
    else {
      // What stands still is let go behind the time that is due.
      emulator.clock.freeze("2031-01-15T03:00:29.999Z");
      await emulator.webhooks.settle();
      expect(server.received).toHaveLength(1);
      emulator.clock.freeze("2031-01-15T03:00:30.001Z");
      emulator.clock.unfreeze();
    }
    await emulator.webhooks.settle();
    expect(emulator.webhooks.deliveries()).toMatchObject([{ state: "delivered" }]);
  });

  it("is not sent when its transaction fails", async () => {
    const seen: string[] = [];
    const fetch = async (request: Request) => {
      seen.push(await request.text());
      return new Response();
    };
    let isFull = false;
    const commit = (_key: string, _changes: readonly Change[]) => {
      if (isFull) throw new Error("The disk is full");
    };
    const tenants = new Tenants({
      apiSecretKey: KEY,
      settings: settingsOf({ webhooks: { url }, fetch }),
      origin: () => "",
      fetch: globalThis.fetch,
      commit,
    });
    const { state, webhooks } = tenants.default;
    const data = { userId, verificationMethod: "SMS", createdAt: "2031-01-15T03:00:00.000Z", userAuthenticatorId: "a" };
    const sms = { to: "+1", code: "1", userId, idempotencyKey: "i", actionCode: "a" };
    const answers: unknown[] = [];
    let answered: Promise<unknown> | undefined;
    const tell = () => {
      webhooks.send("authenticator.created", data);
      answered = webhooks.call("sms.created", sms).then((answer) => answers.push(answer));
    };
    const failing = () =>
      state.transaction(() => {
        tell();
        throw new Error("Oops");
      });
    expect(failing).toThrow("Oops");
    isFull = true;
    expect(() => state.transaction(tell)).toThrow("The disk is full");
    isFull = false;
    await webhooks.settle();
    expect({ seen, answers, deliveries: webhooks.deliveries() }).toEqual({ seen: [], answers: [], deliveries: [] });

    state.transaction(() => {
      tell();
      expect(seen).toEqual([]);
    });
    await Promise.all([answered, webhooks.settle()]);
    expect(seen).toHaveLength(2);
    expect(answers).toEqual([true]);
    await webhooks.close();
  });

  it("that does not fit the spec throws where it is sent", async () => {
    const settings = settingsOf({ webhooks: { url }, fetch: () => new Response() });
    const { webhooks } = new Tenants({ apiSecretKey: KEY, settings, origin: () => "", fetch }).default;
    const data = { to: "+1", code: "1", userId, idempotencyKey: "i", actionCode: "a" };
    const words = /^The event sms\.created is not what the spec says: event\.data\./;
    await expect(webhooks.call("sms.created", { ...data, code: Object(1) })).rejects.toThrow(words);
    await expect(webhooks.call("sms.created", Object({ ...data, colour: "red" }))).rejects.toThrow(words);
    expect(() => webhooks.send("authenticator.created", Object({}))).toThrow(
      /^The event authenticator\.created is not/,
    );
    expect(webhooks.deliveries()).toEqual([]);
    await webhooks.close();
  });

  it("is retried at the URL that is configured by then, and fails without one", async () => {
    const { emulator, server, advance } = await told(500);
    await using _ = server;
    await using other = await receiver();
    emulator.webhooks.configure({ url: other.url });
    await advance("30s");
    expect(other.received).toHaveLength(1);
    expect(emulator.webhooks.deliveries()).toMatchObject([{ url: other.url, state: "delivered" }]);

    emulator.webhooks.configure({ url: server.url });
    await clientOf(emulator).deleteUser({ userId });
    await emulator.webhooks.settle();
    emulator.webhooks.configure({});
    await advance("30s");
    const error = "No URL is configured for it any more";
    expect(emulator.webhooks.deliveries().at(-1)).toMatchObject({
      state: "failed",
      attempts: [{ status: 500 }, { error }],
    });
  });

  it("is one of at most eight that are in flight at once", async () => {
    let underWay = 0;
    let most = 0;
    const fetch = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return new Response();
    };
    const { emulator, authsignal } = start({ webhooks: { urls: { "authenticator.created": url } }, fetch });
    const passkey = (index: number) => ({
      userId: `usr_${index}`,
      verificationMethod: "PASSKEY" as const,
      credentialId: `credential_${index}`,
      credentialPublicKey: "key",
    });
    const authenticators = Array.from({ length: 30 }, (_, index) => passkey(index));
    await authsignal.batchEnrollVerifiedAuthenticators({ authenticators });
    await emulator.webhooks.settle();
    expect(most).toBe(8);
    expect(emulator.webhooks.deliveries({ state: "delivered" })).toHaveLength(30);
  });
});

describe("a delivery that is sent once more", () => {
  it("has the same body and a new signature, which counts as another attempt", async () => {
    const { emulator, server, advance } = await told(500, 500, 500, 500, 500, 200, 500);
    await using _ = server;
    for (let count = 0; count < 3; count += 1) await advance("30s");
    const { deliveryId } = emulator.webhooks.deliveries({ state: "failed" })[0] ?? { deliveryId: "" };
    expect(await emulator.webhooks.redeliver(deliveryId)).toMatchObject({ state: "failed" });
    const delivered = await emulator.webhooks.redeliver(deliveryId);
    expect(delivered.attempts.map(({ status }) => status)).toEqual([500, 500, 500, 500, 500, 200]);
    expect(emulator.webhooks.deliveries()).toEqual([{ ...delivered, state: "delivered" }]);
    expect(await emulator.webhooks.redeliver(deliveryId)).toMatchObject({ state: "failed" });
    expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
    for (const one of server.received) eventOf(one);
    await advance("1h");
    expect(server.received).toHaveLength(7);
  });

  it("fails when it was delivered before and gets no 2xx any more", async () => {
    const { emulator, server, advance } = await told(200, 500);
    await using _ = server;
    const { deliveryId } = emulator.webhooks.deliveries({ state: "delivered" })[0] ?? { deliveryId: "" };
    expect(await emulator.webhooks.redeliver(deliveryId)).toMatchObject({ state: "failed" });
    await advance("1h");
    expect(server.received).toHaveLength(2);
  });

  it("before it is due delays the next attempt", async () => {
    const { emulator, server, advance, times } = await told(500);
    await using _ = server;
    const { deliveryId } = emulator.webhooks.deliveries()[0] ?? { deliveryId: "" };
    await advance("29s");
    expect(await emulator.webhooks.redeliver(deliveryId)).toMatchObject({
      state: "pending",
      nextAttemptAt: "2031-01-15T03:00:59.000Z",
    });
    await advance("1s");
    expect(times()).toEqual(["00:00", "00:29"]);
    await advance("29s");
    expect(times()).toEqual(["00:00", "00:29", "00:59"]);
  });

  it("waits for the attempt that is in flight", async () => {
    const asked = signal();
    const answer = signal();
    let count = 0;
    const fetch = async () => {
      count += 1;
      asked.happen();
      if (count === 1) await answer.happened;
      return new Response(null, { status: count === 1 ? 500 : 200 });
    };
    const { emulator, enroll } = start({ webhooks: { urls: { "authenticator.created": url } }, fetch });
    await enroll();
    await asked.happened;
    const { deliveryId } = emulator.webhooks.deliveries()[0] ?? { deliveryId: "" };
    const again = emulator.webhooks.redeliver(deliveryId);
    answer.happen();
    expect((await again).attempts).toMatchObject([{ status: 500 }, { status: 200 }]);
  });

  it("must exist, and have a URL", async () => {
    const { emulator, server } = await told(200);
    await using _ = server;
    await expect(emulator.webhooks.redeliver("delivery_1")).rejects.toThrow("There is no delivery delivery_1");
    emulator.webhooks.configure({});
    const { deliveryId } = emulator.webhooks.deliveries()[0] ?? { deliveryId: "" };
    await expect(emulator.webhooks.redeliver(deliveryId)).rejects.toThrow(/^No URL is configured for authenticator/);
  });
});
