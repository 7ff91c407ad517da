import { asNode, at, follow, isNode, type Json, load, type Node } from "../../openapi/document.ts";

// Renames a body of the wire by the rules in openapi/authy.yaml, independently of the generator and the client.

const document = load("authy");

/** The schema of the bodies of an operation, or of all error responses, as a JSON pointer into the spec. */
export function schemaOf(method: string, path: string, kind: "request" | "success"): string {
  const operation = `/paths/${path.replaceAll("/", "~1")}/${method.toLowerCase()}`;
  return `${operation}/${kind === "request" ? "requestBody" : "responses/200"}/content/application~1json/schema`;
}

export const FAILURE = "/components/schemas/ErrorResponse";

/** Renames a body of the wire. A field without a schema keeps its name, and so do the fields in it. */
export function ours(value: Json, pointer: string): Json {
  const shape = shapeOf(pointer);
  if (shape === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => ours(item, `${shape.pointer}/items`));
  if (!isNode(value)) return value;
  const properties = asNode(shape.node.properties);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (!Object.hasOwn(properties, name)) return [name, inner];
      const property = `${shape.pointer}/properties/${name}`;
      return [nameOf(name, asNode(at(document, property))), ours(inner, property)];
    }),
  );
}

/** Returns the schema of the items or fields of a schema; undefined without one. */
function shapeOf(start: string): { pointer: string; node: Node } | undefined {
  const found = follow(document, start);
  if ("properties" in found.node || "items" in found.node) return found;
  const { anyOf } = found.node;
  if (!Array.isArray(anyOf)) return undefined;
  return anyOf.map((_branch, index) => shapeOf(`${found.pointer}/anyOf/${index}`)).find((shape) => shape);
}

function nameOf(name: string, property: Node): string {
  if (typeof property["x-name"] === "string") return property["x-name"];
  const [first = "", ...more] = name.split("_").filter((word) => word !== "");
  return first + more.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
