/** The details of a failed attempt beside the code and the description of its error. */
interface FailureDetails {
  /** Whether the service may have acted on the request. */
  readonly mayHaveBeenProcessed: boolean;
  /** Whether another attempt may succeed. */
  readonly isRetryable: boolean;
  /** The error behind the failure: of the network, or thrown by the `fetch` or the agent that the caller passed. */
  readonly cause?: unknown;
}

/** Why an attempt failed. Becomes the error of the call when no retry follows. */
export class AttemptFailure implements FailureDetails {
  /** The `errorCode` of the error. */
  readonly errorCode: string;
  /** The `errorDescription` of the error: what is wrong and what to change. Undefined when the service sent none. */
  readonly description: string | undefined;
  readonly mayHaveBeenProcessed: boolean;
  readonly isRetryable: boolean;
  readonly cause: unknown;

  constructor(
    errorCode: string,
    description: string | undefined,
    { mayHaveBeenProcessed, isRetryable, cause }: FailureDetails,
  ) {
    this.errorCode = errorCode;
    this.description = description;
    this.mayHaveBeenProcessed = mayHaveBeenProcessed;
    this.isRetryable = isRetryable;
    this.cause = cause;
  }
}
