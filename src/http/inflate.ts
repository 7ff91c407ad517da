import { builtinModule } from "../platform/builtin.ts";
import { type Body, BodyReader, LARGEST_BODY } from "./body.ts";

/** A function of `node:zlib`. */
type Undo = (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
  callback: (error: Error | null, inflated: Uint8Array) => void,
) => void;

/** Undoes a content coding (RFC 9110, section 8.4.1) within the limit of a body. */
export function inflate(coding: string, bytes: Uint8Array, done: (body: Body) => void): void {
  const undo = inflaterOf(coding, bytes);
  if (!undo) {
    done({ text: "", problem: `is encoded as ${coding}, which was not asked for` });
    return;
  }
  undo(bytes, { maxOutputLength: LARGEST_BODY }, (error, inflated) => {
    const reader = new BodyReader(undefined);
    if (!error) reader.add(inflated);
    const isTooLarge = error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    done(reader.end(error ? (isTooLarge ? "is larger than 8 MB" : `is not ${coding}`) : undefined));
  });
}

/** The function of Node for a coding. Some servers send `deflate` without the header of zlib, whose first half byte is 8. */
function inflaterOf(coding: string, bytes: Uint8Array): Undo | undefined {
  const zlib = builtinModule("node:zlib");
  if (coding === "gzip" || coding === "x-gzip") return zlib?.gunzip;
  if (coding === "deflate") return ((bytes[0] ?? 0) & 0x0f) === 8 ? zlib?.inflate : zlib?.inflateRaw;
  if (coding === "br") return zlib?.brotliDecompress;
  return undefined;
}
