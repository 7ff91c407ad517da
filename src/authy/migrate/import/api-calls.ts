import { ApiError } from "../../../errors.ts";
import { isRetryableStatus } from "../../../http/retry.ts";
import type { Clock } from "./clock.ts";
import { Interrupted, MigrationError, messageOf } from "./error.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** How many attempts a call has before it counts as failed. Attempts with a 429 are not counted. */
const MOST_ATTEMPTS = 8;
/** The upper bound of the first back-off, in ms. It doubles with every retry, up to the longest. */
const FIRST_BACKOFF = 100;
const LONGEST_BACKOFF = 10_000;
/** How many calls in a row may fail before the migration ends. */
const MOST_FAILURES = 25;

/** Makes calls to Authsignal: retries a call where that is harmless, and waits as long as a response requires. */
export class ApiCalls {
  readonly #rateLimiter: RateLimiter;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #apiUrl: string;
  #failures = 0;

  constructor(rateLimiter: RateLimiter, clock: Clock, signal: AbortSignal, apiUrl: string) {
    this.#rateLimiter = rateLimiter;
    this.#clock = clock;
    this.#signal = signal;
    this.#apiUrl = apiUrl;
  }

  /** Makes a call that may be carried out twice. @throws as `once` does. */
  repeatable<T>(call: () => Promise<T>, mostAttempts = MOST_ATTEMPTS): Promise<T> {
    return this.#make(call, () => true, mostAttempts);
  }

  /**
   * Makes a call that must not be carried out twice: it is retried only if the service certainly did not process it.
   * @throws ApiError when the call fails.
   * @throws MigrationError when no further call can succeed.
   * @throws Interrupted when the migration ends while this waits.
   */
  once<T>(call: () => Promise<T>): Promise<T> {
    return this.#make(call, ({ mayHaveBeenProcessed }) => !mayHaveBeenProcessed, MOST_ATTEMPTS);
  }

  async #make<T>(call: () => Promise<T>, mayRetry: (error: ApiError) => boolean, mostAttempts: number): Promise<T> {
    let rateLimited = 0;
    for (let attempt = 1; ; ) {
      await this.#rateLimiter.acquire();
      try {
        const value = await call();
        this.#rateLimiter.recordSuccess();
        this.#failures = 0;
        return value;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.#endAfter(error);
        const isRateLimited = error.statusCode === 429;
        if (isRateLimited) rateLimited += 1;
        const wait = error.retryAfter ?? this.#backoff(isRateLimited ? rateLimited : attempt);
        if (isRateLimited || (error.retryAfter !== undefined && isTransient(error))) this.#rateLimiter.pause(wait);
        if (isRateLimited) continue;
        if (!isTransient(error) || !mayRetry(error) || attempt >= mostAttempts) throw this.#counted(error);
        attempt += 1;
        await this.#clock.wait(wait, this.#signal);
        if (this.#signal.aborted) throw new Interrupted();
      }
    }
  }

  /** Returns an exponential back-off with full jitter, in ms. */
  #backoff(attempt: number): number {
    return this.#clock.random() * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempt - 1));
  }

  /** @throws MigrationError when the calls for all other users would fail with the same error. */
  #endAfter(error: ApiError): void {
    const { statusCode, errorCode } = error;
    if (statusCode === 401 || errorCode === "unauthorized") {
      throw ended(
        `Authsignal at ${this.#apiUrl} does not know the secret key. Take the Server API secret key of the tenant, and the region that the tenant is in`,
        error,
      );
    }
    if (errorCode === "invalid_configuration") {
      throw ended("The tenant has no SMS. Set up SMS as an authenticator in the Authsignal portal", error);
    }
  }

  /** Counts a failed call. @throws MigrationError after too many in a row. */
  #counted(error: ApiError): ApiError {
    this.#failures += 1;
    if (this.#failures < MOST_FAILURES) return error;
    throw ended(
      `Authsignal at ${this.#apiUrl} takes no call any more (${messageOf(error)}). Run the migration again later: it goes on where it was`,
      error,
    );
  }
}

/**
 * Whether a retry may succeed: after the statuses that the client retries, and after other responses that do not reject the
 * request. A rejection, such as 400 or 404, certainly did not process the request, and a retry would get it again. A 429 is
 * handled before.
 */
function isTransient({ statusCode, errorCode, mayHaveBeenProcessed }: ApiError): boolean {
  if (statusCode === undefined) return errorCode === "network_error" || errorCode === "timeout";
  return isRetryableStatus(statusCode) || mayHaveBeenProcessed;
}

function ended(message: string, cause: ApiError): MigrationError {
  return new MigrationError(message, { cause });
}
