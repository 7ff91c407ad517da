/** Whether a value is an object of JSON: neither null nor an array. */
export function isJsonObject<Value>(value: Value): value is Value & Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns a copy of the fields of an object; no fields for anything else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return isJsonObject(value) ? { ...value } : {};
}

/** Returns the fields that hold a text. */
export function textsIn(value: unknown): Record<string, string> {
  const texts: [string, string][] = [];
  for (const [name, text] of Object.entries(fieldsOf(value))) if (typeof text === "string") texts.push([name, text]);
  return Object.fromEntries(texts);
}
