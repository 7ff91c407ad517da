/**
 * Returns a copy of the bytes of a buffer, or of a view of one, of any realm; undefined for any other value, and for a buffer
 * that was transferred elsewhere.
 */
export function copyBytes(value: unknown): Uint8Array | undefined {
  try {
    const isView = ArrayBuffer.isView(value);
    // The constructor of DataView accepts every buffer, shared or not, of any realm, and throws for all other values.
    const { buffer, byteOffset, byteLength }: DataView = isView ? value : Reflect.construct(DataView, [value]);
    return new Uint8Array(buffer, byteOffset, byteLength).slice();
  } catch {
    return undefined;
  }
}

/** Returns the bytes of a text in base64; undefined when it is not base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
