import type { FieldNames } from "../../src/authy/rename-fields.ts";
import { toCamelCase } from "../../src/case.ts";
import { everywhere, mapped } from "./json-schema.ts";
import { bodySchema, type Document, eachEvent, eachOperation, resolveGiven, type Schema, successes } from "./schema.ts";

/** Renames a document for its types: properties of schemas get our names; paths and parameters keep those of the wire. */
export function renamed(document: Document): Document {
  const { components } = document;
  return { ...document, components: { ...components, schemas: mapped(components.schemas, renamedSchema) } };
}

function renamedSchema(schema: Schema): Schema {
  return everywhere(schema, (one) => {
    const { properties, required } = one;
    if (!properties) return one;
    const names = Object.entries(properties).map(([name, property]) => [name, nameOf(name, property)] as const);
    const ours = new Map(names);
    if (new Set(ours.values()).size < ours.size) throw new Error(`Two of these get one name: ${[...ours.keys()]}`);
    return {
      ...one,
      properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [ours.get(name), inner])),
      ...(required && { required: required.map((name) => ours.get(name) ?? name) }),
    };
  });
}

/** Returns our name of a property: its `x-name`, or its name in camelCase. */
function nameOf(name: string, property: Schema): string {
  return property["x-name"] ?? toCamelCase(name.replace(/^_+/, ""));
}

/** How to rename each request to the wire, by the route. */
export function requestNames(document: Document): Record<string, FieldNames> {
  return byRoute(document, (operation) => {
    const body = bodySchema(operation.requestBody?.content);
    return body && namesOf(body, document, ([wire, ours]) => [ours, wire]);
  });
}

/** How to rename each success from the wire, by the route. */
export function responseNames(document: Document): Record<string, FieldNames> {
  return byRoute(document, (operation) => {
    const [success] = successes(operation);
    return success && namesOf(success, document);
  });
}

/** How to rename all other responses. */
export function failureNames(document: Document): FieldNames {
  return namesOf({ $ref: "#/components/schemas/ErrorResponse" }, document) ?? {};
}

/** How to rename each event, by its name. */
export function eventNames(document: Document): Record<string, FieldNames> {
  return given(eachEvent(document).map(({ type, content }) => [type, namesOf(bodySchema(content) ?? {}, document)]));
}

type Operation = ReturnType<typeof eachOperation>[number]["operation"];

function byRoute(document: Document, of: (operation: Operation) => FieldNames | undefined): Record<string, FieldNames> {
  return given(eachOperation(document).map(({ method, path, operation }) => [`${method} ${path}`, of(operation)]));
}

function given(entries: [string, FieldNames | undefined][]): Record<string, FieldNames> {
  return Object.fromEntries(entries.flatMap(([key, names]) => (names ? [[key, names]] : [])));
}

type Pair = readonly [from: string, to: string];

/** Returns the names in values of a schema, from the wire to us, or to the wire with `direct`; undefined without any. */
function namesOf(
  reference: Schema,
  document: Document,
  direct: (pair: Pair) => Pair = (pair) => pair,
): FieldNames | undefined {
  const schema = resolveGiven(reference, document);
  checkPlain(schema, document);
  if (schema.items) return namesOf(schema.items, document, direct);
  const entries = Object.entries(schema.properties ?? {}).map(([name, property]): [string, FieldNames[string]] => {
    const [from, to] = direct([name, nameOf(name, property)]);
    const inside = namesOf(property, document, direct);
    return [from, inside ? [to, inside] : to];
  });
  const changes = entries.filter(([from, to]) => from !== to);
  return changes.length > 0 ? Object.fromEntries(changes) : undefined;
}

/** @throws Error when the table cannot hold the fields of a schema, so that types and wire would differ. */
function checkPlain({ allOf, anyOf, oneOf, additionalProperties, title }: Schema, document: Document): void {
  const parts = [...(allOf ?? []), ...(anyOf ?? []), ...(oneOf ?? []), additionalProperties];
  const isObject = (part: Schema) => {
    const { type, properties } = resolveGiven(part, document);
    return type === "object" || properties !== undefined;
  };
  if (parts.some((part) => typeof part === "object" && isObject(part))) {
    throw new Error(
      `${title ?? "A schema"} joins, chooses between or maps to objects, which no table of names can tell`,
    );
  }
}
