import type { components } from "../../../generated/emulator.ts";
import type { SchemaOf } from "../../platform/spec-types.ts";

type Schema<Name extends keyof components["schemas"]> = SchemaOf<components, Name>;

// What a tenant holds. A row is a row of a seed file whose ids, times and defaults are filled in, and it is never
// changed: a change puts another one in its place.

/** The same with everything filled in; unlike `Required`, nothing is undefined for users of `exactOptionalPropertyTypes`. */
export type Complete<Value> = { [Name in keyof Value]-?: Exclude<Value[Name], undefined> };

/** A row of a seed with some of its fields filled in. */
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
  Schema<"SeedChallenge">,
  "challengeId" | "idempotencyKey" | "code" | "key" | "createdAt" | "expiresAt"
>;
export type Session = Filled<
  Schema<"SeedSession">,
  "sessionId" | "createdAt" | "accessTokenId" | "accessExpiresAt" | "refreshToken" | "refreshExpiresAt"
>;
/** A device on which a user was seen. */
export interface Device extends Filled<Schema<"SeedDevice">, "createdAt"> {}
export type Call = Filled<Schema<"SeedCall">, "messageId" | "channel" | "actionCode" | "createdAt">;
/** A message that a real tenant would have sent. */
export interface Message extends Readonly<Schema<"Message">> {}
/** A rule, which decides actions. Without `action`, `userId` and `where`, it fits every action. */
export interface Rule extends Filled<Schema<"EmulatorRule">, "ruleId" | "name"> {}
export type Configuration = Filled<Schema<"SeedConfiguration">, "authenticatorId" | "isActive">;
export type UsedToken = Readonly<Schema<"SeedUsedToken">>;
export type Quota = Readonly<Schema<"SeedQuota">>;

/** An event, or a batch of log records, that was sent or is being sent. */
export interface Delivery extends Readonly<Schema<"Delivery">> {}
/** An attempt to deliver something. A status of 2xx is a success. */
export interface DeliveryAttempt extends Readonly<Schema<"DeliveryAttempt">> {}
export type LogRecord = Readonly<Schema<"SeedLogRecord">>;

export type ClockSetting = Readonly<Schema<"SeedClock">>;
/** Where events go, and how. Events without a URL are not sent. */
export interface WebhooksConfiguration extends Readonly<Schema<"WebhooksConfiguration">> {}
/** How one of the next actions comes out. */
export interface QueuedOutcome extends Readonly<Schema<"QueuedOutcome">> {}
/** What the rules decide. */
export type Outcome = Schema<"Outcome">;
/** How calls go wrong. With `latency` alone, they are only slow. */
export interface Fault extends Readonly<Schema<"Fault">> {}
export type FiredRule = Schema<"FiredRule">;
/** A request to the API, and what became of it. */
export interface LoggedRequest extends Readonly<Schema<"LoggedRequest">> {}
/** What an event is about. */
export type EventType = Schema<"EventType">;
/** How a message travels. */
export type MessageChannel = Schema<"MessageChannel">;
/** What a tenant holds, as a seed file has it. Everything is optional; ids and times are made where they are left out. */
export type Seed = Schema<"Seed">;
