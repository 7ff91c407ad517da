import type { components } from "../../../generated/emulator.ts";
import type { SchemaOf } from "../../platform/spec-types.ts";

type Schema<Name extends keyof components["schemas"]> = SchemaOf<components, Name>;

// The rows of a tenant. A row is a row of a seed file with all ids, times and defaults. Rows are immutable.

/** Makes all fields required. Unlike `Required`, it also removes `undefined` from their types. */
export type Complete<Value> = { [Name in keyof Value]-?: Exclude<Value[Name], undefined> };

/** A row of a seed in which some fields are required. */
type Filled<Row, Field extends keyof Row> = Readonly<Omit<Row, Field> & Complete<Pick<Row, Field>>>;

/** A user. */
export interface User extends Filled<Schema<"SeedUser">, "emailVerified" | "phoneNumberVerified" | "createdAt"> {}
export type Authenticator = Filled<Schema<"SeedAuthenticator">, "userAuthenticatorId" | "createdAt" | "verifiedAt">;
export type RecoveryCode = Readonly<Schema<"SeedRecoveryCode">>;
/** An action of a user, with all that was tracked about it. */
export interface Action
  extends Filled<
    Schema<"SeedAction">,
    "idempotencyKey" | "actionId" | "createdAt" | "updatedAt" | "stateUpdatedAt" | "rules" | "output"
  > {}
export type Challenge = Filled<
  Omit<Schema<"SeedChallenge">, "isEnrolment">,
  "challengeId" | "idempotencyKey" | "code" | "key" | "createdAt" | "expiresAt"
>;
export type Session = Filled<
  Schema<"SeedSession">,
  "sessionId" | "createdAt" | "accessTokenId" | "accessExpiresAt" | "refreshToken" | "refreshExpiresAt"
>;
/** A device of a user. */
export interface Device extends Filled<Schema<"SeedDevice">, "createdAt"> {}
export type Call = Filled<Schema<"SeedCall">, "messageId" | "channel" | "actionCode" | "createdAt">;
/** A message that a real tenant would have sent. */
export interface Message extends Readonly<Schema<"Message">> {}
/** A rule that decides actions. Without `action`, `userId` and `where`, it applies to every action. */
export interface Rule extends Filled<Schema<"EmulatorRule">, "ruleId" | "name"> {}
export type Configuration = Filled<Schema<"SeedConfiguration">, "authenticatorId" | "isActive">;
export type UsedToken = Readonly<Schema<"SeedUsedToken">>;
export type Quota = Readonly<Schema<"SeedQuota">>;

/** An event, or a batch of log records, that is sent to a webhook. */
export interface Delivery extends Readonly<Schema<"Delivery">> {}
/** An attempt to send a delivery. A status of 2xx is a success. */
export interface DeliveryAttempt extends Readonly<Schema<"DeliveryAttempt">> {}
/** The timeline of an action. */
export type Timeline = Readonly<Schema<"SeedTimeline">>;
/** One thing that happened to an action. Which fields there are depends on `kind`. */
export type TimelineEntry = Readonly<Schema<"TimelineEntry">>;
export type LogRecord = Readonly<Schema<"SeedLogRecord">>;

export type ClockSetting = Readonly<Schema<"SeedClock">>;
/** Where events go, and how. Events without a URL are not sent. */
export interface WebhooksConfiguration extends Readonly<Schema<"WebhooksConfiguration">> {}
/** The outcome of one of the next actions. */
export interface QueuedOutcome extends Readonly<Schema<"QueuedOutcome">> {}
/** The decision of the rules about an action. */
export type Outcome = Schema<"Outcome">;
/** A fault of calls. With `latency` alone, they are only slow. */
export interface Fault extends Readonly<Schema<"Fault">> {}
export type FiredRule = Schema<"FiredRule">;
/** A request to the API, and its response. */
export interface LoggedRequest extends Readonly<Schema<"LoggedRequest">> {}
/** The type of a webhook event. */
export type EventType = Schema<"EventType">;
/** The channel of a message. */
export type MessageChannel = Schema<"MessageChannel">;
/** The content of a tenant, as in a seed file. Everything is optional; missing ids and times are generated. */
export type Seed = Schema<"Seed">;
