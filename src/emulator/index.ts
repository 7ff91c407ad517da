/**
 * A local Authsignal, in process or on a port: state, rules, challenge pages, an outbox, a clock, faults and webhooks.
 *
 * @packageDocumentation
 */
export { createEmulator, type Emulator, type EmulatorOptions } from "./emulator.ts";
export { fetchHandler, type NodeHandler, type NodeRequest, type NodeResponse, nodeHandler } from "./mount.ts";
export { type LoopbackHost, type StartOptions, startEmulator } from "./start.ts";
export type { Clock } from "./state/clock.ts";
export type { Duration } from "./state/duration.ts";
export type {
  Action,
  Delivery,
  DeliveryAttempt,
  Device,
  EventType,
  Fault,
  LoggedRequest,
  Message,
  MessageChannel,
  Outcome,
  QueuedOutcome,
  Rule,
  Seed,
  User,
  WebhooksConfiguration,
} from "./state/rows.ts";
export type { Faults } from "./tenant/faults.ts";
export type { MessageFilter, Outbox, WaitOptions } from "./tenant/outbox.ts";
export type { RequestLog } from "./tenant/requests.ts";
export type { RuleContext, RuleOptions, Rules } from "./tenant/rules.ts";
export type { BehaviourOptions, UncodedMessage } from "./tenant/settings.ts";
export type { EmulatorTenant, Snapshot } from "./tenant/tenant.ts";
export type { ReachableEmulator } from "./testing/challenge-codes.ts";
export { type CompleteChallengeOptions, completeChallenge } from "./testing/complete-challenge.ts";
export { type EmulatorFixture, emulatorFixture, startedEmulatorFixture } from "./testing/fixture.ts";
export { type MswHttp, type MswOptions, mswHandlers } from "./testing/msw.ts";
export type { ChallengeElement, ChallengeLocator, ChallengePlace } from "./testing/playwright-page.ts";
export {
  type ShownAuthenticator,
  type Visit,
  VisitError,
  type VisitOptions,
  type VisitResult,
  visit,
} from "./visit/visit.ts";
export type { DeliveryFilter, Webhooks } from "./webhooks/webhooks.ts";
