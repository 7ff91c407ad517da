import type { components } from "../../generated/authsignal.ts";
import type { SchemaOf } from "../platform/spec-types.ts";

type Schema<Name extends keyof components["schemas"]> = SchemaOf<components, Name>;

/** Asks you to send an e-mail with a code or a magic link. */
export interface EmailCreatedEvent extends Schema<"EmailCreatedEvent"> {}
/** Asks you to send a text message with a code. */
export interface SmsCreatedEvent extends Schema<"SmsCreatedEvent"> {}
/** Asks you to send a push notification. */
export interface PushCreatedEvent extends Schema<"PushCreatedEvent"> {}
/** A user enrolled an authenticator. */
export interface AuthenticatorCreatedEvent extends Schema<"AuthenticatorCreatedEvent"> {}
/** An authenticator of a user changed. */
export interface AuthenticatorUpdatedEvent extends Schema<"AuthenticatorUpdatedEvent"> {}
/** A user lost an authenticator. */
export interface AuthenticatorDeletedEvent extends Schema<"AuthenticatorDeletedEvent"> {}
/** Asks you to agree to a challenge that the user passed. */
export interface ActionVerifyEvent extends Schema<"ActionVerifyEvent"> {}
/** One log record of an action; arrives inside a `LogBatch`. */
export interface ActionLogCreatedEvent extends Schema<"ActionLogCreatedEvent"> {}
/** One log record of a challenge; arrives inside a `LogBatch`. */
export interface ChallengeLogCreatedEvent extends Schema<"ChallengeLogCreatedEvent"> {}

/** One event; `type` tells which. A known type has all the fields that it requires. */
export type WebhookEvent =
  | EmailCreatedEvent
  | SmsCreatedEvent
  | PushCreatedEvent
  | AuthenticatorCreatedEvent
  | AuthenticatorUpdatedEvent
  | AuthenticatorDeletedEvent
  | ActionVerifyEvent
  | ActionLogCreatedEvent
  | ChallengeLogCreatedEvent
  | UnknownEvent;

/** Up to 500 log events. It has no `type`, and it can arrive twice: skip every event whose `id` you have seen. */
export interface LogBatch extends Schema<"LogBatch"> {
  /** A batch has none, which tells it from an event. */
  type?: undefined;
  /** What else stood among the records, such as events of a type that is newer than this package. Absent when there is nothing. */
  unknownRecords?: UnknownEvent[] | undefined;
}

/**
 * A signed payload that is none of the known events and no batch of log events: its type is newer than this package, or a
 * field that every such event has is missing. Nothing of it is lost: `payload` holds all that was signed.
 */
export interface UnknownEvent {
  /** It stands in the place of the payload's own type, so that `switch (event.type)` takes it for no other event. */
  type: "unknown";
  /** The payload, parsed. Its own type is `payload.type`. */
  payload: Readonly<Record<string, unknown>>;
  /** Why it is unknown, for logs. It names types and fields, and holds no value of another field. */
  problem: string;
}

/** The `data` of the events that have it; log events have a `record` instead. */
export type WebhookEventData = Extract<WebhookEvent, { data: unknown }>["data"];
