import type { HonoRequest } from "hono";
import { invalidRequest, Refusal } from "./refusal.ts";

/** The longest body of a usual request, in bytes. */
const MAX_BODY = 2 * 1024 * 1024;

/** How many levels deep the data of a request may be. */
const MAX_DEPTH = 64;
/** How long its lists may be; 1,000 is the longest that the spec knows. Problems of longer ones take long to collect. */
const MAX_ITEMS = 1_000;

/**
 * Reads a request body.
 * @throws Refusal with 413 when it is longer than `limit`, in bytes. No more than that is read.
 */
export async function textOf(request: HonoRequest, limit = MAX_BODY): Promise<string> {
  if (Number(request.header("content-length")) > limit) throw tooLong(limit);
  if (request.header("content-length") !== undefined && request.header("transfer-encoding") === undefined) {
    return request.text();
  }
  // Without a length, a body may have no end.
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.raw.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw tooLong(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function tooLong(limit: number): Refusal {
  return new Refusal(413, "invalid_request", `body must not be longer than ${limit} bytes`);
}

/**
 * Reads the JSON of a request body; undefined when the body is empty.
 * @throws Refusal with 400 `invalid_request` when it is no JSON, is nested too deeply, or holds too long a list.
 */
export function parseBody(text: string, maxItems = MAX_ITEMS): unknown {
  if (text.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidRequest(`body must be JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (isDeeperThan(MAX_DEPTH, value)) throw invalidRequest(`body must not be deeper than ${MAX_DEPTH} levels`);
  if (hasLongList(maxItems, value)) throw invalidRequest(`a list in body must NOT have more than ${maxItems} items`);
  return value;
}

function hasLongList(maxItems: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) && value.length > maxItems) return true;
  return Object.values(value).some((inner) => hasLongList(maxItems, inner));
}

function isDeeperThan(depth: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeperThan(depth - 1, inner));
}
