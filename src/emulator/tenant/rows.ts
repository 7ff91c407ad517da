import type { components } from "../../../generated/emulator.ts";

type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

// What a tenant holds. A row is a row of a seed file whose ids, times and defaults are filled in, and it is never
// changed: a change puts another one in its place.

/** A row of a seed with some of its fields filled in. */
type Filled<Row, Field extends keyof Row> = Readonly<Row & Required<Pick<Row, Field>>>;

export type User = Filled<Schema<"SeedUser">, "emailVerified" | "phoneNumberVerified" | "createdAt">;
export type Authenticator = Filled<Schema<"SeedAuthenticator">, "userAuthenticatorId" | "createdAt" | "verifiedAt">;
export type RecoveryCode = Readonly<Schema<"SeedRecoveryCode">>;
export type Action = Filled<
  Schema<"SeedAction">,
  "idempotencyKey" | "actionId" | "createdAt" | "updatedAt" | "stateUpdatedAt" | "rules" | "output"
>;
export type Challenge = Filled<
  Schema<"SeedChallenge">,
  "challengeId" | "idempotencyKey" | "code" | "key" | "createdAt" | "expiresAt"
>;
export type Session = Filled<
  Schema<"SeedSession">,
  "sessionId" | "createdAt" | "accessTokenId" | "accessExpiresAt" | "refreshToken" | "refreshExpiresAt"
>;
export type Device = Filled<Schema<"SeedDevice">, "createdAt">;
export type Call = Filled<Schema<"SeedCall">, "messageId" | "channel" | "actionCode" | "createdAt">;
export type Message = Readonly<Schema<"Message">>;
export type Rule = Filled<Schema<"EmulatorRule">, "ruleId" | "name">;
export type Configuration = Filled<Schema<"SeedConfiguration">, "authenticatorId" | "isActive">;
export type UsedToken = Readonly<Schema<"SeedUsedToken">>;
export type Quota = Readonly<Schema<"SeedQuota">>;

export type Delivery = Readonly<Schema<"Delivery">>;
export type DeliveryAttempt = Readonly<Schema<"DeliveryAttempt">>;
export type LogRecord = Readonly<Schema<"SeedLogRecord">>;

export type ClockSetting = Readonly<Schema<"SeedClock">>;
export type WebhooksConfiguration = Readonly<Schema<"WebhooksConfiguration">>;
export type QueuedOutcome = Readonly<Schema<"QueuedOutcome">>;
export type Outcome = Schema<"Outcome">;
export type Fault = Readonly<Schema<"Fault">>;
export type FiredRule = Schema<"FiredRule">;
export type LoggedRequest = Readonly<Schema<"LoggedRequest">>;
export type EventType = Schema<"EventType">;
export type MessageChannel = Schema<"MessageChannel">;
export type Seed = Schema<"Seed">;
