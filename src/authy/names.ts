/**
 * How the fields of a JSON object are renamed: the new name of each, with the names inside where the field holds an object
 * or a list of them. A field that is not there keeps its name, and so does all that is in it.
 */
export interface Names {
  readonly [field: string]: string | readonly [name: string, inside: Names];
}

/** A copy of a JSON value with its fields renamed. */
export function rename(value: unknown, names: Names | undefined): unknown {
  if (!names || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => rename(item, names));
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => {
      const target = Object.hasOwn(names, field) ? names[field] : undefined;
      const [name = field, inside] = typeof target === "string" ? [target] : (target ?? []);
      return [name, rename(inner, inside)];
    }),
  );
}
