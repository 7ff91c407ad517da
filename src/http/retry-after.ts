/** What `Retry-After` asks for (RFC 9110, section 10.2.3: seconds or a date), as milliseconds from `now`; undefined when nothing. */
export function retryAfter(answer: { headers: Headers } | undefined, now: number): number | undefined {
  const text = answer?.headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const date = /^[A-Z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
