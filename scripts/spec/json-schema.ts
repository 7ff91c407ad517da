import { component, type Document, nameIn, type Schema } from "./schema.ts";

const SINGLE = ["items", "additionalProperties", "not"] as const;
const LISTS = ["anyOf", "oneOf", "allOf"] as const;

/** Keywords of OpenAPI that JSON Schema does not have. */
const FOREIGN = ["example", "discriminator", "externalDocs", "xml"];

/** Keywords that do not validate. */
const ANNOTATIONS = [...FOREIGN, "title", "description", "default", "deprecated", "examples", "readOnly", "writeOnly"];

/** Copies a schema and applies `change` to every schema in it, the innermost first. */
export function everywhere(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const copy = { ...schema };
  const changed = (inner: Schema) => everywhere(inner, change);
  for (const word of SINGLE) {
    const inner = copy[word];
    if (typeof inner === "object") copy[word] = changed(inner);
  }
  for (const word of LISTS) copy[word] &&= copy[word].map(changed);
  copy.properties &&= mapped(copy.properties, changed);
  return change(copy);
}

/** Copies a record with other values. */
export function mapped<T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

function without(words: string[], schema: Schema): Schema {
  const stays = (word: string) => !words.includes(word) && !word.startsWith("x-");
  return everywhere(schema, (one) => Object.fromEntries(Object.entries(one).filter(([word]) => stays(word))));
}

function referring(to: (name: string) => string, schema: Schema): Schema {
  return everywhere(schema, (one) => (one.$ref ? { ...one, $ref: to(nameIn(one.$ref)) } : one));
}

/** Copies a schema for a compiler: without annotations, and with references that `to` makes. */
export function bare(schema: Schema, to: (name: string) => string = (name) => name): Schema {
  return referring(to, without(ANNOTATIONS, schema));
}

/**
 * Copies a schema so that objects have no other properties than those described, if any are. The parts of an `allOf` stay open,
 * because they would reject each other's properties.
 */
export function closed(schema: Schema): Schema {
  return everywhere(schema, (one) =>
    one.properties && one.additionalProperties === undefined ? { ...one, additionalProperties: false } : one,
  );
}

/** Whether `closed` changes a component, or one that it refers to. */
export function leadsToOpen(name: string, { components }: Document): boolean {
  const root = component(name, components.schemas);
  return [root, ...Object.values(neededBy(root, components.schemas))].some(
    (schema) => JSON.stringify(closed(schema)) !== JSON.stringify(schema),
  );
}

/** Returns the components that a schema refers to, directly or through others. */
function neededBy(schema: Schema, among: Record<string, Schema>): Record<string, Schema> {
  const found = new Set<string>();
  const follow = (start: Schema) =>
    everywhere(start, (one) => {
      if (one.$ref && !found.has(nameIn(one.$ref))) {
        found.add(nameIn(one.$ref));
        follow(component(one.$ref, among));
      }
      return one;
    });
  follow(schema);
  return Object.fromEntries(Object.entries(among).filter(([name]) => found.has(name)));
}

/** Makes a JSON Schema document of a component and all components that it refers to. */
export function standAlone(name: string, { components }: Document, comment: string) {
  const root = component(name, components.schemas);
  const written = (schema: Schema) => referring((target) => `#/$defs/${target}`, without(FOREIGN, schema));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $comment: comment,
    title: name,
    ...written(root),
    $defs: mapped(neededBy(root, components.schemas), written),
  };
}
