import { randomUUID } from "node:crypto";
import { samples } from "../../../generated/authsignal-events.ts";
import { events } from "../../../generated/authsignal-validators.js";
import type { Serializable } from "../http/json.ts";
import { describeProblems, type Validator } from "../http/validation.ts";
import type { EventType } from "../state/rows.ts";
import type { AsynchronousEvent, EventData, LogEvent, SynchronousEvent } from "./events.ts";

/** The tenant and the time that every event names. */
export interface EventOrigin {
  readonly tenantId: string;
  /** When the event is made, by the clock of the tenant. */
  readonly time: string;
}

/** Returns the body of an event. @throws Error when it does not fit its schema. */
export function eventBody<Type extends SynchronousEvent | AsynchronousEvent>(
  type: Type,
  data: Serializable<EventData<Type>>,
  origin: EventOrigin,
): string {
  return checkedBody(type, { ...envelope(type, origin), data });
}

/** Returns the body of a batch of log records. @throws Error when it does not fit its schema. */
export function batchBody(
  type: LogEvent,
  records: readonly { readonly eventId: string; readonly record: object }[],
  origin: EventOrigin,
): string {
  return checkedBody(type, {
    records: records.map(({ eventId, record }) => ({ ...envelope(type, origin, eventId), record })),
  });
}

/** Returns the body of the example of an event that openapi/authsignal.yaml gives. */
export function sampleBody(type: EventType, origin: EventOrigin): string {
  const sample = samples[type];
  if (!("records" in sample)) return checkedBody(type, { ...sample, ...envelope(type, origin) });
  const [{ record }] = sample.records;
  return checkedBody(type, {
    records: [{ ...envelope(type, origin), record: { ...record, tenantId: origin.tenantId } }],
  });
}

function envelope(type: EventType, { tenantId, time }: EventOrigin, id: string = randomUUID()) {
  return { version: 1, id, source: "https://authsignal.com", time, tenantId, type };
}

/** Serializes an event and checks the result, so that no event contradicts the spec. */
function checkedBody(type: EventType, event: object): string {
  const body = JSON.stringify(event);
  const fits: Validator<unknown> = events[type];
  if (fits(JSON.parse(body))) return body;
  throw new Error(`The event ${type} is not what the spec says: ${describeProblems(fits.errors ?? [], "event")}`);
}
