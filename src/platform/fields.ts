/**
 * Reads a field of a value of unknown type; undefined where there is none. Never throws, even if a getter or a proxy does.
 * The value may come from another realm or another copy of a library, so nothing but the field itself is checked.
 */
export function fieldOf(value: unknown, name: PropertyKey): unknown {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return undefined;
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}

/** Whether a value is an object with named fields: not null, not an array, not a function. Never throws. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  try {
    return !Array.isArray(value);
  } catch {
    // `Array.isArray` throws for a revoked proxy, whose fields cannot be read either.
    return false;
  }
}
