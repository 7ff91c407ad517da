import { LONGEST_TIMER } from "../platform/timers.ts";

/**
 * What `Retry-After` asks for (RFC 9110, section 10.2.3: seconds or a date), as milliseconds from `now`, no more than a timer
 * can hold; undefined when it asks for nothing.
 */
export function retryAfter(answer: { headers: Headers } | undefined, now: number): number | undefined {
  const text = answer?.headers.get("retry-after")?.trim() ?? "";
  const wait = /^\d+(\.\d+)?$/.test(text)
    ? Math.ceil(Number(text) * 1000)
    : Date.parse(/^[A-Z].*:\d/.test(text) ? text : "") - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), LONGEST_TIMER);
}
