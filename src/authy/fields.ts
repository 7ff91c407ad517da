/** Whether a value is an object in the sense of JSON. */
export function isJsonObject<Value>(value: Value): value is Value & Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields of an object; none of what is no object. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return isJsonObject(value) ? { ...value } : {};
}

/** Those of the fields that hold a text. */
export function textsIn(value: unknown): Record<string, string> {
  const texts: [string, string][] = [];
  for (const [name, text] of Object.entries(fieldsOf(value))) if (typeof text === "string") texts.push([name, text]);
  return Object.fromEntries(texts);
}
