import { decodeUtf8, encodeUtf8 } from "../platform/utf8.ts";

/** The largest body that is read, in bytes. */
export const LARGEST_BODY = 8 * 1024 * 1024;

/** A body as far as it could be read, and what kept the rest away. */
export interface Body {
  readonly text: string;
  readonly problem?: string | undefined;
}

/** Gathers the bytes of a body, however small its chunks are, and holds no more than the limit. */
export class BodyReader {
  #bytes: Uint8Array = new Uint8Array();
  #length = 0;

  /** A body that is announced as too large counts as full from its start. */
  constructor(contentLength: string | null | undefined) {
    if (Number(contentLength) > LARGEST_BODY) this.#length = LARGEST_BODY;
  }

  /** Takes a chunk; false when the body is larger than what is read. */
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

  /** The body; `problem` says why it is not whole. */
  end(problem?: string): Body {
    if (this.#length > LARGEST_BODY) return { text: "", problem: "is larger than 8 MB" };
    if (problem) return { text: this.#decode(), problem };
    try {
      return { text: this.#decode(true) };
    } catch {
      return { text: this.#decode(), problem: "is not UTF-8" };
    }
  }

  /** Reads UTF-8. If it is `fatal`, other bytes throw; else they become U+FFFD. */
  #decode(fatal = false): string {
    return decodeUtf8(this.bytes, { fatal });
  }
}

/** The part of a `Response` that is read: that of the platform, of undici, of node-fetch, or of a test. */
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

/** Yields the bytes of a web stream, of one of Node, which node-fetch gives, or of a response without any stream. */
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

/** @throws TypeError when a chunk is neither bytes nor text. */
function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") return encodeUtf8(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError("The body holds something that is no bytes");
}

interface WebStream {
  getReader(): { read(): Promise<{ done: boolean; value?: unknown }>; cancel(): Promise<unknown> };
}

function isWebStream(body: unknown): body is WebStream {
  return typeof body === "object" && body !== null && "getReader" in body && typeof body.getReader === "function";
}

function isAsyncIterable(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}
