import { describe, expect, expectTypeOf, it } from "vitest";
import { eventShapes, samples } from "../../generated/authsignal-events.ts";
import type {
  ActionLogCreatedEvent,
  ChallengeLogCreatedEvent,
  LogBatch,
  UnknownEvent,
  WebhookEvent,
} from "../../src/webhook/index.ts";
import { BATCH, webhook } from "../support/webhook/deliveries.ts";

type Json = Record<string, unknown>;

/** Signs a value as JSON and constructs its event. */
function received(value: unknown): WebhookEvent | LogBatch {
  const body = JSON.stringify(value);
  return webhook.constructEvent(body, webhook.sign(body));
}

/** One event of each type: log events are taken out of their batches. */
const EVENTS: [type: string, event: Json][] = Object.entries(samples).map(([type, sample]) => [
  type,
  "records" in sample ? { ...sample.records[0] } : { ...sample },
]);

/** The paths of the fields that a shape requires. */
function pathsOf(shape: object): string[] {
  return Object.entries(shape).flatMap(([name, inner]) =>
    typeof inner === "object" ? [name, ...pathsOf(inner).map((path) => `${name}.${path}`)] : [name],
  );
}

/** A copy of a value with another value at a path; undefined removes the field. */
function changed(value: Json, path: string, to: unknown): Json {
  const [name = "", ...rest] = path.split(".");
  const inner = value[name];
  if (rest.length === 0 || typeof inner !== "object") return { ...value, [name]: to };
  return { ...value, [name]: changed({ ...inner }, rest.join("."), to) };
}

const FIELDS = Object.entries(eventShapes).flatMap(([type, shape]) =>
  pathsOf(shape).map((path): [type: string, path: string] => [type, path]),
);

describe("an event of a known type", () => {
  it.each(EVENTS)("is returned as it was signed when it has all fields that %s requires", (type, event) => {
    expect(received(event)).toEqual(event);
    expect(received(event).type).toBe(type);
  });

  it.each(EVENTS)("may have more fields than %s has today", (_type, event) => {
    const newer = { ...event, region: "eu", data: { ...Object(event.data), extra: [null] } };
    expect(received(newer)).toEqual(newer);
  });

  it.each(FIELDS)("is unknown when %s has no %s, and nothing of it is lost", (type, path) => {
    const event = changed(Object.fromEntries(EVENTS)[type] ?? {}, path, undefined);
    const problem = path === "type" ? "The type is missing" : `${type}.${path} is missing`;
    expect(received(event)).toEqual({ type: "unknown", payload: JSON.parse(JSON.stringify(event)), problem });
  });

  it.each(FIELDS)("is unknown when %s has null as %s", (type, path) => {
    const event = changed(Object.fromEntries(EVENTS)[type] ?? {}, path, null);
    expect(received(event)).toMatchObject({ type: "unknown", payload: event });
  });

  it("is unknown when a field is of another JSON type, and the problem does not repeat the value", () => {
    const event = changed(Object.fromEntries(EVENTS)["sms.created"] ?? {}, "data.code", 482913);
    const problem = "sms.created.data.code must be of type string, not number";
    expect(received(event)).toEqual({ type: "unknown", payload: event, problem });
  });
});

describe("another signed payload", () => {
  it.each<[what: string, payload: Json, problem: string]>([
    ["an empty object", {}, "The type is missing"],
    [
      "a type that is newer than this package",
      { type: "session.revoked", data: {} },
      "The type session.revoked is not known",
    ],
    ["a type with control characters", { type: "\u001b[31m" }, "The type \\u001b[31m is not known"],
    ["the name of a property of every object", { type: "constructor" }, "The type constructor is not known"],
    ["a type that is not a text", { type: ["sms.created"] }, "The type is missing"],
    ["the type of an unknown event", { type: "unknown", payload: {} }, "The type unknown is not known"],
    ["records that are not a list", { records: {} }, "The type is missing"],
    ["records that are not objects", { records: ["a"] }, "The type is missing"],
    ["records beside a type", { type: "log.batch", records: [] }, "The type log.batch is not known"],
  ])("is returned whole as unknown: %s", (_what, payload, problem) => {
    expect(received(payload)).toEqual({ type: "unknown", payload, problem });
  });
});

describe("a batch of log events", () => {
  const batch: { records: Json[] } = JSON.parse(BATCH);

  it.each([[[]], [batch.records], [[...batch.records, ...batch.records]]])(
    "is returned as it was signed when all its records are log events",
    (records) => {
      expect(received({ records, page: 1 })).toEqual({ records, page: 1 });
    },
  );

  it("keeps records that are no log events it knows as unknown records", () => {
    const newer = { ...batch.records[0], type: "session.log_created" };
    const incomplete = { ...batch.records[0], record: {} };
    const [, sms] = EVENTS[1] ?? [];
    expect(received({ records: [newer, batch.records[0], incomplete, sms] })).toEqual({
      records: [batch.records[0]],
      unknownRecords: [
        { type: "unknown", payload: newer, problem: "The type session.log_created is not known" },
        { type: "unknown", payload: incomplete, problem: "action.log_created.record.tenantId is missing" },
        { type: "unknown", payload: sms, problem: "This is no log event" },
      ],
    });
  });
});

describe("the types of what constructEvent returns", () => {
  const event = received(samples["sms.created"]);

  it("claim nothing of a payload before its type was looked at", () => {
    expectTypeOf(event).toEqualTypeOf<WebhookEvent | LogBatch>();
    expectTypeOf(event).not.toHaveProperty("data");
    expectTypeOf(event).not.toHaveProperty("records");
    expectTypeOf(event).not.toHaveProperty("id");
  });

  it("narrow to one event, to a batch and to unknown in a switch", () => {
    switch (event.type) {
      case "sms.created":
        expectTypeOf(event.data.to).toEqualTypeOf<string>();
        break;
      case "unknown":
        expectTypeOf(event).toEqualTypeOf<UnknownEvent>();
        expectTypeOf(event.payload.type).toEqualTypeOf<unknown>();
        break;
      case undefined:
        expectTypeOf(event).toEqualTypeOf<LogBatch>();
        expectTypeOf(event.records).toEqualTypeOf<(ActionLogCreatedEvent | ChallengeLogCreatedEvent)[]>();
        expectTypeOf(event.unknownRecords).toEqualTypeOf<UnknownEvent[] | undefined>();
    }
    expect(event.type).toBe("sms.created");
  });

  it("take no object without the fields for an event, and none without records for a batch", () => {
    expectTypeOf<Record<never, never>>().not.toExtend<LogBatch>();
    expectTypeOf<{ type: "sms.created" }>().not.toExtend<WebhookEvent>();
    expectTypeOf<UnknownEvent>().not.toExtend<Exclude<WebhookEvent, UnknownEvent> | LogBatch>();
  });
});
