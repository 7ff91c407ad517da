import type { ApiError } from "../errors.ts";
import { Answer } from "./answer.ts";
import { Aborted, attempt, pause } from "./attempt.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Api, Operation } from "./operation.ts";
import { redactError } from "./redact.ts";
import type { LightRequest } from "./request.ts";
import { retryAfter } from "./retry-after.ts";
import { mismatch } from "./shape.ts";
import type { Transport } from "./transport.ts";
import { isValue, judge, type Verdict } from "./verdict.ts";

/** The upper bound of the first wait, in ms; it doubles with every further one. */
const FIRST_BACKOFF = 300;
const LONGEST_BACKOFF = 8_000;

/** The longest text of the service that an error repeats, in characters. */
const LONGEST_TEXT = 1_000;

const REQUEST_IDS = ["x-request-id", "x-amzn-requestid", "apigw-requestid"];

export interface RoadOptions {
  readonly api: Api;
  readonly baseUrl: string;
  readonly transport: Transport;
  /** Takes the secret out of a text. */
  readonly redact: (text: string) => string;
  readonly clock?: Clock;
}

/** How long and how often to try: ms for the whole call, and extra attempts. */
export interface Patience {
  readonly timeout: number;
  readonly retries: number;
}

/** Sends a request and gives a whole answer, be it a value or the service's error. */
export type Send = (request: LightRequest) => Promise<Answer>;

/**
 * Builds the road that every call takes: one deadline over attempts, waits, headers and bodies, and a repetition only
 * where it is harmless. Rejects with the API's error when nobody answered, or when a 2xx is none that the spec promises;
 * other answers come back as they are, with their error beside them.
 */
export function buildRoad({ api, baseUrl, transport, redact, clock = systemClock }: RoadOptions) {
  /** What the compiler of a caller without types could not refuse. */
  function problemWith({ url, payload }: LightRequest, operation: Operation | undefined): string | undefined {
    if (!url.startsWith(`${baseUrl}/`)) return "The secret is for one address: make another client for another one";
    const [, missing] = url.match(/\{(\w+)\}/) ?? [];
    if (missing) return `${missing} is missing: pass it as a non-empty string`;
    return operation?.body && mismatch(payload?.value, operation.body, "The request");
  }

  /** Makes the error from the last verdict; `attempts` and `mayHaveBeenProcessed` are those of the whole call. */
  function toError(verdict: Verdict, attempts: number, mayHaveBeenProcessed: boolean): ApiError {
    const { statusCode, headers, errorCode, description, cause } = verdict;
    const clean = (text: string) => redact(text).slice(0, LONGEST_TEXT);
    const requestId = REQUEST_IDS.map((name) => headers?.get(name)).find(Boolean);
    return new api.Failure(statusCode, clean(errorCode), description && clean(description), {
      requestId: requestId ? clean(requestId) : undefined,
      retryAfter: askedWait(verdict),
      attempts,
      mayHaveBeenProcessed,
      cause: redactError(cause, redact),
    });
  }

  function askedWait({ headers }: Verdict): number | undefined {
    return retryAfter(headers?.get("retry-after") ?? null, clock.date());
  }

  function backoff(attempt: number): number {
    return clock.random() * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempt - 1));
  }

  return function roadFor({ timeout, retries }: Patience): Send {
    return async function send(request) {
      const { signal } = request;
      const operation = api.findOperation(request.method, pathOf(request.url, baseUrl));
      const problem = problemWith(request, operation);
      if (problem) throw new api.Failure(undefined, "invalid_argument", problem);

      const repeatable = isRepeatable(request, operation);
      const deadline = clock.now() + timeout;
      let mayHaveBeenProcessed = false;

      for (let attempts = 1; ; attempts++) {
        signal?.throwIfAborted();
        const left = deadline - clock.now();
        const mayRepeat = repeatable && attempts <= retries;
        const result = await attempt(transport, request, mayRepeat ? left / 2 : left, clock);
        if (result instanceof Aborted) throw result.reason;
        if (isValue(result, operation)) return result;

        const verdict = judge(result, operation);
        mayHaveBeenProcessed ||= verdict.processed;
        const helps = verdict.again === "everybody" || (verdict.again === "repeatable" && repeatable);
        const wait = askedWait(verdict) ?? backoff(attempts);
        if (helps && attempts <= retries && wait < deadline - clock.now()) {
          await pause(wait, signal, clock);
          continue;
        }

        const last = afterDeletion(verdict, request.method, mayHaveBeenProcessed);
        const error = toError(last, attempts, mayHaveBeenProcessed);
        if (!(result instanceof Answer) || result.ok) throw error;
        result.failure = error;
        return result;
      }
    };
  };
}

function pathOf(url: string, baseUrl: string): string {
  const query = url.indexOf("?");
  return url.slice(baseUrl.length, query < 0 ? undefined : query);
}

function isRepeatable({ payload }: LightRequest, operation: Operation | undefined): boolean {
  if (operation?.repeatable !== "with-key") return operation?.repeatable === "always";
  const body = payload?.value;
  return typeof body === "object" && body !== null && "idempotencyKey" in body && Boolean(body.idempotencyKey);
}

/** Explains the 404 that a deletion meets when its own first attempt was carried out, though its answer was lost. */
function afterDeletion(verdict: Verdict, method: string, mayHaveBeenProcessed: boolean): Verdict {
  if (method !== "DELETE" || verdict.statusCode !== 404 || !mayHaveBeenProcessed) return verdict;
  const hint = "An earlier attempt of this call may have deleted it";
  return { ...verdict, description: verdict.description ? `${verdict.description} (${hint})` : hint };
}
