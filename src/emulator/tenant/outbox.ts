import { LONGEST_TIMER } from "../../platform/timers.ts";
import { type Kinds, readOptions } from "../http/options.ts";
import type { Message, MessageChannel } from "../state/rows.ts";
import type { State } from "../state/state.ts";

/** Selects messages. A message must match all fields that are given. */
export interface MessageFilter {
  /** Phone number, e-mail address or, for a push, userId. */
  readonly to?: string | undefined;
  /** Channel of the message. */
  readonly channel?: MessageChannel | undefined;
  /** Id of the user. */
  readonly userId?: string | undefined;
}

/** Options of `waitFor`. */
export interface WaitOptions {
  /** How long to wait, in milliseconds of real time. Default 2,000. */
  readonly timeout?: number | undefined;
  /** Rejects the promise when it is aborted. */
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

/** The messages that the service would send. */
export interface Outbox {
  /** Returns the messages that match, the oldest first. */
  list(filter?: MessageFilter): Message[];
  /** Returns the newest message that matches. */
  last(filter?: MessageFilter): Message | undefined;
  /**
   * Takes the oldest message that matches and was not taken before: at once, or as soon as it is sent.
   * @throws Error with what was sent instead, when there is none in time; or the reason of the signal.
   */
  waitFor(filter?: MessageFilter, options?: WaitOptions): Promise<Message>;
  /** Deletes all messages. Their codes stay valid. */
  clear(): void;
}

/** The outbox of a tenant, with what only the emulator needs. */
export class TenantOutbox implements Outbox {
  readonly #state: State;
  readonly #waiters = new Set<Waiter>();
  #isClosed = false;

  constructor(state: State) {
    this.#state = state;
  }

  list(filter: MessageFilter = {}): Message[] {
    checkFilter(filter);
    return this.#state.messages.filter((message) => matches(message, filter)).map((message) => ({ ...message }));
  }

  last(filter: MessageFilter = {}): Message | undefined {
    return this.list(filter).at(-1);
  }

  async waitFor(filter: MessageFilter = {}, options: WaitOptions = {}): Promise<Message> {
    checkFilter(filter);
    if (this.#isClosed) throw new Error(CLOSED);
    const { timeout = DEFAULT_TIMEOUT, signal } = readOptions("waitFor", options, WAIT_OPTIONS);
    signal?.throwIfAborted();
    const sent = this.#take(filter);
    if (sent) return sent;
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

  /** Adds a message. A waiting caller receives it after the running transaction. */
  add(message: Message): void {
    const [oldest] = this.#state.messages;
    if (oldest && this.#state.messages.size >= CAPACITY) this.#state.messages.delete(oldest);
    this.#state.messages.put(message);
    if (this.#waiters.size > 0) queueMicrotask(() => this.resolveWaiting());
  }

  /** Rejects all waiting calls, and later ones. */
  close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiters) reject(new Error(CLOSED));
  }

  /** Resolves waiting calls for which there are messages. */
  resolveWaiting(): void {
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
    const message = this.#state.messages.find((one) => !one.isTaken && matches(one, filter));
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

/** Checks a filter: in JavaScript, a misspelled field would match everything. @throws TypeError that says what is wrong. */
function checkFilter(filter: MessageFilter): void {
  const entries = typeof filter === "object" && filter !== null ? Object.entries(filter) : [[String(filter), filter]];
  for (const [name, value] of entries) {
    const isValid = new Map(Object.entries(FILTERS)).get(`${name}`);
    if (value === undefined || isValid?.(value)) continue;
    const hint = "Messages are found by { to, channel, userId }; timeout and signal come in a second argument";
    throw new TypeError(`${hint}. ${isValid ? `${name} cannot be ${value}` : `There is no ${name}`}`);
  }
}

function matches(message: Message, { to, channel, userId }: MessageFilter): boolean {
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
