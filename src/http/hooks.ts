import type { AttemptFailure } from "./attempt-failure.ts";
import type { Clock } from "./clock.ts";
import { BufferedResponse } from "./response.ts";

/** One attempt of a call, as a hook sees it: without ids, headers, bodies and secrets. */
export interface RequestEvent {
  /** The operation, by its name in the spec, which is that of the method: `track`. Undefined for a path that the spec does not know. */
  readonly operation: string | undefined;
  /** The verb of HTTP. */
  readonly method: string;
  /** 1 for the first attempt of a call, 2 for its first repetition. */
  readonly attempt: number;
}

/** What came of an attempt. */
export interface ResponseEvent {
  /** The attempt: the very object that `onRequest` was given. */
  readonly request: RequestEvent;
  /** HTTP status of the response; undefined when there was none. */
  readonly statusCode: number | undefined;
  /** The kind of failure, as in the error of a call, or `aborted` when your `signal` ended it; undefined when it went well. */
  readonly errorCode: string | undefined;
  /** The service's own name of this request, for its support team. */
  readonly requestId: string | undefined;
  /** Milliseconds from the start of the attempt to the end of its body. */
  readonly duration: number;
}

/** What is told of each attempt of each call, for logs, metrics and traces. */
export interface Hooks {
  /** Called before each attempt. What it throws or rejects with is dropped: a hook changes nothing. */
  onRequest?: ((request: RequestEvent) => void) | undefined;
  /** Called after each attempt, once for each `onRequest`, in the async context of the call. What it throws is dropped, too. */
  onResponse?: ((response: ResponseEvent) => void) | undefined;
}

const REQUEST_IDS = ["x-request-id", "x-amzn-requestid", "apigw-requestid"];

/** The service's own name of a request. */
export function requestIdOf(answer: BufferedResponse | undefined): string | undefined {
  return REQUEST_IDS.map((name) => answer?.headers.get(name)).find(Boolean) ?? undefined;
}

/** Makes an attempt, and tells hooks of it. */
export async function observe(
  { onRequest, onResponse }: Hooks,
  request: RequestEvent,
  clean: (text: string | undefined) => string | undefined,
  clock: Clock,
  attempt: () => Promise<BufferedResponse | AttemptFailure>,
): Promise<BufferedResponse | AttemptFailure> {
  const start = clock.now();
  let errorCode: string | undefined = "aborted";
  let answer: BufferedResponse | undefined;
  tell(onRequest, request);
  try {
    const result = await attempt();
    const isSuccess = result instanceof BufferedResponse;
    errorCode = isSuccess ? undefined : clean(result.errorCode);
    answer = isSuccess ? result : result.answer;
    return result;
  } finally {
    const duration = clock.now() - start;
    const statusCode = answer?.status || undefined;
    tell(onResponse, { request, statusCode, errorCode, requestId: clean(requestIdOf(answer)), duration });
  }
}

/** Calls a hook, and lets nothing of what it throws get out. */
async function tell<Event>(hook: ((event: Event) => unknown) | undefined, event: Event): Promise<void> {
  try {
    await hook?.(event);
  } catch {}
}
