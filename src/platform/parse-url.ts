/**
 * Parses an absolute URL; undefined for any other text. `URL.canParse` is not used: in Node 20 it rejects URLs with characters
 * beyond ASCII once the function is optimized, and the jsdom of Jest 29 has no such function.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
