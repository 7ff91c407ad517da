import { printable } from "../platform/printable.ts";
import { encodeUtf8 } from "../platform/utf8.ts";
import { errorFields } from "./error-fields.ts";

/** How often escapes are resolved: a proxy may have escaped what was escaped before. */
const UNESCAPINGS = 3;

/** A character as URLs, JSON and HTML escape it. */
const ESCAPED = /%([\da-f]{2})|\\u([\da-f]{4})|&#(x?[\da-f]+);/gi;

/**
 * Makes the function that takes a secret out of a text, in whatever spelling it may come back: plain, in hex or base64,
 * within a longer base64, in small letters or capitals, with escaped characters. A text with it in escapes loses them.
 * Forms of up to 3 characters are left alone: they are in every text, and no real secret is so short.
 */
export function redactor(secret: string): (text: string) => string {
  const bytes = encodeUtf8(secret);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const forms = [secret, String.fromCharCode(...bytes), hex, ...[0, 1, 2].map((offset) => base64Core(bytes, offset))];
  const patterns = forms.filter(({ length }) => length > 3).map(patternOf);
  const pattern = new RegExp(patterns.join("|") || "(?!)", "gi");
  const withoutSecret = (text: string) => text.replace(pattern, "[secret]");

  return (text) => {
    let clean = withoutSecret(text);
    let plain = clean;
    for (let pass = 0; pass < UNESCAPINGS; pass++) {
      const before = resolveEscapes(plain);
      plain = withoutSecret(before);
      if (plain !== before) clean = plain;
    }
    return clean;
  };
}

/**
 * A copy of an error that is safe to print: name, message, stack and code of it and of its causes, without the secret
 * and without whatever else the thrower hung on it.
 */
export function redactError(error: unknown, redact: (text: string) => string, depth = 0): Error | undefined {
  const { message, name, stack = "", code, errors, cause } = errorFields(error);
  if (message === undefined || depth > 4) return undefined;
  const inner = redactError(Array.isArray(errors) ? errors[0] : cause, redact, depth + 1);
  const copy = new Error(clean(message), inner && { cause: inner });
  // Properties are defined, because an assignment fails where a program has frozen `Error.prototype`.
  if (name) define("name", clean(name));
  define("stack", redact(String(stack)).split("\n").map(printable).join("\n"));
  if (typeof code === "string") define("code", clean(code));
  return copy;

  function clean(text: unknown): string {
    return printable(redact(String(text)));
  }

  function define(name: string, value: string): void {
    Object.defineProperty(copy, name, { value, configurable: true, writable: true });
  }
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** What base64 makes of the bytes wherever they stand in a longer text: the characters that depend on them alone. */
function base64Core(bytes: Uint8Array, offset: number): string {
  const text = base64(new Uint8Array([...new Uint8Array(offset), ...bytes]));
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

/** Matches a form, and as well what JSON makes of a slash, and URLs of base64. */
function patternOf(form: string): string {
  return form.replace(/[^\w]/g, "\\$&").replaceAll("\\+", "[+-]").replaceAll("\\/", "\\\\?[/_]");
}

function resolveEscapes(text: string): string {
  return text.replace(ESCAPED, (_escape, inUrl?: string, inJson?: string, inHtml = `x${inUrl ?? inJson}`) =>
    String.fromCharCode(Number(`0${inHtml}`)),
  );
}
