import type { HonoRequest } from "hono";
import { HttpError, invalidRequest } from "./errors.ts";

/** The longest body of a usual request, in bytes. */
const MAX_BODY = 2 * 1024 * 1024;

/** How many levels deep the data of a request may be. */
const MAX_DEPTH = 64;
/** How long its lists may be; 1,000 is the longest that the spec knows. Problems of longer ones take long to collect. */
const MAX_ITEMS = 1_000;

/**
 * Reads a request body.
 * @throws HttpError with 413 when it is longer than `limit`, in bytes. No more than that is read. With 400 when it is not UTF-8.
 */
export async function readBody(request: HonoRequest, limit = MAX_BODY): Promise<string> {
  if (Number(request.header("content-length")) > limit) throw tooLong(limit);
  const bytes = await bytesOf(request, limit);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalidRequest("body must be UTF-8");
  }
}

async function bytesOf(request: HonoRequest, limit: number): Promise<ArrayBuffer | Uint8Array> {
  if (request.header("content-length") !== undefined && request.header("transfer-encoding") === undefined) {
    return request.arrayBuffer();
  }
  // Without a length, a body may have no end.
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.raw.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw tooLong(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLong(limit: number): HttpError {
  return new HttpError(413, "invalid_request", `body must not be longer than ${limit} bytes`);
}

/**
 * Reads the JSON of a request body; undefined when the body is empty.
 * @throws HttpError with 400 `invalid_request` when it is no JSON, is nested too deeply, or holds too long a list.
 */
export function parseBody(text: string, maxItems = MAX_ITEMS): unknown {
  if (text.trim() === "") return undefined;
  // Before it is parsed, because what is very deep takes much memory then.
  if (isDeeperThan(MAX_DEPTH, text)) throw invalidRequest(`body must not be deeper than ${MAX_DEPTH} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidRequest(`body must be JSON: ${Object(error).message ?? error}`);
  }
  if (hasLongList(maxItems, value)) throw invalidRequest(`a list in body must NOT have more than ${maxItems} items`);
  return value;
}

function hasLongList(maxItems: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) && value.length > maxItems) return true;
  return Object.values(value).some((inner) => hasLongList(maxItems, inner));
}

/** Whether a text in JSON is nested more deeply. What is in strings does not count. */
function isDeeperThan(depth: number, text: string): boolean {
  let level = 0;
  let isInString = false;
  for (let place = 0; place < text.length; place += 1) {
    const character = text[place];
    if (character === "\\") place += 1;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character === "[" || character === "{") level += 1;
    else if (character === "]" || character === "}") level -= 1;
    if (level > depth) return true;
  }
  return false;
}
