import type { Shape } from "../../src/platform/shape.ts";
import { bodySchema, type Document, eachOperation, resolve, type Schema, successes } from "./schema.ts";

/** The address of the API by region; `default` where there is one for all. */
export function serversOf({ servers }: Document): Record<string, string> {
  return Object.fromEntries(servers.map(({ url, "x-region": region = "default" }) => [region, url]));
}

/** The route of each operation, such as `GET /users/{userId}`, by its operationId. */
export function routesByName(document: Document): Record<string, string> {
  return Object.fromEntries(
    eachOperation(document).map(({ method, path, operation }) => [operation.operationId, `${method} ${path}`]),
  );
}

/** What the road must know of each operation, by its route. */
export function operationsOf(document: Document) {
  const entries = eachOperation(document).map(({ path, method, operation }) => {
    const { operationId, "x-repeatable": repeatable, requestBody } = operation;
    if (repeatable === undefined) throw new Error(`${operationId} has no x-repeatable`);
    const schema = bodySchema(requestBody?.content);
    return [
      `${method} ${path}`,
      {
        name: operationId,
        ...(repeatable !== "never" && { repeatable }),
        ...(schema && requestBody?.required && { body: shapeOf(schema, document) }),
        answers: successes(operation).map((success) => (success ? shapeOf(success, document) : "empty")),
      },
    ] as const;
  });
  return Object.fromEntries(entries);
}

function shapeOf(reference: Schema, document: Document): Shape {
  const schema = resolve(reference, document);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives && !schema.type) return common(alternatives.map((one) => shapeOf(one, document)));
  switch (schema.type) {
    case "string":
    case "boolean":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return [schema.items ? shapeOf(schema.items, document) : "any"];
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((field) => {
          const property = schema.properties?.[field];
          if (!property) throw new Error(`The required field ${field} is not described`);
          return [field, shapeOf(property, document)];
        }),
      );
    default:
      return "any";
  }
}

function common(shapes: Shape[]): Shape {
  const [first, ...others] = shapes;
  return first !== undefined && others.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : "any";
}
