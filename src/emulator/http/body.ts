import type { HonoRequest } from "hono";
import { fieldOf } from "../../platform/fields.ts";
import { HttpError, invalidRequest } from "./errors.ts";

/** The longest request body, in bytes. The control API passes a limit of its own. */
const MAX_BODY = 2 * 1024 * 1024;

/** How deeply the JSON of a request may be nested. */
const MAX_DEPTH = 64;
/** How many items a list may have: the most that the spec allows. Validating all items of longer lists would take long. */
const MAX_ITEMS = 1_000;

/**
 * Reads a request body.
 * @param limit The longest body that is read, in bytes.
 * @throws HttpError with 413 when the body is longer than the limit, and with 400 when it is not UTF-8.
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
  // A body without a content-length may never end, so its bytes are counted while it is read.
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
 * @throws HttpError with 400 `invalid_request` when the body is not JSON, is nested too deeply, or has too long a list.
 */
export function parseBody(text: string, maxItems = MAX_ITEMS): unknown {
  if (text.trim() === "") return undefined;
  // Checked before parsing, because parsing deeply nested JSON takes much memory.
  if (isDeeperThan(MAX_DEPTH, text)) throw invalidRequest(`body must not be deeper than ${MAX_DEPTH} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidRequest(`body must be JSON: ${fieldOf(error, "message") ?? error}`);
  }
  if (hasLongList(maxItems, value)) throw invalidRequest(`a list in body must NOT have more than ${maxItems} items`);
  return value;
}

function hasLongList(maxItems: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) && value.length > maxItems) return true;
  return Object.values(value).some((inner) => hasLongList(maxItems, inner));
}

/** Whether JSON is nested more deeply than `depth`. Brackets inside strings do not count. */
function isDeeperThan(depth: number, text: string): boolean {
  let level = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === "\\") index += 1;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character === "[" || character === "{") level += 1;
    else if (character === "]" || character === "}") level -= 1;
    if (level > depth) return true;
  }
  return false;
}
