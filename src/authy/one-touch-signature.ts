import { parseJson } from "../http/json.ts";
import { isEqualInConstantTime } from "../platform/constant-time.ts";
import { hmacSha256 } from "../platform/hmac.ts";
import { decodeUtf8, encodeUtf8 } from "../platform/utf8.ts";
import { copyOf } from "../webhook/request.ts";
import { isJsonObject } from "./fields.ts";

/** A callback in parts, as it was received. */
export interface OneTouchSignature {
  /** The `X-Authy-Signature` header. A callback without one is not signed. */
  signature: string | null | undefined;
  /** The `X-Authy-Signature-Nonce` header, unchanged. A callback without one is not signed. */
  nonce: string | number | null | undefined;
  /** `GET` or `POST`, in any case. */
  method: string;
  /** The callback URL as it is configured with Authy. A query in it is not looked at. */
  url: string;
  /**
   * The raw body of a POST, a string or bytes, and the raw query string of a GET, which is the safest; or either of them
   * parsed. A parsed body has lost how numbers such as `1.0` were written.
   */
  params: string | object;
}

const METHODS = ["GET", "POST"] as const;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Strings, to step over them, and what is left of a JSON text outside of them that begins like a number. */
const STRINGS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/**
 * How many characters are written for a text, those that are copied from level to level counted each time. A real callback
 * has 3,000 of them on 4 levels. Names are repeated with every value, so that a small body could ask for gigabytes.
 */
const MOST_WRITTEN = 2_000_000;

interface Room {
  left: number;
}

/** Whether a callback was signed with this key. Never throws: whatever is missing or malformed is no signature. */
export function isOneTouchSignature(apiKey: string, parts: OneTouchSignature): boolean {
  try {
    const { signature }: Partial<OneTouchSignature> = parts ?? {};
    const expected = oneTouchSignature(apiKey, parts);
    return expected !== undefined && typeof signature === "string" && isEqualInConstantTime(expected, signature);
  } catch {
    return false; // a getter of the parts has failed
  }
}

/** The signature that Authy puts on a callback; undefined when there is nothing that it could have signed. */
export function oneTouchSignature(apiKey: string, parts: Omit<OneTouchSignature, "signature">): string | undefined {
  const { nonce, method, url, params }: Partial<OneTouchSignature> = parts ?? {};
  const key = typeof apiKey === "string" && apiKey.trim();
  const isNonce = typeof nonce === "string" ? nonce !== "" : Number.isFinite(nonce);
  const verb = signedMethod(method);
  const address = signedUrl(url);
  if (!key || !isNonce || !verb || !address) return undefined;

  const text = canonicalText(params, verb);
  if (!text) return undefined;
  const signed = [nonce, verb, address, text].join("|");
  return LONE_SURROGATE.test(signed) ? undefined : hmacSha256(encodeUtf8(key), encodeUtf8(signed));
}

export function signedMethod(method: unknown): (typeof METHODS)[number] | undefined {
  return typeof method === "string" ? METHODS.find((one) => one.toLowerCase() === method.toLowerCase()) : undefined;
}

/** The part of an absolute URL that is signed: no credentials, no default port, no query; undefined when it is none of the web. */
export function signedUrl(url: unknown): string | undefined {
  if (typeof url !== "string") return undefined;
  try {
    const { protocol, origin, pathname } = new URL(url); // not URL.canParse, which the jsdom of Jest 29 does not have
    return /^https?:$/.test(protocol) ? origin + pathname : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Parameters as the form-encoded text that is signed. The query of a GET is that text already: sorting it again would tear
 * the members of repeated names apart. Undefined when they are no object, or cannot be written that way.
 */
export function canonicalText(params: unknown, method: "GET" | "POST"): string | undefined {
  try {
    const bytes = typeof params === "string" ? undefined : copyOf(params);
    const text = bytes ? decodeUtf8(bytes, { fatal: true }) : params;
    if (typeof text !== "string") return flatten(JSON.stringify(text));
    return method === "GET" ? text.replace(/^\?/, "") : flatten(text);
  } catch {
    return undefined; // circular, with a lone surrogate, not UTF-8, or far too long
  }
}

/** A JSON text with its numbers in the very characters they have there, which are the ones that were signed. */
function flatten(json: string): string | undefined {
  if (parseJson(json) === undefined) return undefined;
  const quoted = json.replace(STRINGS_AND_NUMBERS, (token) => (token.startsWith('"') ? token : `"${token}"`));
  const members: unknown = JSON.parse(quoted);
  return isJsonObject(members) ? joinMembers(members, (name) => name, { left: MOST_WRITTEN }) : undefined;
}

/** Members are sorted as the text they make, level by level; the elements of an array stay as they are. */
function joinMembers(members: object, nameOf: (key: string) => string, room: Room): string {
  const texts = Object.entries(members).map(([key, value]) => pairs(nameOf(key), value, room));
  return join(texts.sort(), room);
}

function pairs(name: string, value: unknown, room: Room): string {
  if (Array.isArray(value)) {
    const texts = value.map((element) => pairs(`${name}[]`, element, room));
    return join(texts, room);
  }
  if (isJsonObject(value)) return joinMembers(value, (key) => `${name}[${key}]`, room);
  return written(`${encode(name)}=${encode(`${value ?? ""}`)}`, room);
}

/** Empty objects and arrays have left nothing to join. */
function join(texts: readonly string[], room: Room): string {
  return written(texts.filter((text) => text !== "").join("&"), room);
}

function written(text: string, room: Room): string {
  room.left -= text.length;
  if (room.left < 0) throw new RangeError("too long");
  return text;
}

/** Form encoding in UTF-8. */
function encode(text: string): string {
  const rest = /[!'()*]/g;
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replace(rest, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
