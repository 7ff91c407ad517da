import { printable } from "./platform/printable.ts";

/** A known code, or a code that the service added later. Compare with `===`. */
export type ErrorCode = KnownErrorCode | (string & {});

/**
 * The known codes: those of the service, then those of this package.
 *
 * - `invalid_argument`: the arguments are invalid, and nothing was sent. A missing key is reported so by the first call.
 * - `network_error`: there was no response: no connection, a lost one, no TLS over `https:`, or a bug of the caller's `fetch`.
 * - `timeout`: there was no response in time.
 * - `invalid_response`: the response is not that of the service (a proxy's page, a redirect, broken JSON, a gateway's 503).
 * - `forbidden`: a 403 that names no code.
 */
export type KnownErrorCode =
  | "invalid_configuration"
  | "invalid_credential"
  | "invalid_request"
  | "too_many_requests"
  | "unauthorized"
  | "not_found"
  | "conflict"
  | "expired_token"
  | "forbidden"
  | "invalid_argument"
  | "network_error"
  | "timeout"
  | "invalid_response";

/** The details of an error beyond its status, code and description. */
export interface ErrorDetails {
  /** See `ApiError.requestId`. */
  requestId?: string | undefined;
  /** See `ApiError.retryAfter`. */
  retryAfter?: number | undefined;
  /** See `ApiError.attempts`. Default 0. */
  attempts?: number | undefined;
  /** See `ApiError.mayHaveBeenProcessed`. Default false. */
  mayHaveBeenProcessed?: boolean | undefined;
  /** The error behind this one. */
  cause?: unknown;
}

/** The base class of the errors of all APIs. An error holds no request, no header and no secret. */
export abstract class ApiError extends Error {
  /** HTTP status of the response; undefined when there was none. */
  readonly statusCode: number | undefined;
  /** The kind of failure. Branch on this. */
  readonly errorCode: ErrorCode;
  /** An explanation for logs that says what to change; do not branch on it. Control characters are shown as escapes. */
  readonly errorDescription: string | undefined;
  /** The ID that the service gave the request, for its support team. */
  readonly requestId: string | undefined;
  /** How long to wait before the next request, in milliseconds, as the service says by `Retry-After`. */
  readonly retryAfter: number | undefined;
  /** How many attempts were made; 0 when the request was rejected before it was sent. */
  readonly attempts: number;
  /** Whether the service may have acted on the request. When false, it is safe to retry the call. */
  readonly mayHaveBeenProcessed: boolean;

  constructor(
    statusCode: number | undefined,
    errorCode: ErrorCode,
    errorDescription?: string,
    { requestId, retryAfter, attempts = 0, mayHaveBeenProcessed = false, cause }: ErrorDetails = {},
  ) {
    const code = printable(errorCode);
    const description = errorDescription && printable(errorDescription);
    const kind = statusCode === undefined ? code : `${statusCode} ${code}`;
    super(description ? `${kind}: ${description}` : kind, cause === undefined ? undefined : { cause });
    this.statusCode = statusCode;
    this.errorCode = code;
    this.errorDescription = description;
    this.requestId = requestId && printable(requestId);
    this.retryAfter = retryAfter;
    this.attempts = attempts;
    this.mayHaveBeenProcessed = mayHaveBeenProcessed;
  }
}

/**
 * The error of every call to Authsignal that fails. `errorCode` is the kind of failure. `instanceof` also recognizes the errors
 * of another copy or version of this package.
 */
export class AuthsignalError extends ApiError {
  static {
    nameClass(AuthsignalError, "AuthsignalError");
  }
}

/** A delivery of a webhook must not be trusted. The message says what is wrong and what to do. */
export class InvalidSignatureError extends Error {
  static {
    nameClass(InvalidSignatureError, "InvalidSignatureError");
  }
}

/**
 * Gives the errors of a class their name and a brand. The brand is the same in every copy of this package, so that `instanceof`
 * recognizes the errors of another copy. The properties are defined, because an assignment fails if a program has frozen
 * `Error.prototype`.
 */
export function nameClass(errorClass: { readonly prototype: Error }, name: string): void {
  const brand = Symbol.for(`authsignal-ts.${name}`);
  Object.defineProperty(errorClass.prototype, "name", { value: name, configurable: true, writable: true });
  Object.defineProperty(errorClass.prototype, brand, { value: true });
  Object.defineProperty(errorClass, Symbol.hasInstance, { value: hasInstance });

  /** A subclass inherits this method. For a subclass, it checks the prototype chain, as `instanceof` does by default. */
  function hasInstance(this: object, value: unknown): boolean {
    if (this !== errorClass) return Reflect.apply(Function.prototype[Symbol.hasInstance], this, [value]);
    return typeof value === "object" && value !== null && Reflect.get(value, brand) === true;
  }
}
