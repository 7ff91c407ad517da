import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { AuthsignalError, InvalidSignatureError } from "../../src/errors.ts";
import { type LogBatch, Webhook, type WebhookEvent } from "../../src/webhook/index.ts";
import { webhookWithSecrets } from "../../src/webhook/webhook.ts";
import {
  ANY_AGE,
  EMAIL,
  EMAIL_HEADER,
  EMAIL_V2,
  MISMATCH,
  OTHER_SECRET,
  SECRET,
  SENT_AT,
} from "../support/webhook/deliveries.ts";

const EVENT: unknown = JSON.parse(EMAIL);
const request = () => ({ headers: { "x-signature-v2": EMAIL_HEADER }, body: EMAIL });

/** Uses every method of a webhook. */
async function useAll(webhook: Webhook): Promise<void> {
  webhook.verify(EMAIL, EMAIL_HEADER, ANY_AGE);
  expect(webhook.sign(EMAIL, SENT_AT)).toBe(EMAIL_HEADER);
  expect(webhook.constructEvent(EMAIL, EMAIL_HEADER, ANY_AGE)).toEqual(EVENT);
  expect(await webhook.constructEventFromRequest(request(), ANY_AGE)).toEqual(EVENT);
}

describe("a webhook", () => {
  it("works behind a proxy, as those of tracing, mocks and dependency injection are", async () => {
    await useAll(new Proxy(new Webhook(SECRET), {}));
    const calls: PropertyKey[] = [];
    const traced = new Proxy(new Webhook([SECRET]), {
      get(target, name, receiver) {
        if (typeof name === "string") calls.push(name);
        return Reflect.get(target, name, receiver);
      },
    });
    await useAll(traced);
    expect(calls).toEqual(["verify", "sign", "constructEvent", "constructEventFromRequest"]);
  });

  it("can be extended and inherited from", async () => {
    class Ours extends Webhook {
      constructor() {
        super(SECRET);
      }
    }
    await useAll(new Ours());
    await useAll(Object.create(new Webhook(SECRET)));
  });

  it("can be spied on", () => {
    const webhook = new Webhook(SECRET);
    const verify = vi.spyOn(webhook, "verify").mockReturnValue(undefined);
    webhook.verify("{}", "x");
    expect(verify).toHaveBeenCalledWith("{}", "x");
  });

  it("can be stood in for by a class that has its methods, without a cast", async () => {
    class FakeWebhook implements Webhook {
      constructEvent(): WebhookEvent | LogBatch {
        return { records: [] };
      }
      async constructEventFromRequest(): Promise<WebhookEvent | LogBatch> {
        return { records: [] };
      }
      verify(): void {}
      sign(): string {
        return "t=1,v2=x";
      }
    }
    const fake: Webhook = new FakeWebhook();
    expect(await fake.constructEventFromRequest(request())).toEqual({ records: [] });
  });

  it("says how to call a method that was taken from it", async () => {
    const { verify, sign, constructEvent, constructEventFromRequest } = new Webhook(SECRET);
    const words = /^Webhook is invalid\. Call .* as webhook\.verify\(…\)/;
    for (const self of [undefined, null, {}, Object.create(Webhook.prototype)]) {
      expect(() => Reflect.apply(verify, self, [EMAIL, EMAIL_HEADER])).toThrow(words);
      expect(() => Reflect.apply(constructEvent, self, [EMAIL, EMAIL_HEADER])).toThrow(InvalidSignatureError);
      expect(() => Reflect.apply(sign, self, [EMAIL])).toThrow(words);
      const reading: Promise<unknown> = Reflect.apply(constructEventFromRequest, self, [request()]);
      await expect(reading).rejects.toThrow(words);
    }
  });
});

describe("the keys", () => {
  const webhook = new Webhook([SECRET, OTHER_SECRET]);
  const hidden = [SECRET, OTHER_SECRET, EMAIL_V2];

  it.each<[way: string, show: (value: object) => string]>([
    ["inspected", (value) => inspect(value, { depth: null, showHidden: true, getters: true })],
    ["inspected with its proxies", (value) => inspect(value, { depth: null, showHidden: true, showProxy: true })],
    ["made JSON", (value) => JSON.stringify(value)],
    ["made a string", String],
    ["cloned", (value) => inspect(structuredClone({ ...value }), { depth: null, showHidden: true })],
    ["copied", (value) => inspect(Object.assign({}, value), { depth: null, showHidden: true })],
  ])("are not shown when it is %s", (_way, show) => {
    for (const value of [webhook, [webhook], new Proxy(webhook, {})]) {
      const shown = show(value);
      for (const text of hidden) expect(shown).not.toContain(text);
    }
  });

  it("are in no property that can be listed", () => {
    expect(Object.keys(webhook)).toEqual([]);
    expect(Object.getOwnPropertyNames(webhook)).toEqual([]);
    expect(Object.entries(webhook)).toEqual([]);
    for (const name in webhook) expect(name).toBe("none");
  });

  it("are given back by no function of it", () => {
    const values = Reflect.ownKeys(webhook).map((name): unknown => Reflect.get(webhook, name));
    for (const value of values) {
      const given: unknown = typeof value === "function" ? Reflect.apply(value, webhook, []) : value;
      expect(inspect(given, { depth: null, showHidden: true })).not.toContain(SECRET);
    }
  });
});

describe("a webhook of a client", () => {
  it("asks for its keys when it needs them, and not before", async () => {
    let asked = 0;
    const webhook = webhookWithSecrets(() => {
      asked += 1;
      return [` ${SECRET}\n`];
    });
    expect(asked).toBe(0);
    expect(webhook).toBeInstanceOf(Webhook);
    await useAll(webhook);
    await useAll(new Proxy(webhook, {}));
    expect(asked).toBeGreaterThan(0);
  });

  it("tells of a missing key before anything else, by each method", async () => {
    const missing = new AuthsignalError(undefined, "invalid_argument", "apiSecretKey is missing");
    const webhook = webhookWithSecrets(() => {
      throw missing;
    });
    for (const payload of [EMAIL, undefined]) {
      expect(() => Reflect.apply(webhook.verify, webhook, [payload, EMAIL_HEADER])).toThrow(missing);
      expect(() => Reflect.apply(webhook.constructEvent, webhook, [payload, EMAIL_HEADER])).toThrow(missing);
      expect(() => Reflect.apply(webhook.sign, webhook, [payload])).toThrow(missing);
      const reading: Promise<unknown> = Reflect.apply(webhook.constructEventFromRequest, webhook, [payload]);
      await expect(reading).rejects.toBe(missing);
    }
  });

  it.each([[[]], [[""]], [[" "]], [[SECRET, ""]], [undefined], [[5]]])("never signs with %j", (keys) => {
    const webhook = webhookWithSecrets(() => keys as never);
    expect(() => webhook.sign(EMAIL)).toThrow("Pass your secret key");
    expect(() => webhook.verify(EMAIL, EMAIL_HEADER, ANY_AGE)).toThrow(InvalidSignatureError);
  });

  it("takes keys that change", () => {
    let key = OTHER_SECRET;
    const webhook = webhookWithSecrets(() => [key]);
    expect(() => webhook.verify(EMAIL, EMAIL_HEADER, ANY_AGE)).toThrow(MISMATCH);
    key = SECRET;
    webhook.verify(EMAIL, EMAIL_HEADER, ANY_AGE);
  });
});
