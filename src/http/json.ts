const DEEPEST = 500;

/** Parses a JSON text from the network; undefined when it is none, or nested so deep that walking it would end the program. */
export function parseJson(text: string): unknown {
  try {
    const value = JSON.parse(text);
    return isTooDeep(text) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Counts the brackets of a text that is known to be JSON: on another one, the pattern for strings could take very long. */
function isTooDeep(text: string): boolean {
  if (text.length <= 2 * DEEPEST) return false;
  let depth = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/gs)) {
    if ("[{".includes(token)) depth++;
    else if ("]}".includes(token)) depth--;
    if (depth > DEEPEST) return true;
  }
  return false;
}
