import { randomUUID } from "node:crypto";
import { DEFECT_MESSAGE } from "../http/errors.ts";
import { ConnectionReset } from "../http/faults.ts";
import type { Delivery, EventType, WebhooksConfiguration } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { attempt, isSuccess, type Outcome } from "./attempt.ts";
import { timeoutOf, urlOf } from "./configuration.ts";
import { isLogType, modeOf } from "./events.ts";

/** How many deliveries are kept. */
const CAPACITY = 1_000;
/** How many attempts of one delivery are kept; of all but the last, without the answer. */
const MOST_ATTEMPTS = 10;
/** How many deliveries for which nobody waits are under way at once. */
const MOST_UNDER_WAY = 8;
/** How often an event is sent: once, and three times more. Log records are sent until they are taken. */
const TRIES = 4;
/** How long to wait before an event is sent again, in milliseconds. */
const EVENT_PAUSE = 30_000;
const LOG_PAUSE = 60_000;
/** The longest time that a timer can hold, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

interface Mood {
  /** Whether somebody waits for the outcome. */
  readonly isAwaited: boolean;
  /** Whether it is not sent again, whatever comes back. */
  readonly isLast: boolean;
}

/** Sends what is to be delivered, when it is due by the clock of the tenant, and keeps a log of it. */
export class Deliveries {
  readonly #tenant: Tenant;
  readonly #configuration: () => WebhooksConfiguration;
  readonly #underWay = new Map<string, { readonly ending: AbortController; readonly end: Promise<Delivery> }>();
  #timer: NodeJS.Timeout | undefined;
  #isWaking = false;
  #isClosed = false;
  /** Prepares what is due, and tells when the next will be, in milliseconds since 1970. */
  readonly #prepare: () => number;

  constructor(tenant: Tenant, configuration: () => WebhooksConfiguration, prepare: () => number) {
    this.#tenant = tenant;
    this.#configuration = configuration;
    this.#prepare = prepare;
  }

  /** Puts something in the log that is to be delivered. It is sent once the running transaction is over. */
  add(type: EventType, body: string): Delivery {
    const { deliveries } = this.#tenant.state;
    if (deliveries.size >= CAPACITY) {
      const oldest = deliveries.find(({ state }) => state !== "pending") ?? deliveries.find(() => true);
      if (oldest) deliveries.delete(oldest);
    }
    const now = this.#tenant.now();
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

  /** Sends something once and waits for the outcome. @throws ConnectionReset when the emulator is closed. */
  async send(type: EventType, body: string): Promise<Delivery> {
    return this.#run(this.add(type, body), { isAwaited: true, isLast: true });
  }

  /** Sends something that is in the log once more, also if it is not due. */
  async again(delivery: Delivery): Promise<Delivery> {
    const { deliveryId } = delivery;
    for (let one = this.#underWay.get(deliveryId); one; one = this.#underWay.get(deliveryId)) await one.end;
    const current = this.#tenant.state.deliveries.get(deliveryId) ?? delivery;
    return this.#run(current, { isAwaited: true, isLast: false });
  }

  /** Sends something that waits in the log without delay, unless it is under way. */
  async now(delivery: Delivery): Promise<Delivery> {
    return this.#underWay.get(delivery.deliveryId)?.end ?? this.#run(delivery, { isAwaited: true, isLast: false });
  }

  /** Sends what is due, soon, and sets a timer for the rest. To be called whenever something may have become due. */
  wake(): void {
    if (this.#isWaking || this.#isClosed) return;
    this.#isWaking = true;
    queueMicrotask(() => {
      this.#isWaking = false;
      try {
        if (!this.#isClosed) this.#sendDue();
      } catch (error) {
        report(error);
      }
    });
  }

  /** Waits until nothing is under way. What is to be sent later is not waited for. */
  async settle(): Promise<void> {
    while (this.#isWaking || this.#underWay.size > 0) {
      await Promise.allSettled([...this.#underWay.values()].map(({ end }) => end));
    }
  }

  /** Ends all attempts, as if they had not been made, and makes no others. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const { ending } of this.#underWay.values()) ending.abort(new ConnectionReset());
    await this.settle();
  }

  #sendDue(): void {
    const { state, clock } = this.#tenant;
    let next = this.#prepare();
    for (const delivery of state.deliveries.filter((one) => one.state === "pending")) {
      if (this.#underWay.has(delivery.deliveryId)) continue;
      if (delivery.nextAttemptAt === undefined) {
        // Whoever asked is gone, with the process that did.
        state.deliveries.put({ ...delivery, state: "failed" });
        continue;
      }
      const due = Date.parse(delivery.nextAttemptAt);
      if (due > clock.milliseconds) next = Math.min(next, due);
      else if (this.#underWay.size < MOST_UNDER_WAY) {
        this.#run(delivery, { isAwaited: false, isLast: false }).catch(report);
      }
    }
    clearTimeout(this.#timer);
    if (next === Number.POSITIVE_INFINITY || clock.isFrozen) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(next - clock.milliseconds, LONGEST_TIMER));
    this.#timer.unref();
  }

  #run(delivery: Delivery, mood: Mood): Promise<Delivery> {
    const ending = new AbortController();
    const end = this.#attempt(delivery, mood, ending).finally(() => {
      this.#underWay.delete(delivery.deliveryId);
    });
    end.then(
      () => this.wake(),
      () => {},
    );
    this.#underWay.set(delivery.deliveryId, { ending, end });
    return end;
  }

  async #attempt(delivery: Delivery, { isAwaited, isLast }: Mood, ending: AbortController): Promise<Delivery> {
    if (this.#isClosed) throw new ConnectionReset();
    const { apiSecretKey, settings } = this.#tenant;
    const configuration = this.#configuration();
    const url = urlOf(configuration, delivery.type);
    const at = this.#tenant.now();
    const keys = configuration.secondKey === undefined ? [apiSecretKey] : [apiSecretKey, configuration.secondKey];
    const outcome =
      url === undefined
        ? { error: "No URL is configured for it any more", duration: 0 }
        : await attempt({
            url,
            body: delivery.body,
            keys,
            timeout: timeoutOf(configuration),
            carrier: settings.fetch,
            ending,
            isAwaited,
          });
    if (this.#isClosed) throw new ConnectionReset();
    const { deliveries } = this.#tenant.state;
    const current = deliveries.get(delivery.deliveryId);
    const next = this.#after(current ?? delivery, { at, ...outcome }, url, isLast || url === undefined);
    return current ? deliveries.put(next) : next;
  }

  /** What becomes of a delivery by an attempt. */
  #after(delivery: Delivery, made: Outcome & { at: string }, url = delivery.url, isLast: boolean): Delivery {
    const { nextAttemptAt: _, ...rest } = delivery;
    const before = delivery.attempts.map(({ response: _response, ...attempt }) => attempt);
    const attempts = [...before, made].slice(-MOST_ATTEMPTS);
    const isLog = isLogType(delivery.type);
    if (isSuccess(made)) return { ...rest, url, attempts, state: "delivered" };
    const isOver = delivery.mode === "synchronous" || (!isLog && attempts.length >= TRIES);
    if (isLast || isOver || delivery.state !== "pending") return { ...rest, url, attempts, state: "failed" };
    const nextAttemptAt = this.#tenant.later(isLog ? LOG_PAUSE : EVENT_PAUSE);
    return { ...rest, url, attempts, nextAttemptAt, state: "pending" };
  }
}

function report(error: unknown): void {
  if (!(error instanceof ConnectionReset)) console.error(DEFECT_MESSAGE, error);
}
