import { inspect } from "node:util";
import fc from "fast-check";

/** The largest id, in bytes of UTF-8. */
const LONGEST = 8 * 1024;

/** Code units as they come: half surrogates, too. */
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));

/** What means something to a URL, to HTTP, to a template or to a replacement. */
const PIECES = [
  [".", "..", "/", "//", "\\", "%", "%2e", "%2E%2e", "%2F", "%5c", "%00", "%252e", "%zz", "?", "#", "&", "=", ";", ":"],
  ["@", "\t", "\n", "\r", "\r\n", "\0", "\u007f", "\u0085", "\u2028", "\ufeff", "\u202e", "\ud800", "\udc00", "\ud83d"],
  [" ", "\u00a0", "+", "*", "~", "{userId}", "{authy_id}", "{", "}", "$&", "$1", "é", "漢", "😀", "e\u0301", "x", "7"],
  ["__proto__", "constructor", "users", "new", "HTTP/1.1", " HTTP/1.1\r\nHost: evil\r\n\r\n", "http://evil.com/"],
].flat();

const anyPieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join(""));

const long = fc
  .tuple(fc.constantFrom("a", "/", "../", "%2e", "é", "😀", "\ud800", "7"), fc.integer({ min: 1, max: LONGEST }))
  .map(([unit, bytes]) => unit.repeat(Math.ceil(bytes / Buffer.byteLength(unit))));

/** Texts over all of Unicode and beyond, and over what means something; a few of them long. */
export const hostileText = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 4, arbitrary: anyUnits },
  { weight: 8, arbitrary: anyPieces },
  { weight: 1, arbitrary: long },
);

/** Whatever else a caller without types can pass. */
export const noText = fc.oneof(
  fc.anything().filter((value) => typeof value !== "string"),
  fc.constantFrom<unknown>(undefined, null, "", Number.NaN, -0, 0, 1e21, -7, 1.5, 7n, true, Symbol("usr_123"), []),
  fc.constantFrom<unknown>(new String("usr_123"), ["usr_123"], () => "usr_123", new Date(0), new Map(), /x/),
  fc.constantFrom<unknown>({
    toString: () => {
      throw new Error("This was asked for its text");
    },
  }),
);

/** Everything that a logger could print of an error. */
export function printed(error: unknown): string {
  const shown = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true });
  return error instanceof Error ? `${shown}\n${error.message}\n${error.stack}` : shown;
}
