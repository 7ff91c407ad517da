import { InvalidSignatureError } from "../errors.ts";
import { encodeUtf8 } from "../platform/utf8.ts";

/** The parts of a request, whatever server, realm or framework it comes from. */
interface Parts {
  headers?: unknown;
  multiValueHeaders?: unknown;
  arrayBuffer?: unknown;
  rawBody?: unknown;
  body?: unknown;
  isBase64Encoded?: unknown;
}

const RAW = "Payload format is invalid. Pass the raw body, a string or bytes";
const HOW =
  'With Express, mount express.raw({ type: "application/json" }) on this route and no express.json(); with Fastify, add a ' +
  'content type parser with parseAs: "buffer"; a web Request can be passed itself.';
const PARSED = `${RAW}, not a parsed object. ${HOW}`;
const UNREAD =
  "Payload format is invalid. The body of the request was read before, or it broke off. Pass a request whose body nothing " +
  "has read yet, or a clone that was made before.";
const NOT_BASE64 =
  "Payload format is invalid. The event says isBase64Encoded, but its body is not base64. Pass both as they came.";

const refusals = new WeakSet<object>();

/** Throws an error with a constant text: nothing that came over the network gets into it. */
export function refuse(reason: string): never {
  const refusal = new InvalidSignatureError(reason);
  refusals.add(refusal);
  throw refusal;
}

/** Throws what `refuse` threw. Any other error comes from the caller's objects, a getter for instance: it becomes `reason`. */
export function refuseAgain(error: unknown, reason: string): never {
  if (refusals.has(Object(error))) throw error;
  refuse(reason);
}

/** Returns the values of a header, whatever its case. `multiValueHeaders` of a Lambda event are looked at first. */
export function headerValues(request: unknown, name: string): unknown[] {
  const { headers, multiValueHeaders }: Parts = Object(request);
  const values = valuesIn(multiValueHeaders, name);
  return values.length > 0 ? values : valuesIn(headers, name);
}

function valuesIn(headers: unknown, name: string): unknown[] {
  const { get }: { get?: unknown } = Object(headers);
  if (typeof get === "function") {
    const value: unknown = Reflect.apply(get, headers, [name]);
    return [value ?? []].flat();
  }
  const named = Object.entries<unknown>(Object(headers)).filter(([key]) => key.toLowerCase() === name);
  return named.flatMap(([, value]) => value ?? []);
}

/**
 * Returns a copy of the raw body of a request. The parts of the request are read before this returns, so that a change of
 * them by the caller after the call changes nothing.
 */
export function rawBody(request: unknown): Uint8Array | Promise<Uint8Array> {
  const { arrayBuffer, rawBody: kept, body, isBase64Encoded }: Parts = Object(request);
  if (typeof arrayBuffer === "function") return readBody(() => Reflect.apply(arrayBuffer, request, []));
  return isBase64Encoded === true ? bytesOfBase64(body) : bytesOf(kept ?? body);
}

async function readBody(read: () => unknown): Promise<Uint8Array> {
  let body: unknown;
  try {
    body = await read();
  } catch {
    refuse(UNREAD); // the cause is not kept: it may quote the body
  }
  return bytesOf(body);
}

/** Returns a copy of a raw body: a string in UTF-8, a buffer or a view of one, of any realm. */
export function bytesOf(value: unknown): Uint8Array {
  if (typeof value === "string") return encodeUtf8(value);
  return copyOf(value) ?? refuse(whyNotRaw(value));
}

/** Undefined for what is no buffer and no view of one, or is one that was transferred elsewhere. */
export function copyOf(value: unknown): Uint8Array | undefined {
  try {
    const isView = ArrayBuffer.isView(value);
    // A DataView can be made of a buffer of any realm, shared or not, and of nothing else.
    const { buffer, byteOffset, byteLength }: DataView = isView ? value : Reflect.construct(DataView, [value]);
    return new Uint8Array(buffer, byteOffset, byteLength).slice();
  } catch {
    return undefined;
  }
}

function bytesOfBase64(body: unknown): Uint8Array {
  if (body === undefined || body === null) return bytesOf(body);
  if (typeof body !== "string") refuse(NOT_BASE64);
  let text: string;
  try {
    text = atob(body);
  } catch {
    refuse(NOT_BASE64);
  }
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place++) bytes[place] = text.charCodeAt(place);
  return bytes;
}

function whyNotRaw(value: unknown): string {
  if (value === undefined || value === null) return `${RAW}: there is none. ${HOW}`;
  if (typeof value !== "object") return `${RAW}, not a ${typeof value}. ${HOW}`;
  try {
    if (ArrayBuffer.isView(value)) return `${RAW}. These bytes were transferred elsewhere: pass a copy of them.`;
    const { arrayBuffer, getReader, pipe, then }: Partial<Record<string, unknown>> = Object(value);
    if (typeof then === "function") return `${RAW}, not a promise. Await it first.`;
    if (typeof getReader === "function" || typeof pipe === "function")
      return `${RAW}, not a stream. Read it to its end first.`;
    if (typeof arrayBuffer === "function") return `${RAW}, not an object that holds it. Pass its await arrayBuffer().`;
    const isText = Object.prototype.toString.call(value) === "[object String]";
    return isText ? `${RAW}, not a String object. Pass its toString().` : PARSED;
  } catch {
    return PARSED;
  }
}
