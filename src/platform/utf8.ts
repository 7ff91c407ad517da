import { builtinModule } from "./builtin.ts";

/** Returns the bytes of a text in UTF-8. Half of a surrogate pair becomes U+FFFD, as everywhere on the web. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new (platform("TextEncoder"))().encode(text);
  // Those of Node's own class belong to another realm under Jest. A copy belongs to this one.
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
}

/** Says what a decoder does with bytes that are not UTF-8. */
interface DecodeOptions {
  /** Throw at bytes that are not UTF-8; otherwise they become U+FFFD. */
  readonly fatal: boolean;
}

/**
 * Returns the text of bytes in UTF-8, without a byte order mark.
 * @throws TypeError if `fatal` is set and the bytes are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array, { fatal }: DecodeOptions): string {
  return new (platform("TextDecoder"))("utf-8", { fatal }).decode(bytes);
}

/** Returns a global class, or Node's own one: Jest's jsdom environment has no such globals. */
function platform<Name extends "TextEncoder" | "TextDecoder">(name: Name): (typeof globalThis)[Name] {
  const found = globalThis[name] ?? builtinModule("node:util")?.[name];
  if (!found) throw new TypeError(`This runtime has no ${name}. Set globalThis.${name} to one before you call.`);
  return found;
}
