import type { TenantClock } from "../state/clock.ts";
import type { WebhooksConfiguration } from "../state/rows.ts";
import type { State } from "../state/state.ts";
import type { Timelines } from "../state/timelines.ts";
import type { WebhookFetch } from "./attempt.ts";

/** The parts of a tenant that its webhooks use. */
export interface WebhookContext {
  readonly tenantId: string;
  /** The secret key that signs. */
  readonly apiSecretKey: string;
  readonly state: State;
  readonly clock: TenantClock;
  readonly timeline: Timelines;
  readonly settings: {
    /** Where events go until the tenant is configured otherwise. */
    readonly webhooks: WebhooksConfiguration;
    /** Sends the requests. */
    readonly fetch: WebhookFetch;
  };
}
