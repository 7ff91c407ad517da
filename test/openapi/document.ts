import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";
import { parse } from "yaml";

// Reads a spec as a client generator does.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Node = { [key: string]: Json };

export interface Operation {
  name: string; // "getUser", or "webhook email.created"
  route: string; // "GET /users/{userId}"
  webhook: boolean;
  node: Node;
  pointer: string; // JSON pointer into the description, without "#"
}
export interface Example {
  name: string; // "getUser 200 enrolled"
  schema: string; // JSON pointer of its schema
  value: Json;
}

const VERBS = ["get", "put", "post", "patch", "delete", "head", "options", "trace"];

export const isNode = (value: Json | undefined): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const asNode = (value: Json | undefined): Node => (isNode(value) ? value : {});
export const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const escaped = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");

export function load(name: string): Node {
  const read: unknown = parse(readFileSync(new URL(`../../openapi/${name}.yaml`, import.meta.url), "utf8"));
  return read as Node;
}

export function at(document: Node, pointer: string): Json | undefined {
  let found: Json | undefined = document;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    found = Array.isArray(found) ? found[Number(key)] : asNode(found)[key];
  }
  return found;
}

/** Resolves a reference: returns the pointer and the node. */
export function follow(document: Node, pointer: string): { pointer: string; node: Node } {
  const node = asNode(at(document, pointer));
  return typeof node.$ref === "string" ? follow(document, node.$ref.slice(1)) : { pointer, node };
}

export function operationsOf(document: Node): Operation[] {
  const found: Operation[] = [];
  for (const section of ["paths", "webhooks"]) {
    for (const [path, item] of Object.entries(asNode(document[section]))) {
      for (const verb of VERBS.filter((verb) => verb in asNode(item))) {
        const pointer = `/${section}/${escaped(path)}/${verb}`;
        const webhook = section === "webhooks";
        const node = asNode(at(document, pointer));
        const name = webhook ? `webhook ${path}` : String(node.operationId);
        found.push({ name, route: `${verb.toUpperCase()} ${path}`, webhook, node, pointer });
      }
    }
  }
  return found;
}

/** Returns every named example of a request body or a response. */
export function examplesIn(document: Node, holder: string, name: string): Example[] {
  const { pointer, node } = follow(document, holder);
  return Object.entries(asNode(node.content)).flatMap(([type, media]) =>
    Object.entries(asNode(asNode(media).examples)).map(([key, example]) => ({
      name: `${name} ${key}`,
      schema: `${pointer}/content/${escaped(type)}/schema`,
      value: asNode(example).value ?? null,
    })),
  );
}

export function examplesOf(document: Node, { name, node, pointer }: Operation): Example[] {
  const found = "requestBody" in node ? examplesIn(document, `${pointer}/requestBody`, `${name} request`) : [];
  for (const status of Object.keys(asNode(node.responses))) {
    found.push(...examplesIn(document, `${pointer}/responses/${status}`, `${name} ${status}`));
  }
  asList(node.parameters).forEach((_, index) => {
    const parameter = follow(document, `${pointer}/parameters/${index}`);
    const value = parameter.node.example;
    const label = `${name} parameter ${String(parameter.node.name)}`;
    if (value !== undefined) found.push({ name: label, schema: `${parameter.pointer}/schema`, value });
  });
  return found;
}

/** Visits a schema and all schemas in it, also by reference, once each. */
export function visit(
  document: Node,
  start: string,
  see: (schema: Node, pointer: string) => void,
  seen = new Set<string>(),
) {
  const { pointer, node } = follow(document, start);
  if (seen.has(pointer)) return;
  seen.add(pointer);
  see(node, pointer);
  for (const key of Object.keys(asNode(node.properties)))
    visit(document, `${pointer}/properties/${escaped(key)}`, see, seen);
  for (const key of ["items", "additionalProperties"]) {
    if (isNode(node[key])) visit(document, `${pointer}/${key}`, see, seen);
  }
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    asList(node[key]).forEach((_, index) => void visit(document, `${pointer}/${key}/${index}`, see, seen));
  }
}

/** Copies a schema without additional properties, so that a misspelled one in an example is found. */
function closed(value: Json): Json {
  if (Array.isArray(value)) return value.map(closed);
  if (!isNode(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]));
  const openObject = copy.type === "object" && !("additionalProperties" in copy);
  return openObject ? { ...copy, additionalProperties: false } : copy;
}

/** Lists the problems of the examples of a spec. */
export function exampleProblems(document: Node): string[] {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  // The default export of this CommonJS package is the function or a namespace around it, which depends on the loader.
  const addFormats = "default" in addFormatsModule ? addFormatsModule.default : addFormatsModule;
  addFormats(ajv);
  // The whole spec is one schema for ajv, so that references inside it resolve.
  const sections = ["components", "paths", "webhooks"];
  ajv.addVocabulary(["x-other-values", "x-name", ...sections]);
  ajv.addSchema(Object.fromEntries(sections.map((key) => [key, closed(document[key] ?? {})])), "description");
  return operationsOf(document).flatMap((operation) =>
    examplesOf(document, operation).flatMap(({ name, schema, value }) => {
      const validate = ajv.getSchema(`description#${encodeURI(schema)}`);
      if (validate === undefined) return [`${name}: no schema at ${schema}`];
      return validate(value) ? [] : [`${name}: ${ajv.errorsText(validate.errors)}`];
    }),
  );
}

export const named = (operations: Operation[]) => operations.map((operation) => [operation.name, operation] as const);
