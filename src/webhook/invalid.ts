import { InvalidSignatureError } from "../errors.ts";

const thrown = new WeakSet<object>();

/** Throws an `InvalidSignatureError`. Its text is constant: nothing that came over the network gets into it. */
export function throwInvalid(reason: string): never {
  const error = new InvalidSignatureError(reason);
  thrown.add(error);
  throw error;
}

/** Throws an error of `throwInvalid` again. Any other comes from the caller's objects, such as a getter, and becomes `reason`. */
export function rethrowInvalid(error: unknown, reason: string): never {
  if (typeof error === "object" && error !== null && thrown.has(error)) throw error;
  throwInvalid(reason);
}
