/** Whether a value is there later. Its class does not matter: zone.js replaces the global `Promise`. */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof Object(value).then === "function";
}
