/** A duration: milliseconds, or a text such as "16m", "2h" or "3 days". */
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

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A number, which may have a sign and a fraction, and perhaps a unit. The lengths are limited, so that matching is fast. */
const DURATION = /^(-?\d{0,50}\.?\d{1,50}) {0,10}([a-z]{0,12})$/i;

/** The units, and their lengths in milliseconds. A number without a unit is milliseconds. */
const UNITS: readonly (readonly [names: RegExp, milliseconds: number])[] = [
  [/^(milliseconds?|msecs?|ms|)$/, 1],
  [/^(seconds?|secs?|s)$/, SECOND],
  [/^(minutes?|mins?|m)$/, MINUTE],
  [/^(hours?|hrs?|h)$/, HOUR],
  [/^(days?|d)$/, DAY],
  [/^(weeks?|w)$/, 7 * DAY],
  [/^(years?|yrs?|y)$/, 365.25 * DAY],
];

/** Returns a duration in milliseconds; undefined for a value that is no duration. */
export function millisecondsOf(duration: unknown): number | undefined {
  if (typeof duration === "number") return Number.isFinite(duration) ? duration : undefined;
  if (typeof duration !== "string") return undefined;
  const [, number = "", unit = ""] = DURATION.exec(duration) ?? [];
  const milliseconds = UNITS.find(([names]) => names.test(unit.toLowerCase()))?.[1];
  return number === "" || milliseconds === undefined ? undefined : Number.parseFloat(number) * milliseconds;
}
