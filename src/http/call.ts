import type { ApiError } from "../errors.ts";
import { printable } from "../platform/printable.ts";
import { mismatch } from "../platform/shape.ts";
import { throwIfAborted } from "./abort.ts";
import { attempt, pause } from "./attempt.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type Hooks, observe, requestIdOf } from "./hooks.ts";
import type { Api, Operation } from "./operation.ts";
import { redactError } from "./redact.ts";
import type { RequestData } from "./request.ts";
import { BufferedResponse } from "./response.ts";
import { retryAfter } from "./retry-after.ts";
import type { Transport } from "./transport.ts";

/** The upper bound of the first wait, in ms; it doubles with every further one. */
const FIRST_BACKOFF = 300;
const LONGEST_BACKOFF = 8_000;

/** The longest text of the service that an error repeats, in characters. */
const LONGEST_TEXT = 1_000;

export interface PipelineOptions {
  readonly api: Api;
  readonly baseUrl: string;
  readonly transport: Transport;
  /** Takes the secret out of a text. */
  readonly redact: (text: string) => string;
  readonly hooks?: Hooks | undefined;
  /** Why no call can be made: what the caller left out. */
  readonly missing?: string | undefined;
  readonly clock?: Clock | undefined;
}

/** How long and how often to try: ms for the whole call, and extra attempts. */
export interface CallLimits {
  readonly timeout: number;
  readonly retries: number;
}

/** Sends a request and gives a whole answer, be it a value or the service's error. */
export type Send = (request: RequestData) => Promise<BufferedResponse>;

/**
 * Builds the road that every call takes: one deadline over attempts, waits, headers and bodies, and a repetition only
 * where it is harmless. Rejects with the API's error when nobody answered, or when a 2xx is none that the spec promises;
 * other answers come back as they are, with their error beside them.
 */
export function createPipeline({
  api,
  baseUrl,
  transport,
  redact,
  hooks,
  missing,
  clock = systemClock,
}: PipelineOptions) {
  const root = `${baseUrl}/`;

  /** What the compiler of a caller without types could not refuse. */
  function problemWith(request: RequestData, operation: Operation | undefined): string | undefined {
    if (missing) return missing;
    const { url } = request;
    if (!url.startsWith(root)) return `The address must begin with ${baseUrl}`;
    const [, slot] = url.match(/\{(\w+)\}/) ?? [];
    if (slot) return `${slot} is missing`;
    return operation?.body && mismatch(request.value, operation.body, "The request body");
  }

  /** A text of the service as it may be shown. */
  function clean(text: string | undefined): string | undefined {
    return text ? printable(redact(text.slice(0, 100 * LONGEST_TEXT)).slice(0, LONGEST_TEXT)) : undefined;
  }

  /** Makes the error from the last verdict; `attempts` and `processed` are those of the whole call. */
  function toError(verdict: AttemptFailure, { url }: RequestData, attempts: number, processed: boolean): ApiError {
    const { errorCode, description, answer, cause } = verdict;
    return new api.Failure(answer?.status || undefined, clean(errorCode) ?? errorCode, clean(description), {
      requestId: clean(requestIdOf(answer)),
      retryAfter: retryAfter(answer, clock.date()),
      attempts,
      mayHaveBeenProcessed: processed,
      cause: redactError(cause, (text) => redact(text.replaceAll(url, baseUrl))),
    });
  }

  function backoff(attempt: number): number {
    return clock.random() * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempt - 1));
  }

  return function withLimits({ timeout, retries }: CallLimits): Send {
    return async function send(request) {
      const operation = api.findOperation(request.method, pathOf(request.url, baseUrl));
      const problem = problemWith(request, operation);
      if (problem) throw new api.Failure(undefined, "invalid_argument", problem);

      const repeatable = isRepeatable(request, operation);
      const deadline = clock.now() + timeout;
      let processed = false;

      for (let attempts = 1; ; attempts++) {
        throwIfAborted(request.signal);
        const start = clock.now();
        const left = deadline - start;
        const budget = repeatable && attempts <= retries ? left / 2 : left;
        const run = () => attempt(transport, request, operation, budget, clock);
        const event = { operation: operation?.name, method: request.method, attempt: attempts };
        const result = await (hooks ? observe(hooks, event, clean, clock, run) : run());
        if (result instanceof BufferedResponse) {
          result.attempts = attempts;
          return result;
        }

        processed ||= result.processed;
        const mayRepeat = attempts <= retries && result.retryable && (repeatable || !result.processed);
        const wait = retryAfter(result.answer, clock.date()) ?? backoff(attempts);
        // Whoever answered is asked again only in time for an answer as slow as this one.
        const need = wait + (result.answer ? clock.now() - start : 0);
        if (mayRepeat && need < deadline - clock.now()) {
          await pause(wait, request.signal, clock);
          continue;
        }

        const error = toError(afterDeletion(result, request.method, processed), request, attempts, processed);
        if (!result.answer || result.answer.ok) throw error;
        result.answer.failure = error;
        return result.answer;
      }
    };
  };
}

function pathOf(url: string, baseUrl: string): string {
  const query = url.indexOf("?");
  return url.slice(baseUrl.length, query < 0 ? undefined : query);
}

function isRepeatable(request: RequestData, operation: Operation | undefined): boolean {
  if (operation?.repeatable === "with-key") return Boolean(Reflect.get(Object(request.value), "idempotencyKey"));
  return operation?.repeatable === "always";
}

/** Explains the 404 that a deletion meets when its own first attempt was carried out, though its answer was lost. */
function afterDeletion(verdict: AttemptFailure, method: string, processed: boolean): AttemptFailure {
  if (method !== "DELETE" || verdict.answer?.status !== 404 || !processed) return verdict;
  const hint = "An earlier attempt may have deleted it";
  return new AttemptFailure(
    verdict.errorCode,
    verdict.description ? `${verdict.description} (${hint})` : hint,
    verdict,
  );
}
