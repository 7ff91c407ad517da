import { LONGEST_TIMER } from "../../platform/timers.ts";
import { type Kinds, readOptions } from "../http/options.ts";
import type { Message, MessageChannel } from "../state/rows.ts";
import type { State } from "../state/state.ts";

/** Which messages are meant; all that is given must be so. */
export interface MessageFilter {
  /** Phone number, address or, for a push, userId. */
  readonly to?: string | undefined;
  /** How it travels. */
  readonly channel?: MessageChannel | undefined;
  /** Id of the user whom it is for. */
  readonly userId?: string | undefined;
}

/** How to wait for a message. */
export interface WaitOptions {
  /** How long to wait, in milliseconds of real time. Default 2,000. */
  readonly timeout?: number | undefined;
  /** Ends the waiting at once. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiter {
  readonly filter: MessageFilter;
  readonly resolve: (message: Message) => void;
  readonly reject: (reason: unknown) => void;
}

const WAIT_OPTIONS: Kinds<WaitOptions> = { timeout: ["number"], signal: ["object"] };
const DEFAULT_TIMEOUT = 2_000;
/** How many messages are kept. */
const CAPACITY = 10_000;

/** The messages that a real tenant would have sent. */
export interface Outbox {
  /** The messages that fit, the oldest first. */
  list(filter?: MessageFilter): Message[];
  /** The newest message that fits. */
  last(filter?: MessageFilter): Message | undefined;
  /**
   * Gives the oldest message that fits and that nobody has waited for before: at once, or as soon as it is sent.
   * @throws Error when there was none in time, which tells what was sent instead; or the reason of the signal.
   */
  waitFor(filter?: MessageFilter, options?: WaitOptions): Promise<Message>;
  /** Empties the outbox. Codes that were sent go on working. */
  clear(): void;
}

/** The outbox of a tenant as the emulator itself sees it. */
export class TenantOutbox implements Outbox {
  readonly #state: State;
  readonly #waiters = new Set<Waiter>();
  #isClosed = false;

  constructor(state: State) {
    this.#state = state;
  }

  list(filter: MessageFilter = {}): Message[] {
    checkFilter(filter);
    return this.#state.messages.filter((message) => fits(message, filter)).map((message) => ({ ...message }));
  }

  last(filter: MessageFilter = {}): Message | undefined {
    return this.list(filter).at(-1);
  }

  async waitFor(filter: MessageFilter = {}, options: WaitOptions = {}): Promise<Message> {
    checkFilter(filter);
    if (this.#isClosed) throw new Error(CLOSED);
    const { timeout = DEFAULT_TIMEOUT, signal } = readOptions("waitFor", options, WAIT_OPTIONS);
    signal?.throwIfAborted();
    const there = this.#take(filter);
    if (there) return there;
    const { promise, ...waiter } = newWaiter(filter);
    if (Number.isNaN(timeout)) throw new TypeError("timeout must be a number of milliseconds");
    const timer = setTimeout(
      () => {
        waiter.reject(new Error(`No message for ${JSON.stringify(filter)} within ${timeout} ms. ${this.#summary()}`));
      },
      Math.min(timeout, LONGEST_TIMER),
    );
    const abort = () => waiter.reject(signal?.reason);
    signal?.addEventListener("abort", abort);
    this.#waiters.add(waiter);
    try {
      return await promise;
    } finally {
      this.#waiters.delete(waiter);
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  clear(): void {
    this.#state.transaction(() => {
      for (const message of [...this.#state.messages]) this.#state.messages.delete(message);
    });
  }

  /** Puts a message in. Whoever waits gets it when the transaction is over. */
  add(message: Message): void {
    const [oldest] = this.#state.messages;
    if (oldest && this.#state.messages.size >= CAPACITY) this.#state.messages.delete(oldest);
    this.#state.messages.put(message);
    if (this.#waiters.size > 0) queueMicrotask(() => this.serve());
  }

  /** Ends all waiting, now and from now on. */
  close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiters) reject(new Error(CLOSED));
  }

  /** Gives those who wait what is there for them. */
  serve(): void {
    for (const waiter of [...this.#waiters]) {
      try {
        const message = this.#take(waiter.filter);
        if (!message) continue;
        this.#waiters.delete(waiter);
        waiter.resolve(message);
      } catch (error) {
        waiter.reject(error);
      }
    }
  }

  #take(filter: MessageFilter): Message | undefined {
    const message = this.#state.messages.find((one) => !one.isTaken && fits(one, filter));
    return message && this.#state.messages.put({ ...message, isTaken: true });
  }

  #summary(): string {
    const texts = this.list().map(({ channel, to, isTaken }) => `${channel} to ${to}${isTaken ? " (taken)" : ""}`);
    return texts.length === 0 ? "Nothing was sent." : `The last messages: ${texts.slice(-5).join(", ")}.`;
  }
}

const CLOSED = "The emulator was closed";

const FILTERS: { readonly [Name in keyof Required<MessageFilter>]: (value: unknown) => boolean } = {
  to: isText,
  channel: (value) => ["SMS", "WHATSAPP", "EMAIL", "PUSH"].some((one) => one === value),
  userId: isText,
};

function isText(value: unknown): boolean {
  return typeof value === "string";
}

/** @throws TypeError when a filter is none. In JavaScript, a misspelt one would fit everything. */
function checkFilter(filter: MessageFilter): void {
  const entries = typeof filter === "object" && filter !== null ? Object.entries(filter) : [[String(filter), filter]];
  for (const [name, value] of entries) {
    const isFine = new Map(Object.entries(FILTERS)).get(`${name}`);
    if (value === undefined || isFine?.(value)) continue;
    const hint = "Messages are found by { to, channel, userId }; timeout and signal come in a second argument";
    throw new TypeError(`${hint}. ${isFine ? `${name} cannot be ${value}` : `There is no ${name}`}`);
  }
}

function fits(message: Message, { to, channel, userId }: MessageFilter): boolean {
  return (
    (to === undefined || message.to === to) &&
    (channel === undefined || message.channel === channel) &&
    (userId === undefined || message.userId === userId)
  );
}

function newWaiter(filter: MessageFilter): Waiter & { readonly promise: Promise<Message> } {
  let resolve: Waiter["resolve"] = () => {};
  let reject: Waiter["reject"] = () => {};
  const promise = new Promise<Message>((...settle) => {
    [resolve, reject] = settle;
  });
  return { filter, promise, resolve, reject };
}
