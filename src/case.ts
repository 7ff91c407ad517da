/**
 * Where a JSON value holds keys that are the user's own: in all of it, or in some of its fields.
 * `known` lists the fields that the API itself gives an object which is otherwise the user's. An array is described by its items.
 */
export type UserData =
  | "all"
  | { readonly known?: readonly string[] | undefined; readonly fields: { readonly [field: string]: UserData } };

/** Marks what `snakeCase` shows in snake_case. It is registered, so that another copy of this package reads it too. */
const PART = Symbol.for("authsignal-ts.ClientPart");

const KEPT = Symbol("kept");

/**
 * A part of a client, such as a group of its methods or a result that has methods. Its type is told by its methods alone,
 * so that the types of two copies of this package fit. What its methods work with is kept in a property: a private field
 * would be out of reach through a `Proxy`. It can be inspected, so it holds no secret, only functions that know one.
 */
export abstract class ClientPart {
  static {
    Object.defineProperty(ClientPart.prototype, PART, { value: true, configurable: true });
  }

  /** @internal */
  constructor(kept?: object) {
    if (kept) Object.defineProperty(this, KEPT, { value: kept, configurable: true });
  }
}

/** What a part was made with. */
export function keptBy(part: ClientPart | undefined): unknown {
  return part && Reflect.get(part, KEPT);
}

/** Whether a value is a part of a client, of this copy of the package or of another one. */
export function isClientPart(value: unknown): value is object {
  return typeof value === "object" && value !== null && Reflect.get(value, PART) === true;
}

/** Under which a client or a part of it keeps the function that refuses an argument with its own class of errors. */
export const REFUSE: unique symbol = Symbol.for("authsignal-ts.refuse");

/** `userAuthenticatorId` -> `user_authenticator_id` */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `user_authenticator_id` -> `userAuthenticatorId` */
export function toCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_underscore, letter: string) => letter.toUpperCase());
}
