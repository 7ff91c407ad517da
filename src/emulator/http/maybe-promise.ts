import { fieldOf } from "../../platform/fields.ts";

/** A value, or a promise of the value where a webhook is called first. */
export type MaybePromise<T> = T | PromiseLike<T>;

/** Whether a value is a promise. Its class is not compared: zone.js replaces the global `Promise`. */
export function isPromise<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof fieldOf(value, "then") === "function";
}

/** Passes a value to `next`: synchronously when it is no promise, so that the work stays in one transaction. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? value.then(next) : next(value);
}
