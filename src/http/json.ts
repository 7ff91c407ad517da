const DEEPEST = 500;

/** Parses a JSON text from the network; undefined when it is none, or nested so deep that walking it would end the program. */
export function parseJson(text: string): unknown {
  try {
    return text.length > DEEPEST && isTooDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Counts the brackets outside of strings, before a parser makes an object of each. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length && depth <= DEEPEST; index++) {
    const character = text.charAt(index);
    if (character === '"') isInString = !isInString;
    else if (character === "\\") index++;
    else if (!isInString) depth += Number("[{".includes(character)) - Number("]}".includes(character));
  }
  return depth > DEEPEST;
}
