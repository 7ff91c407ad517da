import type { AttemptResult } from "./attempt.ts";
import type { Clock } from "./clock.ts";

/** One attempt of a call, as a hook sees it: without ids, headers, bodies and secrets. */
export interface RequestEvent {
  /** The name of the operation in the spec and of the method: `track`. Undefined for a path that the spec does not have. */
  readonly operation: string | undefined;
  /** The method of HTTP. */
  readonly method: string;
  /** 1 for the first attempt of a call, 2 for its first retry. */
  readonly attempt: number;
}

/** How an attempt ended. */
export interface ResponseEvent {
  /** The attempt: the very object that `onRequest` was given. */
  readonly request: RequestEvent;
  /** HTTP status of the response; undefined when there was none. */
  readonly statusCode: number | undefined;
  /** The kind of failure, as in the error of a call, or `aborted` when your `signal` ended it; undefined when it succeeded. */
  readonly errorCode: string | undefined;
  /** The service's name of this request, for its support team. */
  readonly requestId: string | undefined;
  /** Milliseconds from the start of the attempt to the end of its body. */
  readonly duration: number;
}

/** Functions that are called for each attempt of each call, for logs, metrics and traces. */
export interface Hooks {
  /** Called before each attempt. What it throws or rejects with is dropped: a hook changes nothing. */
  onRequest?: ((request: RequestEvent) => void) | undefined;
  /** Called after each attempt, once for each `onRequest`, in the async context of the call. What it throws is dropped, too. */
  onResponse?: ((response: ResponseEvent) => void) | undefined;
}

/**
 * Makes an attempt, and calls the hooks before and after it.
 * @param clean Removes the secret from a text of the service.
 */
export async function observe(
  { onRequest, onResponse }: Hooks,
  request: RequestEvent,
  clean: (text: string | undefined) => string | undefined,
  clock: Clock,
  attempt: () => Promise<AttemptResult>,
): Promise<AttemptResult> {
  const start = clock.now();
  let result: AttemptResult | undefined;
  callHook(onRequest, request);
  try {
    result = await attempt();
    return result;
  } finally {
    const duration = clock.now() - start;
    const statusCode = result?.response?.status || undefined;
    // An attempt rejects only when the caller's signal ends it.
    const errorCode = result ? clean(result.failure?.errorCode) : "aborted";
    const requestId = clean(result?.response?.requestId);
    callHook(onResponse, { request, statusCode, errorCode, requestId, duration });
  }
}

/** Calls a hook, and drops what it throws or rejects with. */
async function callHook<Event>(hook: ((event: Event) => unknown) | undefined, event: Event): Promise<void> {
  try {
    await hook?.(event);
  } catch {}
}
