import { fieldOf } from "./fields.ts";

// The symbols are registered, so that another copy of this package reads them too.

/** Marks the parts of a client, which `snakeCase` shows in snake_case. */
export const CLIENT_PART: unique symbol = Symbol.for("authsignal-ts.ClientPart");

/** The property in which a client or a part of it keeps the function that rejects an argument with its own class of errors. */
export const REJECT_ARGUMENT: unique symbol = Symbol.for("authsignal-ts.refuse");

/** Whether a value is a part of a client, such as a group of its methods or a result that has methods. */
export function isClientPart(value: unknown): value is object {
  return typeof value === "object" && value !== null && fieldOf(value, CLIENT_PART) === true;
}
