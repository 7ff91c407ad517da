import type { Api } from "./operation.ts";

/**
 * Makes openapi-fetch's path serializer: each id becomes exactly one segment of the path.
 * An id that would address something else is refused.
 */
export function pathSerializer({ Failure }: Api): (url: string, ids: Record<string, unknown>) => string {
  return (url, ids) =>
    url.replace(/\{(\w+)\}/g, (_slot, name: string) => {
      const id = ids[name];
      if (isAddressable(id)) return encodeURIComponent(id);
      throw new Failure(undefined, "invalid_argument", badId(name));
    });
}

/** Says what an id must be. */
export function badId(name: string): string {
  return `${name} must be a non-empty, well-formed string other than "." and ".."`;
}

function isAddressable(id: unknown): id is string {
  return typeof id === "string" && !["", ".", ".."].includes(id) && id.isWellFormed();
}
