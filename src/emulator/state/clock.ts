import { type Duration, millisecondsOf } from "./duration.ts";
import type { ClockSetting } from "./rows.ts";
import type { State } from "./state.ts";

/** The clock of a tenant. Every stored time and every expiry is read from it. It shows real time until it is changed. */
export interface Clock {
  /** The time, in milliseconds since 1970. */
  readonly milliseconds: number;
  /** Whether the clock is frozen. */
  readonly isFrozen: boolean;
  /** Returns the current time. */
  now(): Date;
  /**
   * Moves the clock forward by a duration; by a negative one, back.
   * @throws TypeError when the new time is not in the years 1971 to 8999.
   */
  advance(by: Duration): void;
  /**
   * Sets the clock. It runs on from there, unless it is frozen.
   * @throws TypeError when that is no time, or not in the years 1971 to 8999.
   */
  set(time: Date | string | number): void;
  /** Freezes the clock at a time; by default at the current one. @throws TypeError as `set` does. */
  freeze(at?: Date | string | number): void;
  /** Lets a frozen clock run on from the time that it shows. */
  unfreeze(): void;
}

/** The clock of a tenant, with what only the emulator needs. */
export class TenantClock implements Clock {
  readonly #state: State;
  readonly #onChange: () => void;

  /** @param onChange Is called after each change of the clock. */
  constructor(state: State, onChange: () => void = () => {}) {
    this.#state = state;
    this.#onChange = onChange;
  }

  get milliseconds(): number {
    const { offset = 0, frozenAt } = this.#state.clock.value;
    return frozenAt === undefined ? Date.now() + offset : Date.parse(frozenAt);
  }

  get isFrozen(): boolean {
    return this.#state.clock.value.frozenAt !== undefined;
  }

  now(): Date {
    return new Date(this.milliseconds);
  }

  /** Returns the time some milliseconds from now, in ISO 8601: the format of times in rows. */
  timestamp(millisecondsFromNow = 0): string {
    return textOf(this.milliseconds + millisecondsFromNow);
  }

  /** Whether a time in ISO 8601 has been reached. A text that is no time counts as reached. */
  isPast(time: string): boolean {
    return !(Date.parse(time) > this.milliseconds);
  }

  /** Moves the clock as `advance` of `Clock` does. Also takes texts of forms and of the control API, which may be no duration. */
  advance(by: Duration | string): void {
    const step = millisecondsOf(by);
    if (step === undefined) throw new TypeError(`${by} is no duration: pass milliseconds, or a text such as "16m"`);
    const { offset = 0, frozenAt } = this.#state.clock.value;
    if (frozenAt === undefined) this.#change({ offset: offset + step });
    else this.#change({ frozenAt: textOf(Date.parse(frozenAt) + step) });
  }

  set(time: Date | string | number): void {
    const target = new Date(time).getTime();
    this.#change(this.isFrozen ? { frozenAt: textOf(target) } : { offset: target - Date.now() });
  }

  freeze(at?: Date | string | number): void {
    this.#change({ frozenAt: textOf(at === undefined ? this.milliseconds : new Date(at).getTime()) });
  }

  unfreeze(): void {
    if (this.isFrozen) this.#change({ offset: this.milliseconds - Date.now() });
  }

  #change(setting: ClockSetting): void {
    checkClock(setting);
    this.#state.clock.value = setting;
    this.#onChange();
  }
}

const EARLIEST = Date.UTC(1971, 0);
const LATEST = Date.UTC(9000, 0);

/**
 * Checks a setting of the clock. The limits leave room for lifetimes of 100 years in four-digit years.
 * @throws TypeError when the clock would show no valid time, or a time outside of the years 1971 to 8999.
 */
export function checkClock({ offset = 0, frozenAt }: ClockSetting): void {
  const time = frozenAt === undefined ? Date.now() + offset : Date.parse(frozenAt);
  if (!(time >= EARLIEST && time < LATEST)) {
    throw new TypeError("The clock must show a time between the years 1971 and 8999: pass a Date or an ISO 8601 text");
  }
}

/** Returns a time in ISO 8601; empty for a time that a `Date` cannot hold. */
function textOf(milliseconds: number): string {
  return Number.isNaN(new Date(milliseconds).getTime()) ? "" : new Date(milliseconds).toISOString();
}
