/** Control characters, and characters that reorder or break lines. A terminal or a log viewer would act on them. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Returns a text with its control characters written as escapes, such as `\u001b`. Each text from the network or from a caller
 * passes through this function before an error quotes the text.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
