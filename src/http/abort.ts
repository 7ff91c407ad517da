/** What is called when a signal fires. */
class Callbacks extends Set<() => void> {
  handleEvent(): void {
    for (const call of this) call();
  }
}

const nothing = (): void => {};

const waiting = new WeakMap<AbortSignal, Callbacks>();

/**
 * Calls back when a signal fires, and returns the function that calls it off. A signal has one listener however many calls
 * wait for it, because Node takes eleven for a leak and says so, and none when nobody waits.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (!signal) return nothing;
  const callbacks = waiting.get(signal) ?? new Callbacks();
  waiting.set(signal, callbacks.add(callback));
  signal.addEventListener("abort", callbacks);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) signal.removeEventListener("abort", callbacks);
  };
}

/**
 * Throws when a signal has fired. Signals of older libraries have neither a reason nor `throwIfAborted`.
 * @throws The signal's own reason, or an `AbortError`.
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw reasonOf(signal);
}

/** Returns why a signal fired. */
export function reasonOf(signal: AbortSignal | undefined): unknown {
  return signal?.reason ?? new DOMException("This operation was aborted", "AbortError");
}
