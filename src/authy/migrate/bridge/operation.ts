import { ApiError, AuthsignalError, type ErrorDetails } from "../../../errors.ts";
import { AuthyError, type AuthyErrorCode } from "../../error.ts";
import type { AuthyResult } from "../../results.ts";
import type { ErrorResponse, Failure } from "../../types.ts";

/** A failure that the bridge detects without Authsignal, such as an unknown user. The caller gets it as a failure of Authy. */
export class BridgeFailure extends Error {
  readonly errorCode: AuthyErrorCode;
  /** The problems by field of the request. */
  readonly fields: Readonly<Record<string, string>>;
  readonly details: ErrorDetails;

  constructor(
    errorCode: AuthyErrorCode,
    description: string,
    { fields = {}, ...details }: ErrorDetails & { fields?: Readonly<Record<string, string>> | undefined } = {},
  ) {
    super(description);
    this.errorCode = errorCode;
    this.fields = fields;
    this.details = details;
  }
}

/** Runs an operation. Returns the result with its content or, unless failures are thrown, with its failure. */
export type RunOperation = <Content, Result extends AuthyResult<Content>>(
  Result: new (content: Content | Failure, error?: AuthyError) => Result,
  work: () => Promise<NoInfer<Content>>,
) => Promise<Result>;

/** Creates the function that runs the operations of a bridge. */
export function operationRunner(throwOnFailure: boolean): RunOperation {
  return async (Result, work) => {
    try {
      return new Result(await work());
    } catch (reason) {
      const error = toAuthyError(reason);
      const isFailure = reason instanceof BridgeFailure || isErrorStatus(error.statusCode);
      if (throwOnFailure || !isFailure) throw error;
      return new Result(failureContent(error, reason instanceof BridgeFailure ? reason.fields : {}), error);
    }
  };
}

/** Waits for requests that only read. Their errors say that nothing was processed. */
export async function readOnly<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (reason) {
    throw toAuthyError(reason, { mayHaveBeenProcessed: false });
  }
}

/** Returns the error that code for Authy expects. @throws the reason itself when it is an error of neither API, such as the reason of an aborted signal. */
export function toAuthyError(reason: unknown, override: ErrorDetails = {}): AuthyError {
  const error = knownError(reason, override);
  if (!error) throw reason;
  return error;
}

/** Returns the error to report by a call that does not fail. A reason that is an error of neither API becomes the cause. */
export function toReportedError(reason: unknown): AuthyError {
  const details = { attempts: 1, mayHaveBeenProcessed: true, cause: reason };
  const description = "The call was ended before Authsignal answered";
  return knownError(reason) ?? new AuthyError(undefined, "network_error", description, details);
}

/** Converts an error of either API; undefined for any other reason. */
function knownError(reason: unknown, override: ErrorDetails = {}): AuthyError | undefined {
  if (reason instanceof AuthyError) return reason;
  if (reason instanceof BridgeFailure) {
    const { errorCode, message, details } = reason;
    const { statusCode, requestId, attempts }: Partial<ApiError> =
      details.cause instanceof ApiError ? details.cause : {};
    return new AuthyError(statusCode, errorCode, message, { requestId, attempts, ...details });
  }
  if (!(reason instanceof AuthsignalError)) return undefined;
  const { statusCode, errorDescription, requestId, retryAfter, attempts, mayHaveBeenProcessed } = reason;
  const errorCode = statusCode === 429 ? "60003" : reason.errorCode;
  const details = { requestId, retryAfter, attempts, mayHaveBeenProcessed, cause: reason, ...override };
  return new AuthyError(statusCode, errorCode, errorDescription, details);
}

/** Whether the service returned an error. A malformed 2xx is an error of another kind, and always thrown. */
function isErrorStatus(status: number | undefined): boolean {
  return status !== undefined && (status < 200 || status > 299);
}

/** Returns a failure in the form of the body that Authy sends. */
function failureContent({ errorCode, errorDescription, message }: AuthyError, fields: object): ErrorResponse {
  const text = errorDescription ?? message;
  return { ...fields, message: text, success: false, errors: { ...fields, message: text }, errorCode };
}
