import { eventShapes } from "../../generated/authsignal-events.ts";
import { isRecord } from "../platform/fields.ts";
import { printable } from "../platform/printable.ts";
import { mismatch, type Shape } from "../platform/shape.ts";
import { decodeUtf8 } from "../platform/utf8.ts";
import type {
  ActionLogCreatedEvent,
  ChallengeLogCreatedEvent,
  LogBatch,
  UnknownEvent,
  WebhookEvent,
} from "./events.ts";
import { throwInvalid } from "./invalid.ts";

const NOT_AN_OBJECT =
  "Payload format is invalid. It is signed well, but it is not a JSON object in UTF-8. Sign one, or call verify() and read it yourself.";

type Payload = Readonly<Record<string, unknown>>;

type KnownEvent = Exclude<WebhookEvent, UnknownEvent>;

type EventType = KnownEvent["type"];

type RequiredKeys<Value> = { [Key in keyof Value]-?: Value extends Record<Key, Value[Key]> ? Key : never }[keyof Value];

/** The shape that checks all required fields of a type. */
type ShapeOf<Value> = Value extends string
  ? "string"
  : Value extends number
    ? "number"
    : Value extends boolean
      ? "boolean"
      : { readonly [Key in RequiredKeys<Value>]: ShapeOf<Value[Key]> };

/** What is checked of each event. The compiler refuses a table that checks less than the types of the events claim. */
const SHAPES: { readonly [Type in EventType]: ShapeOf<Extract<KnownEvent, { type: Type }>> & Shape } = eventShapes;

/**
 * Parses the signed body of a delivery. Each event is checked for the fields that its type requires; a payload that has them
 * not is returned as unknown, because a signed payload of a newer form must not get lost.
 *
 * @throws InvalidSignatureError when the body is not a JSON object in UTF-8.
 */
export function parseEvent(body: Uint8Array): WebhookEvent | LogBatch {
  const payload = parseObject(body);
  const { type, records } = payload;
  if (type === undefined && Array.isArray(records) && records.every(isRecord)) return logBatchOf(payload, records);
  return isKnownEvent(payload) ? payload : unknownEventOf(payload);
}

function parseObject(body: Uint8Array): Payload {
  let payload: unknown;
  try {
    payload = JSON.parse(decodeUtf8(body, { fatal: true }));
  } catch {
    // The cause is not kept: it would quote the body, which holds codes and addresses.
  }
  return isRecord(payload) ? payload : throwInvalid(NOT_AN_OBJECT);
}

/** Returns a batch as it is when all its records are log events. Otherwise the other records are put aside as unknown. */
function logBatchOf(payload: Payload, all: readonly Payload[]): LogBatch {
  const records = all.filter(isLogEvent);
  if (records.length === all.length) return { ...payload, records };
  const unknownRecords = all.filter((record) => !isLogEvent(record)).map(unknownEventOf);
  return { ...payload, records, unknownRecords };
}

function isLogEvent(payload: Payload): payload is Payload & (ActionLogCreatedEvent | ChallengeLogCreatedEvent) {
  return isKnownEvent(payload) && (payload.type === "action.log_created" || payload.type === "challenge.log_created");
}

function isKnownEvent(payload: Payload): payload is Payload & KnownEvent {
  return problemOf(payload) === undefined;
}

function unknownEventOf(payload: Payload): UnknownEvent {
  return { type: "unknown", payload, problem: problemOf(payload) ?? "This is no log event" };
}

/** Says in what a payload is not one of the known events; undefined when it is one. */
function problemOf(payload: Payload): string | undefined {
  const { type } = payload;
  if (typeof type !== "string") return "The type is missing";
  return isEventType(type) ? mismatch(payload, SHAPES[type], type) : `The type ${printable(type)} is not known`;
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(SHAPES, type);
}
