import { isEqualInConstantTime } from "../platform/constant-time.ts";
import { hmacSha256 } from "../platform/hmac.ts";
import { encodeUtf8 } from "../platform/utf8.ts";
import { throwInvalid } from "./invalid.ts";

/** The header that holds the signature, in lower case. */
export const SIGNATURE_HEADER = "x-signature-v2";

/** The largest age of a delivery where the caller passes none, in minutes. */
export const DEFAULT_TOLERANCE = 5;

/** The longest header that is parsed, in characters. A real header has 60 for one key and 107 for two. */
const MAX_HEADER_LENGTH = 4096;
const ITEM = /^([^=]+)=(.*)$/;
const TIMESTAMP = /^\d{1,12}$/;

// The messages begin with those of the official SDKs and continue with what to do.
const ONE_HEADER = `Signature format is invalid. Pass one ${SIGNATURE_HEADER} header, a string`;
export const SEVERAL_SIGNATURES = `${ONE_HEADER}: there are several values.`;
const NO_SIGNATURE = `${ONE_HEADER}: there is none.`;
const MALFORMED = `Signature format is invalid. Pass the whole ${SIGNATURE_HEADER} header: "t=<Unix seconds>,v2=<signature>".`;
const NOT_SECRET =
  "Secret key is invalid. Pass your secret key of the Server API, or a list of such keys, none of them blank.";
const BAD_TOLERANCE = "Tolerance is invalid. Pass a finite number of minutes; 0 turns the check of the timestamp off.";
const BAD_TIMESTAMP = "Timestamp is invalid. Pass whole Unix seconds, not milliseconds and not a Date.";
const OUT_OF_TIME = "Timestamp is outside the tolerance zone. If it is no replay, set the clock of this machine.";
const MISMATCH =
  "Signature mismatch. Pass the body exactly as received, and the secret key of the tenant that sent it.";

/** The bytes of each key. There is at least one key. */
export type Keys = readonly Uint8Array[];

/** The parts of a signature header. */
interface ParsedHeader {
  /** Unix seconds, as the text that was signed. */
  readonly timestamp: string;
  /** One signature for each active key. */
  readonly signatures: readonly string[];
}

/** Reads the secret keys that a caller passes. @throws InvalidSignatureError if there is no key, or a key is blank or no string. */
export function readKeys(secret: unknown): Keys {
  const secrets = listOf(secret).map((key) => (typeof key === "string" ? key.trim() : ""));
  return secrets.length > 0 && !secrets.includes("") ? secrets.map(encodeUtf8) : throwInvalid(NOT_SECRET);
}

/**
 * Checks the signature header of a body: its form, its age, and that one of the keys signed it.
 *
 * @param tolerance How far the time of the signature may be from now, in minutes; 0 or less turns the check of the time off.
 * @throws InvalidSignatureError if anything is wrong.
 */
export function verifySignature(keys: Keys, body: Uint8Array, header: unknown, tolerance: number): void {
  if (typeof header !== "string") throwInvalid(whyNoSignature(header));
  if (!Number.isFinite(tolerance)) throwInvalid(BAD_TOLERANCE);
  const { timestamp, signatures } = parseHeader(header);
  if (tolerance > 0 && Math.abs(unixSeconds() - Number(timestamp)) > tolerance * 60) throwInvalid(OUT_OF_TIME);

  let isSigned = false;
  for (const expected of signaturesOf(keys, timestamp, body)) {
    // Every pair is compared, so that the duration does not depend on which pairs match.
    for (const signature of signatures) isSigned = isEqualInConstantTime(expected, signature) || isSigned;
  }
  if (!isSigned) throwInvalid(MISMATCH);
}

/** Creates the signature header of a body: one signature for each key. @throws InvalidSignatureError for a wrong timestamp. */
export function signatureHeader(keys: Keys, body: Uint8Array, timestamp: number = unixSeconds()): string {
  if (!Number.isInteger(timestamp) || !TIMESTAMP.test(`${timestamp}`)) throwInvalid(BAD_TIMESTAMP);
  return [`t=${timestamp}`, ...signaturesOf(keys, `${timestamp}`, body).map((signature) => `v2=${signature}`)].join();
}

function signaturesOf(keys: Keys, timestamp: string, body: Uint8Array): string[] {
  // 43 characters, without padding: the base64 of 32 bytes ends in exactly one "=".
  return keys.map((key) => hmacSha256(key, encodeUtf8(`${timestamp}.`), body).slice(0, 43));
}

/**
 * Parses a signature header, which has one `t` and at least one `v2`. Items with other keys are ignored, because the service
 * may add some. A `v2` of a wrong form matches no signature, so its form is not checked.
 */
function parseHeader(header: string): ParsedHeader {
  if (header.length > MAX_HEADER_LENGTH) throwInvalid(MALFORMED);
  const items = header.split(",").map((item) => ITEM.exec(item.trim()));
  const valuesOf = (key: string) => items.flatMap((item) => (item?.[1] === key ? (item[2] ?? "") : []));
  const [timestamp = "", ...moreTimestamps] = valuesOf("t");
  const signatures = valuesOf("v2");
  const isComplete = TIMESTAMP.test(timestamp) && moreTimestamps.length === 0 && signatures.length > 0;
  if (items.includes(null) || !isComplete) throwInvalid(MALFORMED);
  return { timestamp, signatures };
}

/** Returns the message for a value that is not a signature header. */
function whyNoSignature(header: unknown): string {
  if (header === undefined || header === null) return NO_SIGNATURE;
  if (typeof header !== "object") return `${ONE_HEADER}, not a ${typeof header}.`;
  return isList(header) ? SEVERAL_SIGNATURES : `${ONE_HEADER}, not an object.`;
}

/** Returns the items of a list, or an array of a single value; an empty array if the list cannot be read. */
function listOf(value: unknown): unknown[] {
  try {
    return Array.isArray(value) ? [...value] : [value];
  } catch {
    return [];
  }
}

/** Whether a value is a list. `Array.isArray` throws for a proxy that was revoked. */
function isList(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
