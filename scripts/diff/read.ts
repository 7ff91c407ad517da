import { readFile, stat } from "node:fs/promises";
import { parse } from "yaml";

/** The size limit of a spec. The largest of ours has 140 kB. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The number of parts that a spec may have with all references resolved. */
const MAX_PARTS = 2_000_000;

type Json = Readonly<Record<string, unknown>>;

/** The parts of an OpenAPI spec that are read here. */
export interface Description extends Json {
  readonly paths: Json;
  readonly webhooks: Json;
}

/**
 * Reads an untrusted spec of OpenAPI 3.0 or 3.1, in YAML or JSON. Its size, its aliases and its resolved references are limited, and
 * references to other files are rejected, so that no other file is read.
 * @throws Error with one readable sentence.
 */
export async function readDescription(file: string): Promise<Description> {
  const about = await stat(file);
  if (!about.isFile()) throw new Error("It is no file");
  if (about.size > MAX_BYTES) throw new Error(`It is larger than ${MAX_BYTES} bytes`);
  return descriptionOf(await readFile(file, "utf8"));
}

/** Reads an untrusted spec from a text. */
export function descriptionOf(text: string): Description {
  const document: unknown = parse(text, { maxAliasCount: 100 });
  if (!isObject(document) || !/^3\.[01]\./.test(String(document.openapi))) {
    throw new Error("It is no description in OpenAPI 3.0 or 3.1");
  }
  const { paths = {}, webhooks = {} } = document;
  if (!isObject(paths) || !isObject(webhooks)) throw new Error("Its paths and webhooks must be objects");
  if (partsOf(document, document, new Map()) > MAX_PARTS) throw new Error("Its references unfold to too much");
  return { ...document, paths, webhooks };
}

/** Counts the parts of a value with its references resolved; a circular reference counts once. */
function partsOf(value: unknown, document: Json, known: Map<object, number>): number {
  if (typeof value !== "object" || value === null) return 1;
  const before = known.get(value);
  if (before !== undefined) return before;
  known.set(value, 1);
  let parts = 1;
  for (const one of Object.values(value)) parts += partsOf(one, document, known);
  if ("$ref" in value && typeof value.$ref === "string")
    parts += partsOf(target(value.$ref, document), document, known);
  known.set(value, parts);
  return parts;
}

function target(reference: string, document: Json): unknown {
  if (!reference.startsWith("#/")) throw new Error(`It refers to ${JSON.stringify(reference)}, which is outside of it`);
  const keys = reference
    .slice(2)
    .split("/")
    .map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"));
  const found = keys.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    document,
  );
  if (found === undefined) throw new Error(`It refers to ${JSON.stringify(reference)}, which it does not have`);
  return found;
}

/** Whether a value is an object with keys. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
