export type {
  ActionLogCreatedEvent,
  ActionVerifyEvent,
  AuthenticatorCreatedEvent,
  AuthenticatorDeletedEvent,
  AuthenticatorUpdatedEvent,
  ChallengeLogCreatedEvent,
  EmailCreatedEvent,
  LogBatch,
  PushCreatedEvent,
  SmsCreatedEvent,
  UnknownEvent,
  WebhookEvent,
  WebhookEventData,
} from "./events.ts";
export type { WebhookHeaders, WebhookPayload, WebhookRequest } from "./request.ts";
export { Webhook } from "./webhook.ts";
