import { type Document, eachOperation } from "./schema.ts";

/** Returns the components of requests, that is of parameters and bodies, as `#/components/…`. */
export function requestReferences(document: Document): Set<string> {
  const references = new Set<string>();
  function follow(part: unknown): void {
    if (typeof part !== "object" || part === null) return;
    for (const [key, value] of Object.entries(part)) {
      if (key !== "$ref" || typeof value !== "string") follow(value);
      else if (!references.has(value)) {
        references.add(value);
        follow(targetOf(value, document));
      }
    }
  }
  for (const { operation } of eachOperation(document)) follow([operation.parameters, operation.requestBody]);
  return references;
}

function targetOf(reference: string, document: Document): unknown {
  const [root, kind, name] = reference.replace(/^#\//, "").split("/");
  const components =
    root === "components" && new Map<string, unknown>(Object.entries(document.components)).get(kind ?? "");
  if (typeof components !== "object" || components === null || !name || !(name in components))
    throw new Error(`${reference} is not in the spec`);
  return new Map<string, unknown>(Object.entries(components)).get(name);
}
