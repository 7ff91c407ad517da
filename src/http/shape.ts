/**
 * The part of a JSON value that can be relied on: its type, and what it must hold.
 * An object lists its required fields, an array the shape of its items; `"any"` asks for presence only, `"empty"` for nothing.
 */
export type Shape =
  | "string"
  | "number"
  | "boolean"
  | "any"
  | "empty"
  | readonly [Shape]
  | { readonly [field: string]: Shape };

/** Says in what a value is not of a shape, without repeating the value; undefined when it is. */
export function mismatch(value: unknown, shape: Shape, name: string): string | undefined {
  if (shape === "any") return value === undefined ? `${name} is missing` : undefined;
  if (shape === "empty") return value === undefined ? undefined : `${name} is not empty`;
  if (value === undefined) return `${name} is missing`;
  if (typeof shape === "string") return jsonType(value) === shape ? undefined : wrongType(name, shape, value);
  if (isArrayShape(shape)) {
    if (!Array.isArray(value)) return wrongType(name, "array", value);
    return first(value, (item, index) => mismatch(item, shape[0], `${name}[${index}]`));
  }
  if (jsonType(value) !== "object") return wrongType(name, "object", value);
  const fields = new Map(Object.entries(Object(value)));
  return first(Object.entries(shape), ([field, inner]) => mismatch(fields.get(field), inner, `${name}.${field}`));
}

function isArrayShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function first<T>(items: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined {
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    const found = item === undefined ? undefined : find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function wrongType(name: string, wanted: string, value: unknown): string {
  return `${name} must be ${article(wanted)}, not ${article(jsonType(value))}`;
}

function article(type: string): string {
  if (type === "null") return type;
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
