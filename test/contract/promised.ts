import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Json, Spec } from "./spec.ts";

// Reads from openapi/ the JSON types and required fields of success bodies, independently of the generator, so that the client is
// not tested with its own tables.

type Named<T> = Readonly<Record<string, T>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Named<Schema>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Document {
  paths: Named<Named<{ operationId: string; responses: Named<{ content?: Named<{ schema: Schema }> }> }>>;
  components: { schemas: Named<Schema> };
}

/** The successes of an operation: one of the schemas, or no body at all. */
export interface Promised {
  readonly fits: (value: Json) => boolean;
  readonly mayBeEmpty: boolean;
  /** The places in a good body of the fields that the spec requires, as paths of fields and indexes. */
  readonly requiredIn: (good: Json) => (string | number)[][];
}

/** Reads the promises of a spec by operationId. */
export function promisesOf(api: Spec): ReadonlyMap<string, Promised> {
  const { paths, components }: Document = parse(readFileSync(`openapi/${api}.yaml`, "utf8"));
  const resolve = (schema: Schema): Schema => {
    const name = schema.$ref?.split("/").at(-1);
    if (name === undefined) return schema;
    const found = components.schemas[name];
    if (!found) throw new Error(`${schema.$ref} leads nowhere`);
    return resolve(found);
  };

  function fits(value: Json, reference: Schema): boolean {
    const { type, required = [], properties = {}, items = {}, anyOf, oneOf } = resolve(reference);
    const alternatives = anyOf ?? oneOf;
    if (alternatives && !alternatives.some((one) => fits(value, one))) return false;
    if (type !== undefined && ![type].flat().map(jsonType).includes(typeOf(value))) return false;
    if (Array.isArray(value)) return value.every((item) => fits(item, items));
    if (value === null || typeof value !== "object") return true;
    return required.every((field) => {
      const inner = Object.hasOwn(value, field) ? value[field] : undefined;
      return inner !== undefined && fits(inner, properties[field] ?? {});
    });
  }

  function requiredIn(value: Json, reference: Schema): (string | number)[][] {
    const { required = [], properties = {}, items = {} } = resolve(reference);
    if (Array.isArray(value)) {
      return value.slice(0, 1).flatMap((item) => [[0], ...requiredIn(item, items).map((path) => [0, ...path])]);
    }
    if (value === null || typeof value !== "object") return [];
    return required.flatMap((field) => {
      const inside = requiredIn(value[field] ?? null, properties[field] ?? {});
      return [[field], ...inside.map((path) => [field, ...path])];
    });
  }

  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  return new Map(
    operations.map(({ operationId, responses }) => {
      const successes = Object.entries(responses).filter(([status]) => status.startsWith("2"));
      const schemas = successes.map(([, { content }]) => content?.["application/json"]?.schema);
      const described = schemas.filter((schema) => schema !== undefined);
      return [
        operationId,
        {
          mayBeEmpty: schemas.includes(undefined),
          fits: (value) => described.some((schema) => fits(value, schema)),
          requiredIn: (good) => described.flatMap((schema) => requiredIn(good, schema)),
        },
      ];
    }),
  );
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function jsonType(type: string): string {
  return type === "integer" ? "number" : type;
}
