/**
 * The part of a JSON value that can be relied on: its type, and what it must hold.
 * An object lists its required fields, an array the shape of its items; `"any"` asks for presence only.
 */
export type Shape = "string" | "number" | "boolean" | "any" | readonly [Shape] | { readonly [field: string]: Shape };

/** Says in what a value is not of a shape, without repeating the value; undefined when it is. */
export function mismatch(value: unknown, shape: Shape, name: string): string | undefined {
  if (value === undefined) return `${name} is missing`;
  if (shape === "any") return undefined;
  const wanted = typeof shape === "string" ? shape : jsonType(shape);
  const type = jsonType(value);
  if (type !== wanted) return `${name} must be of type ${wanted}, not ${type}`;
  return typeof shape === "string" ? undefined : mismatchInside(Object(value), shape, name);
}

function mismatchInside(value: object, shape: Exclude<Shape, string>, name: string): string | undefined {
  for (const key of Object.keys(isList(shape) ? value : shape)) {
    const problem = mismatch(Reflect.get(value, key), isList(shape) ? shape[0] : (shape[key] ?? "any"), "");
    if (problem) return `${name}${isList(shape) ? `[${key}]` : `.${key}`}${problem}`;
  }
  return undefined;
}

/** Whether a shape is that of a list. */
export function isList(shape: Shape | undefined): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return Array.isArray(value) ? "array" : typeof value;
}
