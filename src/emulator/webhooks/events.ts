import { randomUUID } from "node:crypto";
import type { components } from "../../../generated/authsignal.ts";
import { samples } from "../../../generated/authsignal-events.ts";
import { events } from "../../../generated/authsignal-validators.js";
import type { SchemaOf } from "../../platform/spec-types.ts";
import { type Validator, wordsOf } from "../http/validation.ts";
import type { Delivery, EventType } from "../state/rows.ts";

type Schema<Name extends keyof components["schemas"]> = SchemaOf<components, Name>;

/** The data of each event that is asked about: what happens waits for the answer, and does not happen without a good one. */
export interface Questions {
  readonly "email.created": Schema<"EmailCreatedEvent">["data"];
  readonly "sms.created": Schema<"SmsCreatedEvent">["data"];
  readonly "push.created": Schema<"PushCreatedEvent">["data"];
  readonly "action.verify": Schema<"ActionVerifyEvent">["data"];
}

/** The data of each event that is only told. */
export interface News {
  readonly "authenticator.created": Schema<"AuthenticatorCreatedEvent">["data"];
  readonly "authenticator.updated": Schema<"AuthenticatorUpdatedEvent">["data"];
  readonly "authenticator.deleted": Schema<"AuthenticatorDeletedEvent">["data"];
}

/** The types of log records. */
export const LOG_TYPES = ["action.log_created", "challenge.log_created"] as const satisfies EventType[];

export type LogType = (typeof LOG_TYPES)[number];

const MODES: Readonly<Record<EventType, Delivery["mode"]>> = {
  "email.created": "synchronous",
  "sms.created": "synchronous",
  "push.created": "synchronous",
  "authenticator.created": "asynchronous",
  "authenticator.updated": "asynchronous",
  "authenticator.deleted": "asynchronous",
  "action.verify": "synchronous",
  "action.log_created": "asynchronous",
  "challenge.log_created": "asynchronous",
};

/** Whether something waits for the answer to events of a type. */
export function modeOf(type: EventType): Delivery["mode"] {
  return MODES[type];
}

/** @throws TypeError when there are no events of a type. */
export function checkType(type: EventType): void {
  if (!Object.hasOwn(MODES, type)) {
    throw new TypeError(`There is no event ${type}. There are ${Object.keys(MODES).join(", ")}`);
  }
}

export function isLogType(type: EventType): type is LogType {
  return LOG_TYPES.some((one) => one === type);
}

/** What all events have. */
export interface Origin {
  readonly tenantId: string;
  /** When the event is made, by the clock of the tenant. */
  readonly time: string;
}

/** The body of an event. @throws Error when it is not what the spec says. */
export function bodyOf(type: keyof (Questions & News), data: object, origin: Origin): string {
  return written(type, { ...envelope(type, origin), data });
}

/** The body of a batch of log records with the ids of their events. @throws Error when it is not what the spec says. */
export function batchOf(
  type: LogType,
  records: readonly { readonly eventId: string; readonly record: object }[],
  origin: Origin,
): string {
  return written(type, {
    records: records.map(({ eventId, record }) => ({ ...envelope(type, origin, eventId), record })),
  });
}

/** The body of an example of an event. */
export function sampleOf(type: EventType, origin: Origin): string {
  const sample = samples[type];
  if (!("records" in sample)) return written(type, { ...sample, ...envelope(type, origin) });
  const { tenantId } = origin;
  const [{ record }] = sample.records;
  return written(type, { records: [{ ...envelope(type, origin), record: { ...record, tenantId } }] });
}

function envelope(type: EventType, { tenantId, time }: Origin, id: string = randomUUID()) {
  return { version: 1, id, source: "https://authsignal.com", time, tenantId, type };
}

function written(type: EventType, event: object): string {
  const body = JSON.stringify(event);
  const fits: Validator<unknown> = events[type];
  if (fits(JSON.parse(body))) return body;
  throw new Error(`The event ${type} is not what the spec says: ${wordsOf(fits.errors ?? [], "event")}`);
}
