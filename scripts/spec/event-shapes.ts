import type { Shape } from "../../src/platform/shape.ts";
import { bodySchema, type Document, eachEvent, resolveGiven, type Schema } from "./schema.ts";

/** Returns all fields of each event, by its name, with those that are optional or can be null. */
export function eventShapesOf(document: Document): Record<string, Shape> {
  return Object.fromEntries(
    eachEvent(document).map(({ type, content }) => [type, fullShape(bodySchema(content) ?? {}, document)]),
  );
}

function fullShape(reference: Schema, document: Document): Shape {
  const { type, items, properties = {} } = resolveGiven(reference, document);
  const [only, ...others] = [type ?? []].flat().filter((one) => one !== "null");
  if (others.length > 0) return "any";
  switch (only) {
    case "string":
    case "boolean":
      return only;
    case "integer":
    case "number":
      return "number";
    case "array":
      return [items ? fullShape(items, document) : "any"];
    case "object":
      return Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, fullShape(property, document)]),
      );
    default:
      return "any";
  }
}
