import type { UserData } from "../../src/case.ts";
import { bodySchema, type Document, eachEvent, eachOperation, resolveGiven, type Schema, successes } from "./schema.ts";

/** Where the request and the response of each operation hold free-form objects, whose keys are never renamed. */
export function userDataOf(document: Document) {
  const entries = eachOperation(document).map(({ operation }) => {
    const body = bodySchema(operation.requestBody?.content);
    const responses = successes(operation).flatMap((schema) => (schema ? [find(schema, document)] : []));
    const found = { request: body && find(body, document), response: responses.find((one) => one !== undefined) };
    return [operation.operationId, found] as const;
  });
  return Object.fromEntries(entries.filter(([, { request, response }]) => request ?? response));
}

/** Returns the places of free-form objects in each event. */
export function eventUserDataOf(document: Document): Record<string, UserData | undefined> {
  return Object.fromEntries(
    eachEvent(document).map(({ type, content }) => [type, find(bodySchema(content) ?? {}, document)]),
  );
}

/** Returns the places of free-form objects in error responses. */
export function failureUserDataOf(document: Document): UserData | undefined {
  return find({ $ref: "#/components/schemas/ErrorResponse" }, document);
}

function find(reference: Schema, document: Document): UserData | undefined {
  const schema = resolveGiven(reference, document);
  if (schema.items) return find(schema.items, document);
  const properties = Object.entries(schema.properties ?? {});
  if (schema.additionalProperties && properties.length === 0) return "all";
  const fields = properties.flatMap(([name, property]) => {
    const inner = find(property, document);
    return inner ? [[name, inner] as const] : [];
  });
  if (schema.additionalProperties)
    return { known: properties.map(([name]) => name), fields: Object.fromEntries(fields) };
  return fields.length > 0 ? { fields: Object.fromEntries(fields) } : undefined;
}
