import { ApiError, type ErrorCode, nameClass } from "../errors.ts";
import type { Schema } from "./schema.ts";

/** Authy's own code, five digits as text, or one of ours: see `AuthyError.errorCode`. */
export type AuthyErrorCode = Schema<"KnownErrorCode"> | ErrorCode;

/**
 * Whatever went wrong with a call to Authy.
 *
 * It is thrown when nobody answered, when a success is none that the service gives, and when an argument was refused before
 * anything was sent. A refusal by the service is in the `error` of the result, or thrown as well, with `throwOnFailure`.
 */
export class AuthyError extends ApiError {
  /**
   * Authy's code, such as `"60026"` for a user that is not there; where it gave none, the kind of failure: `unauthorized`,
   * `not_found`, `too_many_requests`, `invalid_request`, `forbidden`; or ours: `invalid_argument`, `network_error`,
   * `timeout`, `invalid_response`, and of the bridge to Authsignal `not_supported`.
   */
  declare readonly errorCode: AuthyErrorCode;

  static {
    nameClass(AuthyError, "AuthyError");
  }
}

/** Says what is wrong with an argument or an option. Nothing was sent. */
export function refuse(problem: string): never {
  throw new AuthyError(undefined, "invalid_argument", problem);
}
