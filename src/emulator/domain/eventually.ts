import { isPromise } from "../http/promise.ts";

/** What is there at once or, where a webhook is asked first, later. */
export type Eventually<T> = T | Promise<T>;

/** Goes on with a value, at once if it is there. */
export function after<T, U>(value: Eventually<T>, work: (value: T) => Eventually<U>): Eventually<U> {
  return isPromise(value) ? value.then(work) : work(value);
}
