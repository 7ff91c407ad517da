import type { Api } from "./operation.ts";

/**
 * Makes openapi-fetch's path serializer: each id becomes exactly one segment of the path.
 * An id that would address something else is refused.
 */
export function pathSerializer({ Failure }: Api): (url: string, ids: Record<string, unknown>) => string {
  return (url, ids) =>
    url.replace(/\{(\w+)\}/g, (_slot, name: string) => {
      const id = ids[name];
      const problem = problemWith(id);
      if (problem !== undefined || typeof id !== "string") {
        throw new Failure(undefined, "invalid_argument", `${name} ${problem}`);
      }
      return encodeURIComponent(id);
    });
}

function problemWith(id: unknown): string | undefined {
  if (id === undefined || id === null) return "is missing: pass it as a non-empty string";
  if (typeof id !== "string") return `must be a string, not a value of type ${typeof id}`;
  if (id === "") return "must not be empty";
  if (id === "." || id === "..") return `must not be "${id}", which means another path`;
  if (!id.isWellFormed()) return "must be well-formed Unicode: it holds half of a surrogate pair";
  return undefined;
}
