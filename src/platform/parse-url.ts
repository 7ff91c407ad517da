/**
 * Parses an absolute address; undefined when it is none. Not by `URL.canParse`: that of Node 20 says no to addresses with
 * characters beyond ASCII once it is optimized, and the jsdom of Jest 29 has none.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
