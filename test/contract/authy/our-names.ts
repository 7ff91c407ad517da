import { asNode, at, follow, isNode, type Json, load, type Node } from "../../openapi/document.ts";

// What the rules in openapi/authy.yaml make of a body of the wire, told by the description itself and by nothing of ours.

const document = load("authy");

/** The schema of the bodies of an operation, or of all refusals; a JSON pointer into the description. */
export function schemaOf(method: string, path: string, kind: "request" | "success"): string {
  const operation = `/paths/${path.replaceAll("/", "~1")}/${method.toLowerCase()}`;
  return `${operation}/${kind === "request" ? "requestBody" : "responses/200"}/content/application~1json/schema`;
}

export const FAILURE = "/components/schemas/ErrorResponse";

/** A body of the wire with our names. A field that no schema names keeps its name, and so does all that is in it. */
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

/** What a schema says about what is inside its values, if it does. */
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
