import { ApiError, AuthsignalError, type ErrorDetails } from "../../../errors.ts";
import { AuthyError, type AuthyErrorCode } from "../../error.ts";
import type { AuthyResult } from "../../results.ts";
import type { ErrorResponse, Failure } from "../../types.ts";

/** Why the bridge refuses something on its own account; it becomes a failure, as Authy would have told it. */
export class Refusal extends Error {
  readonly errorCode: AuthyErrorCode;
  /** What is wrong with which field of the request. */
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

/** Carries a call out, and makes a result of what comes of it; also of a refusal, unless these are to be thrown. */
export type Carry = <Content, Result extends AuthyResult<Content>>(
  Result: new (content: Content | Failure, error?: AuthyError) => Result,
  work: () => Promise<NoInfer<Content>>,
) => Promise<Result>;

/** Makes the function by which the methods of a bridge carry out their calls. */
export function carrier(throwOnFailure: boolean): Carry {
  return async (Result, work) => {
    try {
      return new Result(await work());
    } catch (reason) {
      const error = authyErrorOf(reason);
      const isRefused = reason instanceof Refusal || isRefusalStatus(error.statusCode);
      if (throwOnFailure || !isRefused) throw error;
      return new Result(contentOf(error, reason instanceof Refusal ? reason.fields : {}), error);
    }
  };
}

/** Waits for what only reads. When it fails, nothing was done yet. */
export async function reading<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (reason) {
    throw authyErrorOf(reason, { mayHaveBeenProcessed: false });
  }
}

/** The error that code for Authy expects. @throws the reason itself when it is none of ours, such as that of a signal. */
export function authyErrorOf(reason: unknown, override: ErrorDetails = {}): AuthyError {
  const error = ownErrorOf(reason, override);
  if (!error) throw reason;
  return error;
}

/** The same where a caller who gives up must not end what is going on: a reason that is none of ours is its cause. */
export function anyErrorOf(reason: unknown): AuthyError {
  const details = { attempts: 1, mayHaveBeenProcessed: true, cause: reason };
  const description = "The call was ended before Authsignal answered";
  return ownErrorOf(reason) ?? new AuthyError(undefined, "network_error", description, details);
}

function ownErrorOf(reason: unknown, override: ErrorDetails = {}): AuthyError | undefined {
  if (reason instanceof AuthyError) return reason;
  if (reason instanceof Refusal) {
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

/** Whether an answer refuses. One that promises success, and is none that Authsignal gives, is no refusal. */
function isRefusalStatus(status: number | undefined): boolean {
  return status !== undefined && (status < 200 || status > 299);
}

/** What Authy would have answered. */
function contentOf({ errorCode, errorDescription, message }: AuthyError, fields: object): ErrorResponse {
  const said = errorDescription ?? message;
  return { ...fields, message: said, success: false, errors: { ...fields, message: said }, errorCode };
}
