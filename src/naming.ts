/**
 * Where a JSON value holds keys that are the user's own: in all of it, or in some of its fields.
 * `known` lists the fields that the API itself gives an object which is otherwise the user's. An array is described by its items.
 */
export type UserData =
  | "all"
  | { readonly known?: readonly string[]; readonly fields: { readonly [field: string]: UserData } };

/** A part of a client, such as a group of its methods or an answer that has methods: `snakeCase` shows it in snake_case too. */
export abstract class ClientPart {
  /** Tells the types of parts from all others. */
  declare protected readonly isPart: true;
}

/** An answer with methods, of which `ok()` tells whether it has the content that was promised. */
export abstract class ResultPart<Content> extends ClientPart {
  declare protected readonly promised: Content;
}

/** `userAuthenticatorId` -> `user_authenticator_id` */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `user_authenticator_id` -> `userAuthenticatorId` */
export function toCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_underscore, letter: string) => letter.toUpperCase());
}

/** A copy of a JSON value with its keys renamed, except those that are the user's own, given by their camelCase names. */
export function renameKeys(value: unknown, rename: (name: string) => string, userData?: UserData): unknown {
  if (userData === "all") return value;
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename, userData));
  if (!isPlainObject(value)) return value;
  const { known, fields } = userData ?? {};
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const camel = toCamelCase(name);
      if (known && !known.includes(camel)) return [name, inner];
      return [rename(name), renameKeys(inner, rename, fields?.[camel])];
    }),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
