import ms, { type StringValue } from "ms";
import type { State } from "./state.ts";

/** A length of time: milliseconds, or a text such as "16m", "2h" or "3 days". */
export type Duration = number | StringValue;

/** The time of a tenant, which rules every stored time and every expiry. It goes with real time until it is moved. */
export class Clock {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  /** The time, in milliseconds since 1970. */
  get milliseconds(): number {
    const { offset = 0, frozenAt } = this.#state.clock.value;
    return frozenAt === undefined ? Date.now() + offset : Date.parse(frozenAt);
  }

  /** Whether it stands still. */
  get isFrozen(): boolean {
    return this.#state.clock.value.frozenAt !== undefined;
  }

  now(): Date {
    return new Date(this.milliseconds);
  }

  /** Moves it on, by milliseconds or a text such as "16m". Negative durations move it back. */
  advance(by: Duration): void {
    this.set(new Date(this.milliseconds + toMilliseconds(by)));
  }

  /** Makes it another time. It goes on from there, unless it is frozen. */
  set(time: Date | string | number): void {
    const target = new Date(time).getTime();
    if (Number.isNaN(target))
      throw new TypeError(`The clock cannot be set to ${time}: pass a Date or an ISO 8601 text`);
    this.#state.clock.value = this.isFrozen
      ? { frozenAt: new Date(target).toISOString() }
      : { offset: target - Date.now() };
  }

  /** Lets it stand still, at the given time or where it is. */
  freeze(at?: Date | string | number): void {
    if (at !== undefined) this.set(at);
    this.#state.clock.value = { frozenAt: this.now().toISOString() };
  }

  /** Lets it run on from where it stands. */
  unfreeze(): void {
    const now = this.milliseconds;
    this.#state.clock.value = { offset: now - Date.now() };
  }
}

/** A duration in milliseconds. */
export function toMilliseconds(duration: Duration): number {
  const value = typeof duration === "number" ? duration : ms(duration);
  if (!Number.isFinite(value))
    throw new TypeError(`${duration} is no duration: pass milliseconds, or a text such as "16m"`);
  return value;
}
