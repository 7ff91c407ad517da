import { builtinModule } from "../platform/builtin.ts";
import { decodeUtf8, encodeUtf8 } from "../platform/utf8.ts";

/** The largest body that is read, in bytes. */
const LARGEST_BODY = 8 * 1024 * 1024;

/** The deepest nesting of JSON that is parsed. Code that walks a deeper value by recursion could overflow the stack. */
const DEEPEST_JSON = 500;

/** The text of a body. If the body could not be read, `problem` says why, as a predicate: `is larger than 8 MB`. */
export interface Body {
  readonly text: string;
  readonly problem?: string | undefined;
}

/** Collects the chunks of a body, and holds no more than the limit. */
export class BodyReader {
  #bytes: Uint8Array = new Uint8Array();
  #length = 0;

  /** @param contentLength The announced length. If it is too large, the first chunk is rejected. */
  constructor(contentLength: string | null | undefined) {
    if (Number(contentLength) > LARGEST_BODY) this.#length = LARGEST_BODY;
  }

  /** Adds a chunk. Returns false if the body is larger than the limit, so that the rest need not be read. */
  add(chunk: Uint8Array): boolean {
    const start = this.#length;
    this.#length += chunk.byteLength;
    if (this.#length > LARGEST_BODY) return false;
    if (start === 0) {
      this.#bytes = chunk;
      return true;
    }
    if (this.#length > this.#bytes.byteLength) {
      const smaller = this.#bytes;
      // Sixteen times the length, so that a body that arrives byte by byte is copied only a few times.
      this.#bytes = new Uint8Array(Math.min(16 * this.#length, LARGEST_BODY));
      this.#bytes.set(smaller);
    }
    this.#bytes.set(chunk, start);
    return true;
  }

  /** The bytes so far. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Returns the body. @param problem Why the body is not complete. */
  end(problem?: string): Body {
    if (this.#length > LARGEST_BODY) return { text: "", problem: "is larger than 8 MB" };
    if (problem) return { text: this.#decode(false), problem };
    try {
      return { text: this.#decode(true) };
    } catch {
      return { text: this.#decode(false), problem: "is not UTF-8" };
    }
  }

  /** Decodes UTF-8. Bytes that are not UTF-8 throw if `isFatal`; otherwise they become U+FFFD. */
  #decode(isFatal: boolean): string {
    return decodeUtf8(this.bytes, { fatal: isFatal });
  }
}

/** The members of a `Response` that are read. The response may be of the platform, undici, node-fetch, or a test. */
export interface ReadableResponse {
  readonly headers: { get(name: string): string | null };
  readonly body?: unknown;
  text?(): Promise<string>;
}

/** Reads the body of a response to its end, within the limit. */
export async function readBody(response: ReadableResponse): Promise<Body> {
  const reader = new BodyReader(response.headers.get("content-length"));
  try {
    for await (const chunk of chunksOf(response)) if (!reader.add(chunk)) break;
    return reader.end();
  } catch {
    return reader.end("broke off");
  }
}

/** Yields the bytes of a web stream, of a stream of Node (as node-fetch has), or of a response that has no stream. */
async function* chunksOf(response: ReadableResponse): AsyncGenerator<Uint8Array, void, void> {
  const { body } = response;
  if (body === null) return;
  if (isWebStream(body)) {
    const reader = body.getReader();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) yield bytesOf(part.value);
    } finally {
      reader.cancel().catch(() => {});
    }
  } else if (isAsyncIterable(body)) {
    for await (const chunk of body) yield bytesOf(chunk);
  } else if (response.text) {
    yield encodeUtf8(await response.text());
  }
}

/** @throws TypeError if a chunk is neither bytes nor text. */
function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") return encodeUtf8(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError("The body holds something that is no bytes");
}

/** The members of a `ReadableStream` that are used. */
interface WebStream {
  getReader(): { read(): Promise<{ done: boolean; value?: unknown }>; cancel(): Promise<unknown> };
}

function isWebStream(body: unknown): body is WebStream {
  return typeof body === "object" && body !== null && "getReader" in body && typeof body.getReader === "function";
}

function isAsyncIterable(body: unknown): body is AsyncIterable<unknown> {
  return (
    typeof body === "object" &&
    body !== null &&
    Symbol.asyncIterator in body &&
    typeof body[Symbol.asyncIterator] === "function"
  );
}

/** A function of `node:zlib`. */
type Inflater = (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
  callback: (error: Error | null, inflated: Uint8Array) => void,
) => void;

/** Removes a content coding (RFC 9110, section 8.4.1), within the limit of a body. */
export function inflate(coding: string, bytes: Uint8Array, done: (body: Body) => void): void {
  const inflater = inflaterOf(coding, bytes);
  if (!inflater) {
    done({ text: "", problem: `is encoded as ${coding}, which was not asked for` });
    return;
  }
  inflater(bytes, { maxOutputLength: LARGEST_BODY }, (error, inflated) => {
    if (error) {
      const isTooLarge = "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
      done({ text: "", problem: isTooLarge ? "is larger than 8 MB" : `is not ${coding}` });
      return;
    }
    const reader = new BodyReader(undefined);
    reader.add(inflated);
    done(reader.end());
  });
}

/** Returns the function of Node for a coding; undefined if Node has none. */
function inflaterOf(coding: string, bytes: Uint8Array): Inflater | undefined {
  const zlib = builtinModule("node:zlib");
  if (coding === "gzip" || coding === "x-gzip") return zlib?.gunzip;
  // Some servers send `deflate` without the header of zlib, whose lower half byte is 8.
  if (coding === "deflate") return ((bytes[0] ?? 0) & 0x0f) === 8 ? zlib?.inflate : zlib?.inflateRaw;
  if (coding === "br") return zlib?.brotliDecompress;
  return undefined;
}

/** Parses JSON from the network. Undefined if the text is not JSON, or nested too deep. */
export function parseJson(text: string): unknown {
  try {
    return text.length > DEEPEST_JSON && isTooDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether JSON is nested too deep. Counts the brackets outside of strings, before a parser creates an object for each. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length && depth <= DEEPEST_JSON; index++) {
    const character = text.charAt(index);
    if (character === '"') isInString = !isInString;
    else if (character === "\\") index++;
    else if (!isInString) depth += Number("[{".includes(character)) - Number("]}".includes(character));
  }
  return depth > DEEPEST_JSON;
}
