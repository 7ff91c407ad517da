import type { Canary } from "./calls.ts";
import type { Received } from "./loopback.ts";
import { fillPath, type Operation, type Spec } from "./spec.ts";

/** A request as it is sent. */
export interface Raw {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The headers that hold a key, of one service or of the other. */
const KEYS: readonly string[] = ["authorization", "x-authy-api-key"];

/** The parts of a request that decide its response. */
export function rawOf({ method, path, headers, body }: Received): Raw {
  const kept = [...KEYS, "content-type"].map((name) => [name, headers[name]]).filter(([, value]) => value);
  return { method, path, headers: Object.fromEntries(kept), body: body || undefined };
}

/** A good request that is not good any more, because it is spoilt in one place. */
export function spoil(good: Raw, operation: Operation<Spec>, canary: Canary): Raw {
  if ("body" in canary) return { ...good, body: JSON.stringify({ ...JSON.parse(good.body ?? ""), ...canary.body }) };
  if ("ids" in canary) return { ...good, path: fillPath(operation, canary.ids) };
  if ("query" in canary) {
    const [path, query] = good.path.split("?");
    const all = new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(query)), ...canary.query });
    return { ...good, path: `${path}?${all}` };
  }
  const headers = Object.entries(good.headers).filter(([name]) => !KEYS.includes(name));
  return { ...good, headers: Object.fromEntries(headers) };
}

/** The names of what a canary spoils. */
export function spoiltFields(canary: Canary): string[] {
  return "authorization" in canary ? [] : Object.values(canary).flatMap(Object.keys);
}

/** Sends a request as it is. */
export async function send(apiUrl: string, { method, path, headers, body }: Raw) {
  const response = await fetch(apiUrl + path, { method, headers, body });
  const text = await response.text();
  return { status: response.status, violations: response.headers.get("sl-violations"), answer: text };
}
