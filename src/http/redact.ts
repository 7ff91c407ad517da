import { fieldOf } from "../platform/fields.ts";
import { printable } from "../platform/printable.ts";
import { encodeUtf8 } from "../platform/utf8.ts";
import { causesOf } from "./network-error.ts";

/** How many times escapes are resolved: a proxy may escape a text that was already escaped. */
const MAX_UNESCAPE_PASSES = 3;

/** How many errors of a chain of causes are copied. */
const MAX_CAUSES = 5;

/** A character as URLs, JSON and HTML escape it. */
const ESCAPED = /%([\da-f]{2})|\\u([\da-f]{4})|&#(x?[\da-f]+);/gi;

/**
 * Creates a function that replaces a secret in a text, in every spelling that a service may send back: plain, in hex or base64,
 * inside a longer base64, in lower or upper case, with escaped characters. If escapes hide the secret, all escapes of the text
 * are resolved. Forms of up to 3 characters are not replaced: many texts hold them, and no real secret is so short.
 */
export function redactor(secret: string): (text: string) => string {
  const bytes = encodeUtf8(secret);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  // The UTF-8 of the secret, read as Latin-1, is how some servers send it back.
  const latin1 = String.fromCharCode(...bytes);
  const forms = [secret, latin1, hex, ...[0, 1, 2].map((offset) => base64Core(bytes, offset))];
  const patterns = forms.filter(({ length }) => length > 3).map(patternOf);
  const pattern = new RegExp(patterns.join("|") || "(?!)", "gi");
  const withoutSecret = (text: string) => text.replace(pattern, "[secret]");

  return (text) => {
    let clean = withoutSecret(text);
    let plain = clean;
    for (let pass = 0; pass < MAX_UNESCAPE_PASSES; pass++) {
      const before = resolveEscapes(plain);
      plain = withoutSecret(before);
      if (plain !== before) clean = plain;
    }
    return clean;
  };
}

/**
 * Copies an error and its causes, so that they are safe to print: name, message, stack and code of each, redacted. Other
 * properties, such as the request that a library adds, are left out. Returns undefined for a value that is not an error.
 */
export function redactError(error: unknown, redact: (text: string) => string, depth = MAX_CAUSES): Error | undefined {
  const message = fieldOf(error, "message");
  if (message === undefined || depth === 0) return undefined;
  const cause = redactError(causesOf(error)[0], redact, depth - 1);
  const copy = new Error(clean(message), cause && { cause });
  const name = fieldOf(error, "name");
  const code = fieldOf(error, "code");
  // Properties are defined, because an assignment fails where a program has frozen `Error.prototype`.
  if (name) define("name", clean(name));
  define(
    "stack",
    redact(String(fieldOf(error, "stack") ?? ""))
      .split("\n")
      .map(printable)
      .join("\n"),
  );
  if (typeof code === "string") define("code", clean(code));
  return copy;

  function clean(text: unknown): string {
    return printable(redact(String(text)));
  }

  function define(name: string, value: string): void {
    Object.defineProperty(copy, name, { value, configurable: true, writable: true });
  }
}

/** Encodes bytes in base64, with padding. */
export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/**
 * Encodes bytes as they appear inside a longer base64 text: only the characters that depend on no byte around them.
 * @param offset The number of bytes before these bytes in the longer text, modulo 3.
 */
function base64Core(bytes: Uint8Array, offset: number): string {
  const text = base64(new Uint8Array([...new Uint8Array(offset), ...bytes]));
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

/** Returns a pattern for a form of the secret, also with the slash that JSON escapes, and in the alphabet of base64url. */
function patternOf(form: string): string {
  return form.replace(/[^\w]/g, "\\$&").replaceAll("\\+", "[+-]").replaceAll("\\/", "\\\\?[/_]");
}

/** Replaces escapes by their characters. HTML writes numbers in decimal, or in hex after an x; URLs and JSON in hex. */
function resolveEscapes(text: string): string {
  return text.replace(ESCAPED, (_escape, inUrl?: string, inJson?: string, inHtml = `x${inUrl ?? inJson}`) =>
    String.fromCharCode(Number(`0${inHtml}`)),
  );
}
