import { DEFECT_MESSAGE } from "../http/errors.ts";
import { ConnectionReset } from "../http/faults.ts";
import type { Serializable } from "../http/json.ts";
import type { Action, Challenge, Delivery, EventType, WebhooksConfiguration } from "../state/rows.ts";
import { type EventOrigin, eventBody, sampleBody } from "./bodies.ts";
import { checkWebhooks, urlOf } from "./configuration.ts";
import type { WebhookContext } from "./context.ts";
import { Deliveries } from "./deliveries.ts";
import {
  type AsynchronousEvent,
  type EventData,
  isLogEvent,
  type LogEvent,
  requireEventType,
  type SynchronousEvent,
} from "./events.ts";
import { FlushTimer } from "./flush-timer.ts";
import { LogRecords } from "./logs.ts";

/** Selects deliveries. A delivery must match all fields that are given. */
export interface DeliveryFilter {
  /** Type of the event. */
  readonly type?: EventType | undefined;
  /** State of the delivery. */
  readonly state?: Delivery["state"] | undefined;
}

/**
 * The events that a tenant sends to your application, signed with its secret key as the service signs them. Times in events
 * are those of the tenant's clock. Signatures have real time, because the receiver compares it with its own clock.
 */
export interface Webhooks {
  /** Where events go. Until `configure` is called, it is the option `webhooks` of the emulator. */
  readonly configuration: WebhooksConfiguration;
  /**
   * Sets where events go, and how. Events without a URL are not sent.
   * @throws TypeError that says what to change, when something cannot be used.
   */
  configure(configuration: WebhooksConfiguration): void;
  /** Returns the deliveries that match, of the last 1,000, the oldest first. */
  deliveries(filter?: DeliveryFilter): Delivery[];
  /**
   * Sends a delivery once more, to the URL that is configured now: with the same body, and with a new signature.
   * @returns The delivery with the result.
   * @throws TypeError (as a rejection) when there is no such delivery, or no URL for its events.
   */
  redeliver(deliveryId: string): Promise<Delivery>;
  /**
   * Sends an example of an event once. It changes nothing in the tenant.
   * @returns The delivery with the result.
   * @throws TypeError (as a rejection) when the type is unknown, or has no URL.
   */
  sendSample(type: EventType): Promise<Delivery>;
  /** Sends the log records that wait, without delay. */
  flushLogs(): Promise<void>;
  /** Waits until no delivery is in flight. Retries that are due later, by the tenant's clock, are not waited for. */
  settle(): Promise<void>;
}

/**
 * The webhooks of a tenant, with the methods that only the emulator calls. Asynchronous events and log records are sent by
 * `#flush`, which the timer calls soon after `requestFlush`, and at the time when the next delivery or log record is due.
 */
export class TenantWebhooks implements Webhooks {
  readonly #context: WebhookContext;
  readonly #deliveries: Deliveries;
  readonly #logs: LogRecords;
  readonly #timer: FlushTimer;

  constructor(context: WebhookContext) {
    this.#context = context;
    const configuration = () => this.#configuration;
    const onAttemptEnd = () => this.requestFlush();
    this.#logs = new LogRecords(context, configuration);
    this.#deliveries = new Deliveries(context, configuration, onAttemptEnd);
    this.#timer = new FlushTimer(context.clock, () => this.#flush());
  }

  get configuration(): WebhooksConfiguration {
    return structuredClone(this.#configuration);
  }

  configure(configuration: WebhooksConfiguration): void {
    checkWebhooks(configuration);
    this.#context.state.webhooks.value = structuredClone(configuration);
    this.requestFlush();
  }

  deliveries({ type, state, ...rest }: DeliveryFilter = {}): Delivery[] {
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new TypeError(`Deliveries are found by { type, state }. There is no ${unknown}`);
    if (type !== undefined) requireEventType(type);
    const fits = (one: Delivery) =>
      (type === undefined || one.type === type) && (state === undefined || one.state === state);
    return structuredClone(this.#context.state.deliveries.filter(fits));
  }

  async redeliver(deliveryId: string): Promise<Delivery> {
    const { state } = this.#context;
    const delivery = state.deliveries.get(deliveryId);
    if (!delivery) throw new TypeError(`There is no delivery ${deliveryId}`);
    this.#requireUrl(delivery.type);
    return structuredClone(await state.afterTransaction(() => this.#deliveries.resend(delivery)));
  }

  async sendSample(type: EventType): Promise<Delivery> {
    requireEventType(type);
    this.#requireUrl(type);
    const body = sampleBody(type, this.#eventOrigin);
    return structuredClone(await this.#context.state.afterTransaction(() => this.#deliveries.sendOnce(type, body)));
  }

  async flushLogs(): Promise<void> {
    const { state } = this.#context;
    // The control API calls this in a transaction, whose end is awaited. Without a transaction, the work starts at once.
    await state.afterTransaction(async () => {
      this.#logs.batchAll(this.#addBatch);
      const pending = state.deliveries.filter((one) => isLogEvent(one.type) && one.state === "pending");
      await Promise.all(pending.map((delivery) => this.#deliveries.sendNow(delivery)));
    });
  }

  async settle(): Promise<void> {
    // The timer flushes in a microtask, which runs during `await` even if nothing is in flight, and may start deliveries.
    while (this.#timer.isRequested || this.#deliveries.hasInFlight) await this.#deliveries.settle();
  }

  /** Whether events of a type are sent, because there is a URL for them. */
  hasUrl(type: EventType): boolean {
    return urlOf(this.#configuration, type) !== undefined;
  }

  /**
   * Sends a synchronous event, once the running transaction is committed. If the transaction fails, the event is not sent,
   * and the promise never settles: its caller has failed with the transaction.
   * @returns Whether the response was 2xx; true without a URL.
   * @throws ConnectionReset when the emulator is closed meanwhile. The request that caused the event ends without a response
   * then, as if the server had stopped.
   */
  async call<Type extends SynchronousEvent>(type: Type, data: Serializable<EventData<Type>>): Promise<boolean> {
    if (!this.hasUrl(type)) return true;
    const body = eventBody(type, data, this.#eventOrigin);
    const delivery = await this.#context.state.afterTransaction(() => this.#deliveries.sendOnce(type, body));
    this.#record(data, delivery);
    return delivery.state === "delivered";
  }

  /** Sends an asynchronous event, once the running transaction is committed; not at all if the transaction fails. */
  send<Type extends AsynchronousEvent>(type: Type, data: Serializable<EventData<Type>>): void {
    if (!this.hasUrl(type)) return;
    this.#deliveries.add(type, eventBody(type, data, this.#eventOrigin));
    this.requestFlush();
  }

  /** Adds a log record of the current state of an action. It replaces an earlier record of the action that is not sent yet. */
  logAction(action: Action): void {
    if (!this.hasUrl("action.log_created")) return;
    this.#logs.addAction(action);
    this.requestFlush();
  }

  /** Adds a log record of an event of a challenge. @param type The kind of the event, such as `SMS_SENT`. */
  logChallenge(type: string, challenge: Challenge): void {
    if (!this.hasUrl("challenge.log_created")) return;
    this.#logs.addChallenge(type, challenge);
    this.requestFlush();
  }

  /** Requests a flush in a microtask. Must be called whenever a delivery or a log record may have become due. */
  requestFlush(): void {
    this.#timer.request();
  }

  /** Aborts the attempts in flight. Pending deliveries stay in the state, and the next emulator with its data file sends them. */
  async close(): Promise<void> {
    this.#timer.close();
    this.#deliveries.close();
    await this.settle();
  }

  get #configuration(): WebhooksConfiguration {
    const { state, settings } = this.#context;
    return state.webhooks.value ?? settings.webhooks;
  }

  get #eventOrigin(): EventOrigin {
    const { tenantId, clock } = this.#context;
    return { tenantId, time: clock.timestamp() };
  }

  readonly #addBatch = (type: LogEvent, body: string) => {
    this.#deliveries.add(type, body);
  };

  /** Sends the log records and the deliveries that are due, and sets the timer for the next ones. */
  #flush(): void {
    try {
      this.#logs.batchDue(this.#addBatch);
      this.#deliveries.startDue(reportError);
      this.#timer.set(Math.min(this.#logs.nextDue(), this.#deliveries.nextDue()));
    } catch (error) {
      reportError(error);
    }
  }

  /** Records the result of a synchronous event in the timeline of its action, unless the tenant was reset meanwhile. */
  #record(data: Serializable<EventData<SynchronousEvent>>, delivery: Delivery): void {
    const { userId, idempotencyKey } = data;
    const { type: eventType, deliveryId, state, attempts } = delivery;
    if (!this.#context.state.deliveries.get(deliveryId)) return;
    // The spec names the action code `action` in action.verify, and `actionCode` in the events about messages.
    const actionCode = "actionCode" in data ? data.actionCode : data.action;
    const { status, error: reason } = attempts.at(-1) ?? {};
    this.#context.timeline.record(
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

  #requireUrl(type: EventType): void {
    if (this.hasUrl(type)) return;
    throw new TypeError(`No URL is configured for ${type}: pass one to webhooks.configure({ url }) first`);
  }
}

/** Reports an error of a delivery that no caller awaits. The abort by `close` is no error. */
function reportError(error: unknown): void {
  if (!(error instanceof ConnectionReset)) console.error(DEFECT_MESSAGE, error);
}
