/** What is called when a signal fires, and the listener that calls it: a function, because older signals take nothing else. */
interface Waiting {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const nothing = (): void => {};

const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls back when a signal fires, and returns the function that calls it off. A signal has one listener however many calls
 * wait for it, because Node takes eleven for a leak and says so, and none when no call waits.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (!signal) return nothing;
  const { callbacks, listener } = waiting.get(signal) ?? newWaiting();
  waiting.set(signal, { callbacks: callbacks.add(callback), listener });
  signal.addEventListener("abort", listener);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) signal.removeEventListener("abort", listener);
  };
}

function newWaiting(): Waiting {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const callback of callbacks) callback();
  };
  return { callbacks, listener };
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
