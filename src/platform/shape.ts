import { isRecord } from "./fields.ts";

/**
 * The required shape of a JSON value: its type, and the shapes inside. An object lists its required fields, an array the shape
 * of its items; `"any"` requires only that the value is present.
 */
export type Shape = "string" | "number" | "boolean" | "any" | readonly [Shape] | { readonly [field: string]: Shape };

/**
 * Returns where a value does not fit a shape, without quoting the value; undefined if the value fits.
 * @param name Names the value in the message.
 */
export function mismatch(value: unknown, shape: Shape, name: string): string | undefined {
  if (value === undefined) return `${name} is missing`;
  if (shape === "any") return undefined;
  const required = typeof shape === "string" ? shape : jsonType(shape);
  const type = jsonType(value);
  if (type !== required) return `${name} must be of type ${required}, not ${type}`;
  if (isList(shape)) return mismatchOfItem(value, shape[0], name);
  return typeof shape === "object" ? mismatchOfField(value, shape, name) : undefined;
}

/** Whether a shape is that of a list. */
export function isList(shape: Shape | undefined): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function mismatchOfItem(list: unknown, shape: Shape, name: string): string | undefined {
  if (!Array.isArray(list)) return undefined;
  for (const [index, item] of list.entries()) {
    const problem = mismatch(item, shape, "");
    if (problem) return `${name}[${index}]${problem}`;
  }
  return undefined;
}

function mismatchOfField(value: unknown, shape: { readonly [field: string]: Shape }, name: string): string | undefined {
  if (!isRecord(value)) return undefined;
  for (const [field, required] of Object.entries(shape)) {
    const problem = mismatch(value[field], required, "");
    if (problem) return `${name}.${field}${problem}`;
  }
  return undefined;
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return Array.isArray(value) ? "array" : typeof value;
}
