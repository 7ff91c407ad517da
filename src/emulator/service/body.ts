import { invalidRequest } from "./refusal.ts";

/** How many levels deep the data of a request may be. */
const MAX_DEPTH = 64;

/**
 * Reads the JSON of a request body; undefined when the body is empty.
 * @throws Refusal with 400 `invalid_request` when it is no JSON, or nested too deeply.
 */
export function parseBody(text: string): unknown {
  if (text.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidRequest(`body must be JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (isDeeperThan(MAX_DEPTH, value)) throw invalidRequest(`body must not be deeper than ${MAX_DEPTH} levels`);
  return value;
}

function isDeeperThan(depth: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeperThan(depth - 1, inner));
}
