import { InvalidSignatureError } from "../errors.ts";

/** The errors of `throwInvalid`. */
const thrown = new WeakSet<object>();

/** Throws an `InvalidSignatureError`. @param reason A constant text, which holds nothing that came over the network. */
export function throwInvalid(reason: string): never {
  const error = new InvalidSignatureError(reason);
  thrown.add(error);
  throw error;
}

/**
 * Throws an error of `throwInvalid` again. In the place of any other error, which an object of the caller has thrown, such as a
 * getter, throws an `InvalidSignatureError` with `reason`.
 */
export function rethrowInvalid(error: unknown, reason: string): never {
  if (typeof error === "object" && error !== null && thrown.has(error)) throw error;
  throwInvalid(reason);
}
