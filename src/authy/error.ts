import { ApiError, type ErrorCode, nameClass } from "../errors.ts";
import type { Schema } from "./schema.ts";

/** Authy's own code, five digits as text, or one of this package: see `AuthyError.errorCode`. */
export type AuthyErrorCode = Schema<"KnownErrorCode"> | ErrorCode;

/**
 * The error of a call to Authy.
 *
 * It is thrown when there was no response, when a 2xx is malformed, and when an argument is invalid, before anything is sent. An
 * error of the service is the `error` of the result; with `throwOnFailure` it is thrown, too.
 */
export class AuthyError extends ApiError {
  /**
   * Authy's code, such as `"60026"` for an unknown user; where the response has none, the kind of failure: `unauthorized`,
   * `not_found`, `too_many_requests`, `invalid_request`, `forbidden`; or one of this package: `invalid_argument`, `network_error`,
   * `timeout`, `invalid_response`, and from the bridge to Authsignal `not_supported`.
   */
  declare readonly errorCode: AuthyErrorCode;

  static {
    nameClass(AuthyError, "AuthyError");
  }
}

/** Throws the error of an invalid argument or option. Nothing was sent. */
export function refuse(problem: string): never {
  throw new AuthyError(undefined, "invalid_argument", problem);
}
