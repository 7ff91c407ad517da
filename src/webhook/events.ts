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
/** Asks you to confirm a challenge that the user passed. */
export interface ActionVerifyEvent extends Schema<"ActionVerifyEvent"> {}
/** A log record of an action; arrives inside a `LogBatch`. */
export interface ActionLogCreatedEvent extends Schema<"ActionLogCreatedEvent"> {}
/** A log record of a challenge; arrives inside a `LogBatch`. */
export interface ChallengeLogCreatedEvent extends Schema<"ChallengeLogCreatedEvent"> {}

/** One event of a type that this package knows; `type` names its kind. Its fields are those that the service documents. */
export type WebhookEvent =
  | EmailCreatedEvent
  | SmsCreatedEvent
  | PushCreatedEvent
  | AuthenticatorCreatedEvent
  | AuthenticatorUpdatedEvent
  | AuthenticatorDeletedEvent
  | ActionVerifyEvent
  | ActionLogCreatedEvent
  | ChallengeLogCreatedEvent;

/** Up to 500 log events. It has no `type`, and it can arrive twice: skip every event whose `id` you have seen. */
export interface LogBatch extends Schema<"LogBatch"> {
  /** A batch has no type, unlike an event. */
  type?: undefined;
}

/**
 * A signed JSON object that is neither a known event nor a batch, such as `{}` or an event of a type that is newer than this
 * package, which reaches the `default` of a `switch`. It is returned as it was signed.
 */
export interface UnknownEvent {
  /** No known type. A `LogBatch` has no type either; `"records" in event` distinguishes it. */
  readonly type?: undefined;
}

/** The `data` of the events that have it; log events have a `record` instead. */
export type WebhookEventData = Extract<WebhookEvent, { data: unknown }>["data"];
