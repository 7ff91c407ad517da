import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { builtinModule } from "./builtin.ts";
import { encodeUtf8 } from "./utf8.ts";

/** Returns the HMAC-SHA256 of the parts, concatenated, in base64 with padding: 44 characters. */
export function hmacSha256(key: string | Uint8Array, ...parts: (string | Uint8Array)[]): string {
  const keyBytes = toBytes(key);
  const message = parts.map(toBytes);
  return hmacByNode(keyBytes, message) ?? hmacByNoble(keyBytes, message);
}

/** Computes an HMAC with `node:crypto`, which is the fastest and allowed in FIPS mode; undefined where that fails. */
export function hmacByNode(key: Uint8Array, parts: readonly Uint8Array[]): string | undefined {
  try {
    const digest = builtinModule("node:crypto")?.createHmac("sha256", key);
    for (const part of parts) digest?.update(part);
    return digest?.digest("base64");
  } catch {
    // Some runtimes provide the module without `createHmac`, or with a `createHmac` that always throws.
    return undefined;
  }
}

/** Computes an HMAC in JavaScript alone, on every runtime. */
export function hmacByNoble(key: Uint8Array, parts: readonly Uint8Array[]): string {
  const digest = hmac.create(sha256, key);
  for (const part of parts) digest.update(part);
  return btoa(String.fromCharCode(...digest.digest()));
}

/** Returns the bytes of a text in UTF-8, or a copy of bytes that belongs to this realm. */
export function toBytes(value: string | Uint8Array): Uint8Array {
  if (typeof value === "string") return encodeUtf8(value);
  // A view of a buffer that was transferred has no bytes, and a copy of it throws.
  return value.length === 0 ? new Uint8Array() : new Uint8Array(value);
}
