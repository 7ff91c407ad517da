import { BufferedResponse, unwrap } from "../http/response.ts";
import { AuthyError } from "./error.ts";
import { fieldsOf, isJsonObject } from "./fields.ts";
import type { AuthyResult } from "./results.ts";
import { reportsFailure } from "./snake-case-transport.ts";
import type { Failure } from "./types.ts";

/** A pending call of openapi-fetch. */
type PendingCall<Content> = Promise<{ data?: Content | undefined; error?: Failure | undefined; response: Response }>;

/** Waits for a call and makes a result of its response, or of its failure unless failures are thrown. */
export type ToResult = <Content, Result extends AuthyResult<unknown>>(
  Result: new (content: Content | Failure, error?: AuthyError) => Result,
  pending: PendingCall<Content>,
) => Promise<Result>;

/** Creates the function that makes the results of a client. */
export function resultMaker(throwOnFailure: boolean): ToResult {
  return async (Result, pending) => {
    const { error, response } = await pending;
    const failure = response instanceof BufferedResponse ? response.error : undefined;
    const result =
      failure instanceof AuthyError
        ? new Result(isJsonObject(error) ? error : await response.text(), failure)
        : resultOf(Result, await unwrap(pending), response);
    if (throwOnFailure && result.error) throw result.error;
    return result;
  };
}

function resultOf<Content, Result>(
  Result: new (content: Content, error?: AuthyError) => Result,
  content: Content,
  response: Response,
): Result {
  return reportsFailure(content) ? new Result(content, reportedError(content, response)) : new Result(content);
}

/** Returns the error of a 2xx whose body reports a failure. */
function reportedError(content: unknown, response: Response): AuthyError {
  const { errorCode, message } = fieldsOf(content);
  const attempts = response instanceof BufferedResponse ? response.attempts : 1;
  return new AuthyError(
    response.status,
    typeof errorCode === "string" ? errorCode : "invalid_response",
    typeof message === "string" ? message : "The answer does not say that it worked",
    { requestId: response.headers.get("x-request-id") ?? undefined, attempts, mayHaveBeenProcessed: true },
  );
}
