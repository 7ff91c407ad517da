import { invalidRequest } from "./errors.ts";

/**
 * Refuses addresses whose meaning is unclear: two of them could be taken for the same id.
 * @throws HttpError with 400 `invalid_request` when a % in it does not begin an escape of UTF-8.
 */
export function checkEscapes(address: string): void {
  if (!address.includes("%")) return;
  try {
    decodeURIComponent(address);
  } catch {
    throw invalidRequest("The address has a % that is no escape of UTF-8: encodeURIComponent makes proper ones");
  }
}
