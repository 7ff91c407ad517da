import type { AttemptResult } from "./attempt.ts";
import type { Clock } from "./clock.ts";

/** One attempt of a call, for a hook: without ids, headers, bodies and secrets. */
export interface RequestEvent {
  /** The name of the operation in the spec and of the method: `track`. Undefined for a path that the spec does not have. */
  readonly operation: string | undefined;
  /** The HTTP method. */
  readonly method: string;
  /** 1 for the first attempt of a call, 2 for its first retry. */
  readonly attempt: number;
}

/** How an attempt ended. */
export interface ResponseEvent {
  /** The attempt: the same object that `onRequest` got. */
  readonly request: RequestEvent;
  /** HTTP status of the response; undefined when there was none. */
  readonly statusCode: number | undefined;
  /** The kind of failure, as in the error of a call, or `aborted` when your `signal` ended it; undefined when it succeeded. */
  readonly errorCode: string | undefined;
  /** The ID that the service gave the request, for its support team. */
  readonly requestId: string | undefined;
  /** Milliseconds from the start of the attempt to the end of its body. */
  readonly duration: number;
}

/** Functions that are called for each attempt of each call, for logs, metrics and traces. */
export interface Hooks {
  /** Called before each attempt. What it throws or rejects with is dropped: a hook cannot change the call. */
  onRequest?: ((request: RequestEvent) => void) | undefined;
  /** Called after each attempt, once for each `onRequest`, in the async context of the call. What it throws is dropped, too. */
  onResponse?: ((response: ResponseEvent) => void) | undefined;
}

/**
 * Makes an attempt, and calls the hooks before and after it.
 * @param clean Redacts and shortens a text of the service.
 */
export async function observe(
  { onRequest, onResponse }: Hooks,
  request: RequestEvent,
  clean: (text: string) => string,
  clock: Clock,
  attempt: () => Promise<AttemptResult>,
): Promise<AttemptResult> {
  const start = clock.monotonicNow();
  let result: AttemptResult | undefined;
  callHook(onRequest, request);
  try {
    result = await attempt();
    return result;
  } finally {
    const duration = clock.monotonicNow() - start;
    const { statusCode, requestId } = result?.response ?? {};
    // An attempt rejects only when the caller's signal ends it.
    const errorCode = result ? result.failure && clean(result.failure.errorCode) : "aborted";
    callHook(onResponse, { request, statusCode, errorCode, requestId: requestId && clean(requestId), duration });
  }
}

/** Calls a hook, and drops what it throws or rejects with. */
async function callHook<Event>(hook: ((event: Event) => unknown) | undefined, event: Event): Promise<void> {
  try {
    await hook?.(event);
  } catch {}
}
