import { copyBytes, decodeBase64 } from "../platform/bytes.ts";
import { fieldOf, isRecord } from "../platform/fields.ts";
import { encodeUtf8 } from "../platform/utf8.ts";
import { throwInvalid } from "./invalid.ts";

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

/**
 * Returns a copy of the raw body of a request. The parts of the request are read before this function returns, so that a later
 * change of the request by the caller has no effect.
 *
 * @throws Whatever a getter of the request throws, and `InvalidSignatureError` for a body that is not raw.
 */
export function rawBodyOf(request: unknown): Uint8Array | Promise<Uint8Array> {
  const { arrayBuffer, rawBody, body, isBase64Encoded } = isRecord(request) ? request : {};
  if (typeof arrayBuffer === "function") return readBody(() => Reflect.apply(arrayBuffer, request, []));
  return isBase64Encoded === true ? bytesOfBase64(body) : bytesOf(rawBody ?? body);
}

/** Returns a copy of the bytes of a raw body: of a string in UTF-8, or of a buffer or a view, of any realm. */
export function bytesOf(body: unknown): Uint8Array {
  if (typeof body === "string") return encodeUtf8(body);
  return copyBytes(body) ?? throwInvalid(whyNotRaw(body));
}

async function readBody(read: () => unknown): Promise<Uint8Array> {
  let body: unknown;
  try {
    body = await read();
  } catch {
    // Without the cause, which may quote the body.
    throwInvalid(UNREAD);
  }
  return bytesOf(body);
}

function bytesOfBase64(body: unknown): Uint8Array {
  if (body === undefined || body === null) return bytesOf(body);
  const bytes = typeof body === "string" ? decodeBase64(body) : undefined;
  return bytes ?? throwInvalid(NOT_BASE64);
}

/** Returns the message for a body that is not raw: the likely mistake, and what to pass instead. */
function whyNotRaw(body: unknown): string {
  if (body === undefined || body === null) return `${RAW}: there is none. ${HOW}`;
  if (typeof body !== "object") return `${RAW}, not a ${typeof body}. ${HOW}`;
  const has = (method: string): boolean => typeof fieldOf(body, method) === "function";
  if (ArrayBuffer.isView(body)) return `${RAW}. These bytes were transferred elsewhere: pass a copy of them.`;
  if (has("then")) return `${RAW}, not a promise. Await it first.`;
  if (has("getReader") || has("pipe")) return `${RAW}, not a stream. Read it to its end first.`;
  if (has("arrayBuffer")) return `${RAW}, not an object that holds it. Pass its await arrayBuffer().`;
  return isStringObject(body) ? `${RAW}, not a String object. Pass its toString().` : PARSED;
}

function isStringObject(value: object): boolean {
  try {
    return Object.prototype.toString.call(value) === "[object String]";
  } catch {
    // A proxy that was revoked.
    return false;
  }
}
