import type { components, webhooks } from "../../../generated/authsignal.ts";
import type { Delivery, EventType } from "../state/rows.ts";

type Schemas = components["schemas"];

/** How the emulator sends the events of one type. */
interface EventDefinition<Type> {
  /**
   * - `synchronous`: the operation that causes the event waits for the response, and is not carried out without a 2xx.
   * - `asynchronous`: sent after the operation, and retried up to 3 times.
   * - `log`: collected, sent in batches, and retried until the response is 2xx.
   */
  readonly kind: "synchronous" | "asynchronous" | "log";
  /** The schema of its body in openapi/authsignal.yaml. The event is documented there, under `webhooks`. */
  readonly schema: { [Name in keyof Schemas]: Schemas[Name] extends { type: Type } ? Name : never }[keyof Schemas];
  /** What follows from a response other than 2xx. The inspector shows it. */
  readonly onFailure: string;
}

/**
 * All webhook events, in the order in which the inspector lists them. To add one, describe it in openapi/authsignal.yaml
 * (`webhooks`) and openapi/emulator.yaml (`EventType` and the `urls` of `WebhooksConfiguration`), run `make generate`, add
 * it here, and call `tenant.webhooks.call` or `send` in the operation that causes it. Its public type is in
 * src/webhook/events.ts, exported by src/index.ts. A log event also needs a method in webhooks.ts, as `logAction`.
 */
export const WEBHOOK_EVENTS = {
  "email.created": { kind: "synchronous", schema: "EmailCreatedEvent", onFailure: "the message is not sent" },
  "sms.created": { kind: "synchronous", schema: "SmsCreatedEvent", onFailure: "the message is not sent" },
  "push.created": { kind: "synchronous", schema: "PushCreatedEvent", onFailure: "the message is not sent" },
  "action.verify": { kind: "synchronous", schema: "ActionVerifyEvent", onFailure: "the action stays as it is" },
  "authenticator.created": {
    kind: "asynchronous",
    schema: "AuthenticatorCreatedEvent",
    onFailure: "it is sent 3 times more",
  },
  "authenticator.updated": {
    kind: "asynchronous",
    schema: "AuthenticatorUpdatedEvent",
    onFailure: "it is sent 3 times more",
  },
  "authenticator.deleted": {
    kind: "asynchronous",
    schema: "AuthenticatorDeletedEvent",
    onFailure: "it is sent 3 times more",
  },
  "action.log_created": { kind: "log", schema: "ActionLogCreatedEvent", onFailure: "it is sent again every minute" },
  "challenge.log_created": {
    kind: "log",
    schema: "ChallengeLogCreatedEvent",
    onFailure: "it is sent again every minute",
  },
} as const satisfies { readonly [Type in EventType | keyof webhooks]: EventDefinition<Type> };

type EventsOfKind<Kind> = {
  [Type in EventType]: (typeof WEBHOOK_EVENTS)[Type]["kind"] extends Kind ? Type : never;
}[EventType];

export type SynchronousEvent = EventsOfKind<"synchronous">;
export type AsynchronousEvent = EventsOfKind<"asynchronous">;
export type LogEvent = EventsOfKind<"log">;

/** The `data` of an event, as its schema describes it. */
export type EventData<Type extends SynchronousEvent | AsynchronousEvent> =
  Schemas[(typeof WEBHOOK_EVENTS)[Type]["schema"]]["data"];

/** The types of all events, in the order of the table. */
export const EVENT_TYPES: readonly EventType[] = keysOf(WEBHOOK_EVENTS);

/** The types of the events that are sent in batches. */
export const LOG_EVENTS: readonly LogEvent[] = EVENT_TYPES.filter(isLogEvent);

/** Returns the mode of a delivery: only for synchronous events does an operation wait for the response. */
export function modeOf(type: EventType): Delivery["mode"] {
  return WEBHOOK_EVENTS[type].kind === "synchronous" ? "synchronous" : "asynchronous";
}

export function isLogEvent(type: EventType): type is LogEvent {
  return WEBHOOK_EVENTS[type].kind === "log";
}

/** Checks the type of an event, because callers without TypeScript may pass any text. @throws TypeError for an unknown type. */
export function requireEventType(type: EventType): void {
  if (Object.hasOwn(WEBHOOK_EVENTS, type)) return;
  throw new TypeError(`There is no event ${type}. There are ${EVENT_TYPES.join(", ")}`);
}

function keysOf<Table extends object>(table: Table): Extract<keyof Table, string>[] {
  const keys: Extract<keyof Table, string>[] = [];
  for (const key in table) keys.push(key);
  return keys;
}
