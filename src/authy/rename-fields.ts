/**
 * The new names of the fields of a JSON object, with those of the inner fields where a field holds an object or a list of
 * objects. A field without an entry keeps its name, and so do its inner fields.
 */
export interface FieldNames {
  readonly [field: string]: string | readonly [name: string, inside: FieldNames];
}

/** Returns a copy of a JSON value with its fields renamed. */
export function renameFields(value: unknown, names: FieldNames | undefined): unknown {
  if (!names || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renameFields(item, names));
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => {
      const target = Object.hasOwn(names, field) ? names[field] : undefined;
      const [name = field, inside] = typeof target === "string" ? [target] : (target ?? []);
      return [name, renameFields(inner, inside)];
    }),
  );
}
