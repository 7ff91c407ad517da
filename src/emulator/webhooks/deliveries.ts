import { randomUUID } from "node:crypto";
import { ConnectionReset } from "../http/faults.ts";
import type { Delivery, DeliveryAttempt, EventType, WebhooksConfiguration } from "../state/rows.ts";
import { type AttemptResult, attempt, isSuccess } from "./attempt.ts";
import { timeoutOf, urlOf } from "./configuration.ts";
import type { WebhookContext } from "./context.ts";
import { isLogEvent, modeOf } from "./events.ts";

/** How many deliveries are kept. */
const MAX_DELIVERIES = 1_000;
/** How many attempts of one delivery are kept; of all but the last, without the response. */
const MAX_KEPT_ATTEMPTS = 10;
/** A due delivery starts only while fewer than this are in flight. Deliveries whose result a caller awaits start at once. */
const MAX_CONCURRENT = 8;
/** How many attempts an asynchronous event has: the first and 3 retries. Log records are retried without limit. */
const MAX_ATTEMPTS = 4;
/** How long to wait before a retry, in milliseconds. */
const EVENT_RETRY_DELAY = 30_000;
const LOG_RETRY_DELAY = 60_000;

interface DeliveryOptions {
  /** Whether a caller waits for the result. */
  readonly isAwaited: boolean;
  /** Whether there is no retry, whatever the result. */
  readonly isFinal: boolean;
}

interface InFlight {
  readonly abort: AbortController;
  readonly end: Promise<Delivery>;
}

/** The log of deliveries, and the attempts to deliver them. */
export class Deliveries {
  readonly #context: WebhookContext;
  readonly #configuration: () => WebhooksConfiguration;
  readonly #onAttemptEnd: () => void;
  readonly #inFlight = new Map<string, InFlight>();
  #isClosed = false;

  /** @param onAttemptEnd Is called after each attempt: a due delivery may have to wait until another one has ended. */
  constructor(context: WebhookContext, configuration: () => WebhooksConfiguration, onAttemptEnd: () => void) {
    this.#context = context;
    this.#configuration = configuration;
    this.#onAttemptEnd = onAttemptEnd;
  }

  get hasInFlight(): boolean {
    return this.#inFlight.size > 0;
  }

  /** Adds a pending delivery to the log. An asynchronous one is due at once. */
  add(type: EventType, body: string): Delivery {
    const { state, clock } = this.#context;
    const { deliveries } = state;
    if (deliveries.size >= MAX_DELIVERIES) {
      const oldest = deliveries.find((one) => one.state !== "pending") ?? deliveries.find(() => true);
      if (oldest) deliveries.delete(oldest);
    }
    const now = clock.timestamp();
    const mode = modeOf(type);
    return deliveries.put({
      deliveryId: randomUUID(),
      type,
      url: urlOf(this.#configuration(), type) ?? "",
      body,
      mode,
      createdAt: now,
      attempts: [],
      ...(mode === "asynchronous" && { nextAttemptAt: now }),
      state: "pending",
    });
  }

  /** Adds a delivery and sends it once. @throws ConnectionReset when the emulator is closed. */
  async sendOnce(type: EventType, body: string): Promise<Delivery> {
    return this.#send(this.add(type, body), { isAwaited: true, isFinal: true });
  }

  /** Sends a delivery of the log once more, after its attempt in flight has ended. */
  async resend(delivery: Delivery): Promise<Delivery> {
    const { deliveryId } = delivery;
    let running = this.#inFlight.get(deliveryId);
    while (running) {
      await running.end;
      running = this.#inFlight.get(deliveryId);
    }
    const current = this.#context.state.deliveries.get(deliveryId) ?? delivery;
    return this.#send(current, { isAwaited: true, isFinal: false });
  }

  /** Sends a pending delivery, even before it is due. Waits for its attempt if one is in flight. @returns The delivery afterwards. */
  async sendNow(delivery: Delivery): Promise<Delivery> {
    const running = this.#inFlight.get(delivery.deliveryId);
    return running?.end ?? this.#send(delivery, { isAwaited: true, isFinal: false });
  }

  /** Starts to send the deliveries that are due, as far as the limit allows. Failures go to `onError`. */
  startDue(onError: (error: unknown) => void): void {
    const { state, clock } = this.#context;
    for (const delivery of this.#waiting()) {
      const { nextAttemptAt } = delivery;
      if (nextAttemptAt === undefined) {
        // A synchronous event of an emulator that has ended, from its data file. No caller awaits the result any more.
        state.deliveries.put({ ...delivery, state: "failed" });
      } else if (clock.isPast(nextAttemptAt) && this.#inFlight.size < MAX_CONCURRENT) {
        this.#send(delivery, { isAwaited: false, isFinal: false }).catch(onError);
      }
    }
  }

  /** Returns when the next delivery will be due, in milliseconds since 1970; infinity when none will. */
  nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { nextAttemptAt = "" } of this.#waiting()) {
      if (!this.#context.clock.isPast(nextAttemptAt)) next = Math.min(next, Date.parse(nextAttemptAt));
    }
    return next;
  }

  /** Waits for all attempts that are in flight. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#inFlight.values()].map(({ end }) => end));
  }

  /** Aborts the attempts in flight and prevents others. An aborted attempt is not recorded, so that its delivery stays pending. */
  close(): void {
    this.#isClosed = true;
    for (const { abort } of this.#inFlight.values()) abort.abort(new ConnectionReset());
  }

  #waiting(): Delivery[] {
    return this.#context.state.deliveries.filter(
      ({ state, deliveryId }) => state === "pending" && !this.#inFlight.has(deliveryId),
    );
  }

  #send(delivery: Delivery, options: DeliveryOptions): Promise<Delivery> {
    const abort = new AbortController();
    const end = this.#attempt(delivery, options, abort).finally(() => {
      this.#inFlight.delete(delivery.deliveryId);
    });
    end.then(this.#onAttemptEnd, () => {});
    this.#inFlight.set(delivery.deliveryId, { abort, end });
    return end;
  }

  async #attempt(delivery: Delivery, options: DeliveryOptions, abort: AbortController): Promise<Delivery> {
    if (this.#isClosed) throw new ConnectionReset();
    const { state, clock } = this.#context;
    const url = urlOf(this.#configuration(), delivery.type);
    const at = clock.timestamp();
    const result = await this.#post(url, delivery.body, options, abort);
    if (this.#isClosed) throw new ConnectionReset();
    const current = state.deliveries.get(delivery.deliveryId);
    const isFinal = options.isFinal || url === undefined;
    const next = this.#withAttempt(current ?? delivery, { at, ...result }, url, isFinal);
    // A delivery that was removed from the log meanwhile stays removed.
    return current ? state.deliveries.put(next) : next;
  }

  async #post(
    url: string | undefined,
    body: string,
    { isAwaited }: DeliveryOptions,
    abort: AbortController,
  ): Promise<AttemptResult> {
    if (url === undefined) return { error: "No URL is configured for it any more", duration: 0 };
    const { apiSecretKey, settings } = this.#context;
    const configuration = this.#configuration();
    const { secondKey } = configuration;
    const keys = secondKey === undefined ? [apiSecretKey] : [apiSecretKey, secondKey];
    return attempt({ url, body, keys, timeout: timeoutOf(configuration), fetch: settings.fetch, abort, isAwaited });
  }

  /** Returns a delivery after an attempt: delivered, failed, or pending until its retry. */
  #withAttempt(delivery: Delivery, made: DeliveryAttempt, url = delivery.url, isFinal: boolean): Delivery {
    const { nextAttemptAt: _, ...rest } = delivery;
    const before = delivery.attempts.map(({ response: _response, ...attempt }) => attempt);
    const attempts = [...before, made].slice(-MAX_KEPT_ATTEMPTS);
    if (isSuccess(made)) return { ...rest, url, attempts, state: "delivered" };
    const isLog = isLogEvent(delivery.type);
    const isOver = delivery.mode === "synchronous" || (!isLog && attempts.length >= MAX_ATTEMPTS);
    if (isFinal || isOver || delivery.state !== "pending") return { ...rest, url, attempts, state: "failed" };
    const nextAttemptAt = this.#context.clock.timestamp(isLog ? LOG_RETRY_DELAY : EVENT_RETRY_DELAY);
    return { ...rest, url, attempts, nextAttemptAt, state: "pending" };
  }
}
