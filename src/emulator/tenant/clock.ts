import ms from "ms";
import type { ClockSetting } from "../state/rows.ts";
import type { State } from "../state/state.ts";

/** A length of time: milliseconds, or a text such as "16m", "2h" or "3 days". */
export type Duration = number | `${number}${"" | " "}${Unit}`;

type Unit =
  | "ms"
  | "s"
  | "sec"
  | "second"
  | "seconds"
  | "m"
  | "min"
  | "minute"
  | "minutes"
  | "h"
  | "hour"
  | "hours"
  | "d"
  | "day"
  | "days"
  | "w"
  | "week"
  | "weeks";

/** The time of a tenant, which rules every stored time and every expiry. It goes with real time until it is moved. */
export interface Clock {
  /** The time, in milliseconds since 1970. */
  readonly milliseconds: number;
  /** Whether it stands still. */
  readonly isFrozen: boolean;
  /** The time. */
  now(): Date;
  /**
   * Moves it on, by milliseconds or a text such as "16m". Negative durations move it back.
   * @throws TypeError when it would leave the years that it knows.
   */
  advance(by: Duration): void;
  /**
   * Makes it another time. It goes on from there, unless it is frozen.
   * @throws TypeError when that is no time, or not in the years that it knows: 1971 to 8999.
   */
  set(time: Date | string | number): void;
  /** Lets it stand still, at the given time or where it is. @throws TypeError as `set` does. */
  freeze(at?: Date | string | number): void;
  /** Lets it run on from where it stands. */
  unfreeze(): void;
}

/** The clock of a tenant as the emulator itself sees it. */
export class TenantClock implements Clock {
  readonly #state: State;
  readonly #moved: () => void;

  /** @param moved Is told whenever it was moved, frozen or let go. */
  constructor(state: State, moved: () => void = () => {}) {
    this.#state = state;
    this.#moved = moved;
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

  advance(by: Duration): void {
    const step = millisecondsOf(by);
    if (step === undefined) throw new TypeError(`${by} is no duration: pass milliseconds, or a text such as "16m"`);
    const { offset = 0, frozenAt } = this.#state.clock.value;
    if (frozenAt === undefined) this.#keep({ offset: offset + step });
    else this.#keep({ frozenAt: textOf(Date.parse(frozenAt) + step) });
  }

  set(time: Date | string | number): void {
    const target = new Date(time).getTime();
    this.#keep(this.isFrozen ? { frozenAt: textOf(target) } : { offset: target - Date.now() });
  }

  freeze(at?: Date | string | number): void {
    this.#keep({ frozenAt: textOf(at === undefined ? this.milliseconds : new Date(at).getTime()) });
  }

  unfreeze(): void {
    if (this.isFrozen) this.#keep({ offset: this.milliseconds - Date.now() });
  }

  #keep(setting: ClockSetting): void {
    checkClock(setting);
    this.#state.clock.value = setting;
    this.#moved();
  }
}

const EARLIEST = Date.UTC(1971, 0);
const LATEST = Date.UTC(9000, 0);

/** @throws TypeError when a clock shows no time, or a year that cannot be written, with what lasts a while, in four digits. */
export function checkClock({ offset = 0, frozenAt }: ClockSetting): void {
  const time = frozenAt === undefined ? Date.now() + offset : Date.parse(frozenAt);
  if (!(time >= EARLIEST && time < LATEST)) {
    throw new TypeError("The clock must show a time between the years 1971 and 8999: pass a Date or an ISO 8601 text");
  }
}

function textOf(milliseconds: number): string {
  return Number.isNaN(new Date(milliseconds).getTime()) ? "" : new Date(milliseconds).toISOString();
}

/** Whether something reads as a duration: a number and perhaps a unit, which `millisecondsOf` knows. */
export function isDuration(value: string | number): value is Duration {
  return typeof value === "number" || /^-?\d{0,20}\.?\d{1,20} ?[a-z]{0,20}$/i.test(value);
}

/** A duration in milliseconds; undefined when it is none. */
export function millisecondsOf(duration: Duration): number | undefined {
  try {
    const value = typeof duration === "number" ? duration : ms(duration);
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
