import type { Shape } from "../http/shape.ts";

/**
 * Gives the texts of a query the types that the same callback has as JSON, as the shape names them; an empty text where
 * no text is promised is null. What the shape does not know stays as it is.
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

function typed(text: string, shape: Shape | undefined): unknown {
  if (shape === undefined || shape === "string" || shape === "any") return text;
  if (text === "") return null;
  if (shape === "boolean") return { true: true, false: false }[text] ?? text;
  return shape === "number" && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function isList(shape: Shape | undefined): shape is readonly [Shape] {
  return Array.isArray(shape);
}
