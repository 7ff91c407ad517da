import { builtinModule } from "./builtin.ts";

/** Returns the bytes of a text in UTF-8. Half of a surrogate pair becomes U+FFFD, as everywhere on the web. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new (platform("TextEncoder"))().encode(text);
  // Under Jest, the bytes of Node's class belong to another realm. A copy belongs to this one.
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
}

/** How bytes that are not UTF-8 are decoded. */
interface DecodeOptions {
  /** Whether bytes that are not UTF-8 throw; otherwise they become U+FFFD. */
  readonly fatal: boolean;
}

/**
 * Returns the text of bytes in UTF-8, without a byte order mark.
 * @throws TypeError if `fatal` is set and the bytes are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array, { fatal }: DecodeOptions): string {
  return new (platform("TextDecoder"))("utf-8", { fatal }).decode(bytes);
}

/** Returns a global class, or the same class of `node:util`: Jest's jsdom environment has no such globals. */
function platform<Name extends "TextEncoder" | "TextDecoder">(name: Name): (typeof globalThis)[Name] {
  const found = globalThis[name] ?? builtinModule("node:util")?.[name];
  if (!found) throw new TypeError(`This runtime has no ${name}. Set globalThis.${name} to one before you call.`);
  return found;
}
