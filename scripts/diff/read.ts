import { readFile, stat } from "node:fs/promises";
import { parse } from "yaml";

/** A larger description is refused. The largest of ours has 140 kB. */
const MAX_BYTES = 8 * 1024 * 1024;

/** How many parts a description may have once every reference in it is replaced by what it names. */
const MAX_PARTS = 2_000_000;

type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI description as far as it has to be known here. */
export interface Description extends Json {
  readonly paths: Json;
  readonly webhooks: Json;
}

/**
 * Reads a description of OpenAPI 3.0 or 3.1, in YAML or JSON, that may come from a stranger: it is bounded in size, in aliases and in what its
 * references unfold to, and references to anything outside of it are refused, so that nothing else is ever read.
 * @throws Error with one sentence for a person.
 */
export async function readDescription(file: string): Promise<Description> {
  const about = await stat(file);
  if (!about.isFile()) throw new Error("It is no file");
  if (about.size > MAX_BYTES) throw new Error(`It is larger than ${MAX_BYTES} bytes`);
  return descriptionOf(await readFile(file, "utf8"));
}

/** The same for a text. */
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

/** How many parts a value has when its references are unfolded; one that leads back to itself counts once. */
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
