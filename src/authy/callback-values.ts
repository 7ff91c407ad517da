import { isList, type Shape } from "../platform/shape.ts";
import { isJsonObject } from "./fields.ts";

/**
 * Gives texts the types that the shape names, which those of a query need, and some old callbacks; an empty text where no
 * text is promised is null. What the shape does not know stays as it is.
 */
export function valuesOf(value: unknown, shape: Shape | undefined): unknown {
  if (typeof value === "string") return typed(value, shape);
  if (Array.isArray(value)) {
    const item = isList(shape) ? shape[0] : undefined;
    return value.map((one) => valuesOf(one, item));
  }
  if (typeof value !== "object" || value === null) return value;
  const fields = typeof shape === "object" && !isList(shape) ? shape : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      valuesOf(inner, Object.hasOwn(fields, name) ? fields[name] : undefined),
    ]),
  );
}

/**
 * Whether a value has the form of a shape, of which anything may be missing or null. A name with brackets could stand for
 * another place in what is signed, so it fits nowhere but in the user's own data.
 */
export function isOfShape(value: unknown, shape: Shape): boolean {
  if (value === undefined || value === null || shape === "any") return true;
  if (typeof shape === "string") return typeof value === shape;
  if (isList(shape)) return Array.isArray(value) && value.every((item) => isOfShape(item, shape[0]));
  if (!isJsonObject(value)) return false;
  const isOwnData = Object.keys(shape).length === 0;
  return Object.entries(value).every(
    ([name, inner]) =>
      isOwnData || (!/[[\]]/.test(name) && (!Object.hasOwn(shape, name) || isOfShape(inner, shape[name] ?? "any"))),
  );
}

function typed(text: string, shape: Shape | undefined): unknown {
  if (shape === undefined || shape === "string" || shape === "any") return text;
  if (text === "") return null;
  if (shape === "boolean") return { true: true, false: false }[text] ?? text;
  return shape === "number" && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
