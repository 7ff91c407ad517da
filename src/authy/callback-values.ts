import { isList, type Shape } from "../platform/shape.ts";
import { isJsonObject } from "./fields.ts";

/**
 * Converts texts to the types of a shape: all values of a query are text, and some of old callbacks. An empty text becomes null
 * unless the shape has a text there. Fields that the shape does not have stay as they are.
 */
export function toTypedValues(value: unknown, shape: Shape | undefined): unknown {
  if (typeof value === "string") return typed(value, shape);
  if (Array.isArray(value)) {
    const item = isList(shape) ? shape[0] : undefined;
    return value.map((one) => toTypedValues(one, item));
  }
  if (typeof value !== "object" || value === null) return value;
  const fields = typeof shape === "object" && !isList(shape) ? shape : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      toTypedValues(inner, Object.hasOwn(fields, name) ? fields[name] : undefined),
    ]),
  );
}

/**
 * Whether a value fits a shape, whose fields may all be missing or null. In the signed text, a name with brackets could stand for
 * another place, so such names are allowed in the user's own data only.
 */
export function fitsShape(value: unknown, shape: Shape): boolean {
  if (value === undefined || value === null || shape === "any") return true;
  if (typeof shape === "string") return typeof value === shape;
  if (isList(shape)) return Array.isArray(value) && value.every((item) => fitsShape(item, shape[0]));
  if (!isJsonObject(value)) return false;
  const isOwnData = Object.keys(shape).length === 0;
  return Object.entries(value).every(
    ([name, inner]) =>
      isOwnData || (!/[[\]]/.test(name) && (!Object.hasOwn(shape, name) || fitsShape(inner, shape[name] ?? "any"))),
  );
}

function typed(text: string, shape: Shape | undefined): unknown {
  if (shape === undefined || shape === "string" || shape === "any") return text;
  if (text === "") return null;
  if (shape === "boolean") return { true: true, false: false }[text] ?? text;
  return shape === "number" && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
