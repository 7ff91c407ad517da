import type { Api } from "./operation.ts";

/**
 * Makes openapi-fetch's path serializer: each id becomes exactly one segment of the path.
 * An id that would address something else is refused.
 */
export function pathSerializer({ Failure }: Api): (url: string, ids: Record<string, unknown>) => string {
  return (url, ids) =>
    url.replace(/\{(\w+)\}/g, (_slot, name: string) => {
      const id = ids[name];
      if (typeof id === "string" && !problemOfId(name, id)) return encodeURIComponent(id);
      throw new Failure(undefined, "invalid_argument", problemOfId(name, id));
    });
}

/** Says why a value cannot be an id in a path; undefined when it can. */
export function problemOfId(name: string, id: unknown): string | undefined {
  if (id === undefined || id === null) return `${name} is missing`;
  if (typeof id !== "string") return `${name} must be of type string, not ${Array.isArray(id) ? "array" : typeof id}`;
  if (id === "") return `${name} is empty`;
  if (id === "." || id === "..") return `${name} must not be "${id}", which would address something else`;
  if (!id.isWellFormed()) return `${name} holds half of a surrogate pair, which no address can hold`;
  return undefined;
}

/** Whether a path has a segment that moves to another one (RFC 3986, section 5.2.4), escaped or not. */
export function hasDotSegment(path: string): boolean {
  return /(^|[/\\])(\.|%2e){1,2}([/\\?#]|$)/i.test(path);
}
