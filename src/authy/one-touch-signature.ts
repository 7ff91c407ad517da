import { parseJson } from "../http/body.ts";
import { copyBytes } from "../platform/bytes.ts";
import { isEqualInConstantTime } from "../platform/constant-time.ts";
import { hmacSha256 } from "../platform/hmac.ts";
import { decodeUtf8, encodeUtf8 } from "../platform/utf8.ts";
import { isJsonObject } from "./fields.ts";

/** The parts of a callback that are signed, as they were received, and the signature. */
export interface OneTouchSignature {
  /** The `X-Authy-Signature` header. A callback without one is not signed. */
  signature: string | null | undefined;
  /** The `X-Authy-Signature-Nonce` header, unchanged. A callback without one is not signed. */
  nonce: string | number | null | undefined;
  /** `GET` or `POST`, in any case. */
  method: string;
  /** The callback URL as it is configured with Authy. A query in it is ignored. */
  url: string;
  /**
   * The raw body of a POST, a string or bytes; the raw query string of a GET; or either of them parsed. Raw is safest: a parsed
   * body no longer shows how numbers such as `1.0` were written.
   */
  params: string | object;
}

const METHODS = ["GET", "POST"] as const;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Matches the strings of a JSON text, to skip them, and the numbers outside of strings. */
const STRINGS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/**
 * How many characters may be written. A character that is copied from level to level counts each time. A real callback needs
 * 3,000 on 4 levels. Without a limit, a small body could need gigabytes, because names are repeated with every value.
 */
const MOST_WRITTEN = 2_000_000;

/** Counts down the characters that may still be written. */
interface Budget {
  left: number;
}

/** Whether a callback was signed with this key. Never throws: missing or malformed parts have no signature. */
export function isOneTouchSignature(apiKey: string, parts: OneTouchSignature): boolean {
  try {
    const { signature }: Partial<OneTouchSignature> = parts ?? {};
    const expected = oneTouchSignature(apiKey, parts);
    return expected !== undefined && typeof signature === "string" && isEqualInConstantTime(expected, signature);
  } catch {
    return false; // a getter of `parts` threw an error
  }
}

/** Returns the signature that Authy gives a callback; undefined when the parts cannot be signed. */
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

/** Returns the signed part of an absolute URL: no credentials, default port or query. Undefined unless it is http or https. */
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
 * Returns the parameters as the form-encoded text that is signed. The query of a GET is that text already: sorting it again would
 * separate the members of repeated names. Undefined when the parameters are not an object, or cannot be encoded.
 */
export function canonicalText(params: unknown, method: "GET" | "POST"): string | undefined {
  try {
    const bytes = typeof params === "string" ? undefined : copyBytes(params);
    const text = bytes ? decodeUtf8(bytes, { fatal: true }) : params;
    if (typeof text !== "string") return flatten(JSON.stringify(text));
    return method === "GET" ? text.replace(/^\?/, "") : flatten(text);
  } catch {
    return undefined; // circular, with a lone surrogate, not UTF-8, or far too long
  }
}

/** Form-encodes a JSON text. Numbers keep their characters, such as `1.0`, because these were signed. */
function flatten(json: string): string | undefined {
  if (parseJson(json) === undefined) return undefined;
  const quoted = json.replace(STRINGS_AND_NUMBERS, (token) => (token.startsWith('"') ? token : `"${token}"`));
  const members: unknown = JSON.parse(quoted);
  return isJsonObject(members) ? joinMembers(members, (name) => name, { left: MOST_WRITTEN }) : undefined;
}

/** Joins members, sorted by their text on each level. The elements of an array are not sorted. */
function joinMembers(members: object, nameOf: (key: string) => string, budget: Budget): string {
  const texts = Object.entries(members).map(([key, value]) => pairs(nameOf(key), value, budget));
  return join(texts.sort(), budget);
}

function pairs(name: string, value: unknown, budget: Budget): string {
  if (Array.isArray(value)) {
    const texts = value.map((element) => pairs(`${name}[]`, element, budget));
    return join(texts, budget);
  }
  if (isJsonObject(value)) return joinMembers(value, (key) => `${name}[${key}]`, budget);
  return written(`${encode(name)}=${encode(`${value ?? ""}`)}`, budget);
}

/** Joins texts. Empty objects and arrays have an empty text, which is left out. */
function join(texts: readonly string[], budget: Budget): string {
  return written(texts.filter((text) => text !== "").join("&"), budget);
}

function written(text: string, budget: Budget): string {
  budget.left -= text.length;
  if (budget.left < 0) throw new RangeError("too long");
  return text;
}

/** Form-encodes a text in UTF-8. */
function encode(text: string): string {
  const rest = /[!'()*]/g;
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replace(rest, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
