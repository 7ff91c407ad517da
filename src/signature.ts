import { HMAC } from "@stablelib/hmac";
import { SHA256 } from "@stablelib/sha256";

/** Takes a time that depends on the expected length only; past its end a candidate reads as zeros. */
export function isSame(expected: string, candidate: string): boolean {
  let difference = expected.length ^ candidate.length;
  for (let i = 0; i < expected.length; i++) difference |= expected.charCodeAt(i) ^ candidate.charCodeAt(i);
  return difference === 0;
}

/** The HMAC-SHA256 of the parts, put one after the other, in base64 with padding: 44 characters. */
export function hmacSha256(key: string | Uint8Array, ...parts: (string | Uint8Array)[]): string {
  const hmac = new HMAC(SHA256, toBytes(key));
  for (const part of parts) hmac.update(toBytes(part));
  return btoa(String.fromCharCode(...hmac.digest()));
}

/** The bytes of a text in UTF-8; bytes stay as they are. */
export const toBytes = (value: string | Uint8Array): Uint8Array =>
  typeof value === "string" ? new TextEncoder().encode(value) : value;
