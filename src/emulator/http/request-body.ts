import { types } from "node:util";
import { fieldOf } from "../../platform/fields.ts";

/** A body that can be read once. */
export interface Body {
  /** Reads the body in chunks. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Reads the whole body. */
  whole(): Promise<ArrayBuffer>;
}

/** The body of a call of `fetch`, and the content type that it has unless a header says otherwise. */
interface TypedBody {
  readonly body?: Body | undefined;
  readonly type?: string | undefined;
}

/** The fields of a request from which its body is read. */
interface WithBody {
  readonly body?: unknown;
  readonly bodyUsed?: boolean;
  readonly arrayBuffer?: () => Promise<ArrayBuffer>;
}

/**
 * The body of a call of `fetch`: that of its options, or else that of its request, which is read only in that case.
 * @throws TypeError when the body of the request was read before.
 */
export function bodyFrom(own: unknown, request: WithBody | undefined): TypedBody {
  if (own !== undefined) return ownBody(own);
  if (!request) return {};
  // Requests of polyfills have no stream. Their body is read by `arrayBuffer`.
  const isThere = "body" in request ? request.body !== null && request.body !== undefined : true;
  if (!isThere) return {};
  if (request.bodyUsed) {
    throw new TypeError("The body of the request was read before: pass a request that was not, or a clone of it");
  }
  const { body } = request;
  if (isStream(body)) return { body: streamed(() => chunksOf(body)) };
  return { body: streamed(() => once(async () => new Uint8Array((await request.arrayBuffer?.()) ?? []))) };
}

/** The body of the options of a call. Its kind is recognized by its shape, because its class may be of another realm. */
function ownBody(own: unknown): TypedBody {
  if (ArrayBuffer.isView(own)) return { body: known(new Uint8Array(own.buffer, own.byteOffset, own.byteLength)) };
  if (types.isAnyArrayBuffer(own)) return { body: known(new Uint8Array(own)) };
  switch (Object.prototype.toString.call(own)) {
    case "[object URLSearchParams]":
      return { body: known(Buffer.from(`${own}`)), type: "application/x-www-form-urlencoded;charset=UTF-8" };
    case "[object FormData]":
      return encodedForm(own);
    default:
  }
  if (isBlob(own)) {
    return {
      body: streamed(() => once(async () => new Uint8Array(await own.arrayBuffer()))),
      type: own.type === "" ? undefined : own.type,
    };
  }
  if (isStream(own)) return { body: streamed(() => chunksOf(own)) };
  return { body: known(Buffer.from(`${own}`)), type: "text/plain;charset=UTF-8" };
}

/** A `FormData`, which only the platform that created it can encode. */
function encodedForm(form: unknown): TypedBody {
  const { body, headers } = Reflect.construct(Response, [form]);
  return { body: streamed(() => chunksOf(body)), type: headers.get("content-type") ?? undefined };
}

interface BlobShape {
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

function isBlob(value: unknown): value is BlobShape {
  return typeof fieldOf(value, "type") === "string" && typeof fieldOf(value, "arrayBuffer") === "function";
}

/** A stream of the web or of Node. */
export type Stream = AsyncIterable<unknown> | { getReader(): StreamReader };

interface StreamReader {
  read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
  cancel(): Promise<void>;
}

function isStream(value: unknown): value is Stream {
  return typeof fieldOf(value, "getReader") === "function" || fieldOf(value, Symbol.asyncIterator) !== undefined;
}

/** The chunks of a stream. */
export async function* chunksOf(stream: Stream): AsyncGenerator<Uint8Array> {
  if (!("getReader" in stream)) {
    for await (const chunk of stream) yield bytesOf(chunk);
    return;
  }
  const reader = stream.getReader();
  let isOver = false;
  try {
    while (true) {
      const { done, value } = await reader.read();
      isOver = done;
      if (done) return;
      yield bytesOf(value);
    }
  } finally {
    if (!isOver) await reader.cancel().catch(() => {});
  }
}

/** @throws TypeError when a chunk is neither bytes nor text. */
function bytesOf(chunk: unknown): Uint8Array {
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === "string") return Buffer.from(chunk);
  throw new TypeError("The stream of a request must give bytes, as Uint8Array");
}

async function* once(read: () => Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await read();
}

function known(bytes: Uint8Array): Body {
  return streamed(() => once(async () => bytes));
}

/** A body that is read in chunks. */
export function streamed(chunks: () => AsyncIterable<Uint8Array>): Body {
  return {
    chunks,
    async whole() {
      const all: Uint8Array[] = [];
      for await (const chunk of chunks()) all.push(chunk);
      return Uint8Array.from(Buffer.concat(all)).buffer;
    },
  };
}
