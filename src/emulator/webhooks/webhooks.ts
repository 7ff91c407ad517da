import type { Serializable } from "../http/json.ts";
import type { Action, Challenge, Delivery, EventType, WebhooksConfiguration } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { checkWebhooks, urlOf } from "./configuration.ts";
import { Deliveries } from "./deliveries.ts";
import { bodyOf, checkType, isLogType, type News, type Origin, type Questions, sampleOf } from "./events.ts";
import { Logs } from "./logs.ts";

/** Which deliveries are meant; all that is given must be so. */
export interface DeliveryFilter {
  /** What their events are about. */
  readonly type?: EventType | undefined;
  /** How they stand. */
  readonly state?: Delivery["state"] | undefined;
}

/**
 * The events that a tenant sends to your application, signed with its secret key as the service signs them. What they tell
 * has the time of the tenant's clock. Signatures have real time, because it is the receiver who looks at them.
 */
export interface Webhooks {
  /** Where events go. Until `configure` is called, it is what the emulator was made with. */
  readonly configuration: WebhooksConfiguration;
  /**
   * Says where events go, and how. Events without a URL are not sent.
   * @throws TypeError that says what to change, when something cannot be used.
   */
  configure(configuration: WebhooksConfiguration): void;
  /** The last 1,000 deliveries that fit, the oldest first. */
  deliveries(filter?: DeliveryFilter): Delivery[];
  /**
   * Sends a delivery once more, to where its events go now: with the same body, and with a new signature.
   * @returns The delivery, with what became of it.
   * @throws TypeError (as a rejection) when there is no such delivery, or its events go nowhere.
   */
  redeliver(deliveryId: string): Promise<Delivery>;
  /**
   * Sends an example of an event once. Nothing of it happens in the tenant.
   * @returns The delivery, with what became of it.
   * @throws TypeError (as a rejection) when there are no such events, or they go nowhere.
   */
  sendSample(type: EventType): Promise<Delivery>;
  /** Sends the log records that wait, without delay. */
  flushLogs(): Promise<void>;
  /** Waits until nothing is under way. What is to be sent later, by the tenant's clock, is not waited for. */
  settle(): Promise<void>;
}

/** The webhooks of a tenant as the emulator itself sees them. */
export class TenantWebhooks implements Webhooks {
  readonly #tenant: Tenant;
  readonly #deliveries: Deliveries;
  readonly #logs: Logs;

  constructor(tenant: Tenant) {
    this.#tenant = tenant;
    this.#logs = new Logs(tenant, () => this.#current);
    this.#deliveries = new Deliveries(
      tenant,
      () => this.#current,
      () => this.#gather(false),
    );
  }

  get configuration(): WebhooksConfiguration {
    return structuredClone(this.#current);
  }

  configure(configuration: WebhooksConfiguration): void {
    checkWebhooks(configuration);
    this.#tenant.state.webhooks.value = structuredClone(configuration);
    this.wake();
  }

  deliveries({ type, state, ...rest }: DeliveryFilter = {}): Delivery[] {
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new TypeError(`Deliveries are found by { type, state }. There is no ${unknown}`);
    if (type !== undefined) checkType(type);
    const fits = (one: Delivery) => (type ?? one.type) === one.type && (state ?? one.state) === one.state;
    return structuredClone(this.#tenant.state.deliveries.filter(fits));
  }

  async redeliver(deliveryId: string): Promise<Delivery> {
    const delivery = this.#tenant.state.deliveries.get(deliveryId);
    if (!delivery) throw new TypeError(`There is no delivery ${deliveryId}`);
    this.#requireUrl(delivery.type);
    return structuredClone(await this.#tenant.state.afterwards(() => this.#deliveries.again(delivery)));
  }

  async sendSample(type: EventType): Promise<Delivery> {
    checkType(type);
    this.#requireUrl(type);
    const body = sampleOf(type, this.#origin);
    return structuredClone(await this.#tenant.state.afterwards(() => this.#deliveries.send(type, body)));
  }

  async flushLogs(): Promise<void> {
    await this.#tenant.state.afterwards(async () => {
      this.#gather(true);
      const { deliveries } = this.#tenant.state;
      const waiting = deliveries.filter(({ type, state }) => isLogType(type) && state === "pending");
      await Promise.all(waiting.map((delivery) => this.#deliveries.now(delivery)));
    });
  }

  settle(): Promise<void> {
    return this.#deliveries.settle();
  }

  /** Whether an event is to be asked about, because it has a URL. */
  asks(type: keyof Questions): boolean {
    return urlOf(this.#current, type) !== undefined;
  }

  /**
   * Asks, and tells whether the answer was good, which only one of 2xx is. In a transaction, it asks once that is over; if it
   * fails, nothing is asked, and the promise never settles.
   * @throws ConnectionReset when the emulator is closed.
   */
  async ask<Type extends keyof Questions>(type: Type, data: Serializable<Questions[Type]>): Promise<boolean> {
    if (!this.asks(type)) return true;
    const body = bodyOf(type, data, this.#origin);
    const delivery = await this.#tenant.state.afterwards(() => this.#deliveries.send(type, body));
    this.#record(data, delivery);
    return delivery.state === "delivered";
  }

  /** Tells something once the running transaction is over, and nothing if it fails. */
  tell<Type extends keyof News>(type: Type, data: Serializable<News[Type]>): void {
    if (urlOf(this.#current, type) === undefined) return;
    this.#deliveries.add(type, bodyOf(type, data, this.#origin));
    this.wake();
  }

  /** Notes how an action stands. The last word on it goes into the log. */
  logAction(action: Action): void {
    if (urlOf(this.#current, "action.log_created") === undefined) return;
    this.#logs.noteAction(action);
    this.wake();
  }

  /** Notes what happened to a challenge. @param type Such as `SMS_SENT`. */
  logChallenge(type: string, challenge: Challenge): void {
    if (urlOf(this.#current, "challenge.log_created") === undefined) return;
    this.#logs.noteChallenge(type, challenge);
    this.wake();
  }

  /** Sends what is due. To be called whenever something may have become due. */
  wake(): void {
    this.#deliveries.wake();
  }

  /** Ends everything that is under way. What was not delivered yet is not forgotten. */
  close(): Promise<void> {
    return this.#deliveries.close();
  }

  get #current(): WebhooksConfiguration {
    const { state, settings } = this.#tenant;
    return state.webhooks.value ?? settings.webhooks;
  }

  get #origin(): Origin {
    return { tenantId: this.#tenant.tenantId, time: this.#tenant.now() };
  }

  /** Records the outcome of a synchronous event in the timeline of its action. */
  #record(
    data: Serializable<Questions[keyof Questions]>,
    { type: eventType, deliveryId, state, attempts }: Delivery,
  ): void {
    const { userId, idempotencyKey } = data;
    const actionCode = "actionCode" in data ? data.actionCode : data.action;
    const { status, error: reason } = attempts.at(-1) ?? {};
    this.#tenant.timeline.record(
      { userId, actionCode, idempotencyKey },
      {
        kind: state === "delivered" ? "webhook.delivered" : "webhook.failed",
        eventType,
        deliveryId,
        ...(status !== undefined && { status }),
        ...(reason !== undefined && { reason }),
      },
    );
  }

  #gather(isAll: boolean): number {
    return this.#logs.gather(isAll, (type, body) => this.#deliveries.add(type, body));
  }

  #requireUrl(type: EventType): void {
    if (urlOf(this.#current, type) !== undefined) return;
    throw new TypeError(`No URL is configured for ${type}: pass one to webhooks.configure({ url }) first`);
  }
}
