import type { IncomingHttpHeaders } from "node:http";
import { Webhook as OfficialWebhook } from "@authsignal/node";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type EmailCreatedEvent,
  type LogBatch,
  type UnknownEvent,
  Webhook,
  type WebhookEvent,
  type WebhookEventData,
  type WebhookRequest,
} from "../../src/webhook/index.ts";
import {
  ANY_AGE,
  EMAIL,
  EMAIL_HEADER,
  EMAIL_V2,
  EMAIL_V2_OTHER,
  FORMAT,
  MISMATCH,
  OTHER_SECRET,
  outcome,
  outcomeOf,
  SECRET,
  SENT_AT,
  TOLERANCE,
  VECTORS,
  v2Of,
  webhook,
} from "../support/webhook/deliveries.ts";

describe("a good delivery", () => {
  it.each(VECTORS)("verifies with either secret: %.30s…", (body, length, withSecret, withOther) => {
    const bytes = new TextEncoder().encode(body);
    expect(bytes).toHaveLength(length);
    for (const [secret, v2] of [
      [SECRET, withSecret],
      [OTHER_SECRET, withOther],
    ] as const) {
      const header = `t=${SENT_AT},v2=${v2}`;
      const receiver = new Webhook(secret);
      expect(receiver.sign(body, SENT_AT)).toBe(header);
      expect(receiver.constructEvent(body, header, ANY_AGE)).toEqual(JSON.parse(body));
      for (const raw of [bytes, Buffer.from(body), Buffer.from(`..${body}..`).subarray(2, 2 + length)]) {
        expect(receiver.sign(raw, SENT_AT)).toBe(header);
        expect(receiver.constructEvent(raw, header, ANY_AGE)).toEqual(JSON.parse(body));
      }
      expect(receiver.verify(body, header, ANY_AGE)).toBeUndefined();
    }
  });

  it("is signed now, and taken for five minutes, by default", () => {
    expect(webhook.constructEvent(EMAIL, webhook.sign(EMAIL))).toEqual(JSON.parse(EMAIL));
    expect(outcome(() => webhook.constructEvent(EMAIL, EMAIL_HEADER))).toContain(TOLERANCE);
    expect(outcome(() => webhook.constructEvent(EMAIL, EMAIL_HEADER, undefined))).toContain(TOLERANCE);
    expect(outcome(() => webhook.verify(EMAIL, EMAIL_HEADER))).toContain(TOLERANCE);
  });

  it("may be signed with two keys, in either order", () => {
    for (const pair of [`v2=${EMAIL_V2_OTHER},v2=${EMAIL_V2}`, `v2=${EMAIL_V2},v2=${EMAIL_V2_OTHER}`]) {
      for (const secret of [SECRET, OTHER_SECRET, [SECRET, OTHER_SECRET], ["unrelated", OTHER_SECRET]]) {
        expect(new Webhook(secret).constructEvent(EMAIL, `t=${SENT_AT},${pair}`, ANY_AGE)).toEqual(JSON.parse(EMAIL));
      }
      expect(outcome(() => new Webhook("unrelated").verify(EMAIL, `t=${SENT_AT},${pair}`, ANY_AGE))).toContain(
        MISMATCH,
      );
    }
  });

  it("may be verified with several keys", () => {
    const keys = [SECRET, OTHER_SECRET];
    const receiver = new Webhook(keys);
    expect(receiver.sign(EMAIL, SENT_AT)).toBe(`t=${SENT_AT},v2=${EMAIL_V2},v2=${EMAIL_V2_OTHER}`);
    keys.length = 0; // the caller's array is the caller's
    receiver.verify(EMAIL, EMAIL_HEADER, ANY_AGE);
    receiver.verify(EMAIL, `t=${SENT_AT},v2=${EMAIL_V2_OTHER}`, ANY_AGE);
  });

  it("is what was signed, even if the string that was passed is another", () => {
    const header = webhook.sign('{"name":"\uFFFD"}');
    expect(webhook.constructEvent('{"name":"\uD800"}', header)).toEqual({ name: "\uFFFD" });
  });
});

describe("beside the official client", () => {
  it("signs what the official client accepts", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()),
        fc.string({ minLength: 1 }),
        (o, s) => {
          fc.pre(s.trim() !== "");
          const body = JSON.stringify(o);
          const header = new Webhook(s).sign(body);
          expect(new OfficialWebhook(s.trim()).constructEvent(body, header)).toEqual(JSON.parse(body));
          expect(new Webhook(s).constructEvent(body, header)).toEqual(JSON.parse(body));
        },
      ),
    );
  });

  it("signs any bytes as node:crypto does", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 0, max: 999_999_999_999 }),
        (body, timestamp) => {
          expect(webhook.sign(body, timestamp)).toBe(`t=${timestamp},v2=${v2Of(body, timestamp)}`);
        },
      ),
    );
  });

  it("accepts nothing that the official client refuses", () => {
    const piece = fc.constantFrom(
      "t",
      "v2",
      "v1",
      "=",
      "=",
      ",",
      ",",
      `${SENT_AT}`,
      EMAIL_V2,
      EMAIL_V2_OTHER,
      "t=1",
      "x",
    );
    const item = fc.constantFrom(
      `t=${SENT_AT}`,
      `t=0${SENT_AT}`,
      `v2=${EMAIL_V2}`,
      `v2=${EMAIL_V2_OTHER}`,
      "v3=x",
      "v2=",
    );
    const headers = fc.oneof(
      fc.array(item, { maxLength: 5 }).map((items) => items.join(",")),
      fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join("")),
    );
    let accepted = 0;
    fc.assert(
      fc.property(headers, (header) => {
        if (outcomeOf(EMAIL, header) !== "accepted") return;
        accepted += 1;
        expect(new OfficialWebhook(SECRET).constructEvent(EMAIL, header, ANY_AGE)).toEqual(JSON.parse(EMAIL));
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  it.each([
    ["a padded signature", `t=${SENT_AT},v2=${EMAIL_V2}=`, MISMATCH],
    ["two timestamps, the last signed", `t=1,t=${SENT_AT},v2=${EMAIL_V2}`, FORMAT],
    ["one timestamp twice", `t=${SENT_AT},t=${SENT_AT},v2=${EMAIL_V2}`, FORMAT],
    ["digits and more", `t=${SENT_AT}abc,v2=${EMAIL_V2}`, FORMAT],
    ["a white space before the digits", `t= ${SENT_AT},v2=${EMAIL_V2}`, FORMAT],
    ["another number of the same value", `t=0${SENT_AT},v2=${EMAIL_V2}`, MISMATCH],
    ["an item that is none", `t=${SENT_AT},v2=${EMAIL_V2},x`, FORMAT],
  ])("refuses %s, which it accepts", (_, header, refusal) => {
    expect(new OfficialWebhook(SECRET).constructEvent(EMAIL, header, ANY_AGE)).toEqual(JSON.parse(EMAIL));
    expect(outcomeOf(EMAIL, header)).toContain(refusal);
  });
});

describe("types", () => {
  it("narrow by type", () => {
    const event = webhook.constructEvent(EMAIL, EMAIL_HEADER, ANY_AGE);
    expectTypeOf(event).toEqualTypeOf<WebhookEvent | LogBatch | UnknownEvent>();
    if (event.type === "email.created") {
      expectTypeOf(event).toEqualTypeOf<EmailCreatedEvent>();
      expectTypeOf(event.data.to).toEqualTypeOf<string>();
      expect(event.data.to).toBe("jo@example.com");
    } else if (event.type === undefined) {
      expectTypeOf(event).toEqualTypeOf<LogBatch | UnknownEvent>();
      for (const record of "records" in event ? event.records : []) {
        if (record.type === "action.log_created") expectTypeOf(record.record.userId).toEqualTypeOf<string>();
      }
    } else if (event.type === "challenge.log_created") {
      expectTypeOf(event).not.toHaveProperty("data");
      expectTypeOf(event.record.actionCode).toEqualTypeOf<string>();
    } else if (event.type === "action.verify") {
      expectTypeOf(event.data.action).toEqualTypeOf<string>();
    }
    if ("records" in event) expectTypeOf(event).toEqualTypeOf<LogBatch>();
    expectTypeOf<EmailCreatedEvent["data"]>().toExtend<WebhookEventData>();
    expectTypeOf<WebhookEvent["type"]>().toEqualTypeOf<
      | "email.created"
      | "sms.created"
      | "push.created"
      | "authenticator.created"
      | "authenticator.updated"
      | "authenticator.deleted"
      | "action.verify"
      | "action.log_created"
      | "challenge.log_created"
    >();
  });

  it("promises no records for an object that is no batch", () => {
    const event = webhook.constructEvent("{}", webhook.sign("{}"));
    expect(event).toEqual({});
    // @ts-expect-error Only a LogBatch has records.
    expect(event.type === undefined && event.records).toBeUndefined();
  });

  it.each([
    ["is newer than this package", { type: "session.revoked", data: { userId: "u" } }],
    ["lacks a field", { type: "sms.created", data: { to: "+64" } }],
    ["has records that are no list", { records: {} }],
  ])("returns a signed event as it was signed when it %s", (_what, payload) => {
    const body = JSON.stringify(payload);
    expect(webhook.constructEvent(body, webhook.sign(body))).toEqual(payload);
  });

  it("take the requests of web, Node and Lambda", () => {
    expectTypeOf<Request>().toExtend<WebhookRequest>();
    expectTypeOf<{ headers: IncomingHttpHeaders; body: Buffer }>().toExtend<WebhookRequest>();
    expectTypeOf<{ headers: Record<string, string | undefined>; body: string | null }>().toExtend<WebhookRequest>();
    expectTypeOf<{ headers: Record<string, string>; body?: string; rawPath: string }>().toExtend<WebhookRequest>();
    expectTypeOf<{ headers: IncomingHttpHeaders; body: { parsed: true } }>().not.toExtend<WebhookRequest>();
  });
});
