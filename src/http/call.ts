import type { ApiError } from "../errors.ts";
import { printable } from "../platform/printable.ts";
import { mismatch } from "../platform/shape.ts";
import { type AttemptResult, attempt, onAbort, throwIfAborted } from "./attempt.ts";
import type { AttemptFailure } from "./attempt-failure.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type Hooks, observe } from "./hooks.ts";
import type { Api, Operation } from "./operation.ts";
import { redactError } from "./redact.ts";
import type { CallerSignal, RequestData } from "./request.ts";
import type { BufferedResponse } from "./response.ts";
import { attemptTimeout, isRepeatable, retryAfter, waitBeforeRetry } from "./retry.ts";
import type { Transport } from "./transport.ts";

/** The longest text of the service that an error quotes, in characters. */
const LONGEST_TEXT = 1_000;

/** The longest text of the service that is redacted. A text of megabytes would block the event loop. */
const LONGEST_REDACTED = 100_000;

/** The parts that all calls of a client share. */
export interface PipelineOptions {
  readonly api: Api;
  readonly baseUrl: string;
  readonly transport: Transport;
  /** Replaces the secret in a text. */
  readonly redact: (text: string) => string;
  readonly hooks?: Hooks | undefined;
  /** The message of the error of every call, if the caller passed no secret key; undefined if there is one. */
  readonly missingKeyMessage?: string | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** The limits of a call. */
export interface CallLimits {
  /** The time for the whole call, in ms. */
  readonly timeout: number;
  /** The number of attempts that may follow the first one. */
  readonly retries: number;
}

/**
 * Sends a request, retries it where that is harmless, and returns the whole response: a success, or an error response of the
 * service, whose `error` is set.
 * @throws The API's error when no response came, or when a 2xx does not match the spec.
 * @throws The reason of the caller's signal, when it fires.
 */
export type Call = (request: RequestData, limits: CallLimits) => Promise<BufferedResponse>;

/** Creates the function through which all calls of a client go: one deadline over attempts, waits, headers and bodies. */
export function createPipeline({
  api,
  baseUrl,
  transport,
  redact,
  hooks,
  missingKeyMessage,
  clock = systemClock,
}: PipelineOptions): Call {
  return async function call(request, { timeout, retries }) {
    const operation = api.findOperation(request.method, pathOf(request.url, baseUrl));
    const problem = problemOf(request, operation);
    if (problem) throw new api.ErrorClass(undefined, "invalid_argument", problem);

    const repeatable = isRepeatable(request, operation);
    const deadline = clock.monotonicNow() + timeout;
    let mayHaveBeenProcessed = false;

    for (let attempts = 1; ; attempts++) {
      throwIfAborted(request.signal);
      const start = clock.monotonicNow();
      // An attempt that may be retried leaves half of the time for its retry.
      const timeForAttempt = attemptTimeout(deadline - start, repeatable && attempts <= retries);
      const { response, failure } = await observedAttempt(request, operation, attempts, timeForAttempt);
      if (!failure) {
        response.attempts = attempts;
        return response;
      }

      mayHaveBeenProcessed ||= failure.mayHaveBeenProcessed;
      const now = clock.monotonicNow();
      const timeLeft = deadline - now;
      const wait = waitBeforeRetry(
        { failure, response, duration: now - start, attempts, retries, isRepeatable: repeatable, timeLeft },
        clock,
      );
      if (wait !== undefined) {
        await pause(wait, request.signal, clock);
        continue;
      }

      const error = toError(failure, response, request, attempts, mayHaveBeenProcessed);
      // An error response is returned, because the typed client gives it to its caller. A 2xx that does not match the spec is
      // thrown, because that caller would take it for a success.
      if (!response || response.ok) throw error;
      response.error = error;
      return response;
    }
  };

  /**
   * Returns why a request cannot be sent; undefined if it can. Path parameters that were left out and the shape of the body are
   * checked for callers without types, for whom no compiler has checked them.
   */
  function problemOf({ url, value }: RequestData, operation: Operation | undefined): string | undefined {
    if (missingKeyMessage) return missingKeyMessage;
    if (!url.startsWith(`${baseUrl}/`)) return `The address must begin with ${baseUrl}`;
    const [, unfilledParameter] = url.match(/\{(\w+)\}/) ?? [];
    if (unfilledParameter) return `${unfilledParameter} is missing`;
    return operation?.body && mismatch(value, operation.body, "The request body");
  }

  function observedAttempt(
    request: RequestData,
    operation: Operation | undefined,
    attemptNumber: number,
    timeForAttempt: number,
  ): Promise<AttemptResult> {
    const run = () => attempt(transport, request, operation, timeForAttempt, clock);
    const event = { operation: operation?.name, method: request.method, attempt: attemptNumber };
    return hooks ? observe(hooks, event, clean, clock, run) : run();
  }

  /** Creates the error of a call from its last failure. */
  function toError(
    failure: AttemptFailure,
    response: BufferedResponse | undefined,
    { url, method }: RequestData,
    attempts: number,
    mayHaveBeenProcessed: boolean,
  ): ApiError {
    const mayBeDeleted = method === "DELETE" && response?.status === 404 && mayHaveBeenProcessed;
    const description = mayBeDeleted ? withDeletionHint(failure.description) : failure.description;
    const requestId = response?.requestId;
    return new api.ErrorClass(response?.statusCode, clean(failure.errorCode), description && clean(description), {
      requestId: requestId && clean(requestId),
      retryAfter: retryAfter(response, clock.unixNow()),
      attempts,
      mayHaveBeenProcessed,
      // The URL of a request holds ids of users, which an error must not show.
      cause: redactError(failure.cause, (text) => redact(text.replaceAll(url, baseUrl))),
    });
  }

  /** Returns a text of the service as an error may show it: redacted, shortened and printable. */
  function clean(text: string): string {
    return printable(redact(text.slice(0, LONGEST_REDACTED)).slice(0, LONGEST_TEXT));
  }
}

function pathOf(url: string, baseUrl: string): string {
  const query = url.indexOf("?");
  return url.slice(baseUrl.length, query < 0 ? undefined : query);
}

/** Explains the 404 of a deletion whose earlier attempt may have been processed although no response came. */
function withDeletionHint(description: string | undefined): string {
  const hint = "An earlier attempt may have deleted it";
  return description ? `${description} (${hint})` : hint;
}

/** Waits for a time. Ends early when the caller's signal fires: the next round of the call then throws its reason. */
function pause(ms: number, signal: CallerSignal | undefined, clock: Clock): Promise<void> {
  throwIfAborted(signal);
  return new Promise((resolve) => {
    const stopListening = onAbort(signal, end);
    const stopTimer = clock.after(ms, end);

    function end(): void {
      stopTimer();
      stopListening();
      resolve();
    }
  });
}
