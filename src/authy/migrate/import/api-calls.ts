import { ApiError } from "../../../errors.ts";
import type { Clock } from "./clock.ts";
import { Interrupted, MigrationError, messageOf } from "./error.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** How often a call is made before it counts as failed. */
const MOST_ATTEMPTS = 8;
/** The upper bound of the first wait, in ms; it doubles with every further one. */
const FIRST_BACKOFF = 100;
const LONGEST_BACKOFF = 10_000;
/** How many calls may fail for good with none that succeeds in between. */
const MOST_FAILURES = 25;

/** Makes calls: again where that is harmless and may help, and none while the service asks to wait. */
export class ApiCalls {
  readonly #gate: RateLimiter;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #apiUrl: string;
  #failures = 0;

  constructor(gate: RateLimiter, clock: Clock, signal: AbortSignal, apiUrl: string) {
    this.#gate = gate;
    this.#clock = clock;
    this.#signal = signal;
    this.#apiUrl = apiUrl;
  }

  /** Makes a call that may be made twice. @throws as `once` does. */
  repeatable<T>(call: () => Promise<T>, mostTries = MOST_ATTEMPTS): Promise<T> {
    return this.#make(call, () => true, mostTries);
  }

  /**
   * Makes a call again only when the service has surely not acted on it.
   * @throws ApiError when it fails for good.
   * @throws MigrationError when no further call can succeed.
   * @throws Interrupted when the migration ends while this waits.
   */
  once<T>(call: () => Promise<T>): Promise<T> {
    return this.#make(call, ({ mayHaveBeenProcessed }) => !mayHaveBeenProcessed, MOST_ATTEMPTS);
  }

  async #make<T>(call: () => Promise<T>, mayRepeat: (error: ApiError) => boolean, mostTries: number): Promise<T> {
    let refusals = 0;
    for (let tries = 1; ; ) {
      await this.#gate.acquire();
      try {
        const value = await call();
        this.#gate.recordSuccess();
        this.#failures = 0;
        return value;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.#giveUpAfter(error);
        const isRefused = error.statusCode === 429;
        const wait = error.retryAfter ?? this.#backoff(isRefused ? ++refusals : tries);
        if (isRefused || (error.retryAfter !== undefined && isPassing(error))) this.#gate.pause(wait);
        if (isRefused) continue;
        if (!isPassing(error) || !mayRepeat(error) || tries >= mostTries) throw this.#counted(error);
        tries += 1;
        await this.#clock.wait(wait, this.#signal);
        if (this.#signal.aborted) throw new Interrupted();
      }
    }
  }

  #backoff(tries: number): number {
    return this.#clock.random() * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (tries - 1));
  }

  /** @throws MigrationError when whatever went wrong would go wrong for every user. */
  #giveUpAfter(error: ApiError): void {
    const { statusCode, errorCode } = error;
    if (statusCode === 401 || errorCode === "unauthorized") {
      throw stopped(
        `Authsignal at ${this.#apiUrl} does not know the secret key. Take the Server API secret key of the tenant, and the region that the tenant is in`,
        error,
      );
    }
    if (errorCode === "invalid_configuration") {
      throw stopped("The tenant has no SMS. Set up SMS as an authenticator in the Authsignal portal", error);
    }
  }

  #counted(error: ApiError): ApiError {
    this.#failures += 1;
    if (this.#failures < MOST_FAILURES) return error;
    throw stopped(
      `Authsignal at ${this.#apiUrl} takes no call any more (${messageOf(error)}). Run the migration again later: it goes on where it was`,
      error,
    );
  }
}

/** Whether another try can end better. */
function isPassing({ statusCode, errorCode, mayHaveBeenProcessed }: ApiError): boolean {
  if (statusCode === undefined) return errorCode === "network_error" || errorCode === "timeout";
  return statusCode === 408 || statusCode >= 500 || mayHaveBeenProcessed;
}

function stopped(message: string, cause: ApiError): MigrationError {
  return new MigrationError(message, { cause });
}
