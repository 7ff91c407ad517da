import { invalidRequest } from "./errors.ts";

/**
 * Rejects addresses with broken escapes: two of them could be read as the same id.
 * @throws HttpError with 400 `invalid_request` when a % does not begin an escape of UTF-8.
 */
export function checkEscapes(address: string): void {
  if (!address.includes("%")) return;
  try {
    decodeURIComponent(address);
  } catch {
    throw invalidRequest("The address has a % that is no escape of UTF-8: encodeURIComponent makes proper ones");
  }
}
