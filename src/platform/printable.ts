/** Control characters, and those that reorder or break lines: a terminal or a log viewer would carry them out. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Returns a text with its control characters written as escapes, such as `\u001b`. Texts from the network or from callers go through it into errors. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
