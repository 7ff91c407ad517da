import { BufferedResponse, unwrap } from "../http/response.ts";
import { AuthyError } from "./error.ts";
import { fieldsOf, isJsonObject } from "./fields.ts";
import type { AuthyResult } from "./results.ts";
import type { Failure } from "./types.ts";
import { isDenial } from "./wire.ts";

/** What openapi-fetch gives. */
type Pending<Content> = Promise<{ data?: Content | undefined; error?: Failure | undefined; response: Response }>;

/** Waits for an answer and makes a result of it; also of a refusal, unless these are to be thrown. */
export type Settle = <Content, Result extends AuthyResult<unknown>>(
  Result: new (content: Content | Failure, error?: AuthyError) => Result,
  pending: Pending<Content>,
) => Promise<Result>;

/** Makes the function by which the methods of a client settle their calls. */
export function settler(throwOnFailure: boolean): Settle {
  return async (Result, pending) => {
    const { error, response } = await pending;
    const refusal = response instanceof BufferedResponse ? response.failure : undefined;
    const result =
      refusal instanceof AuthyError
        ? new Result(isJsonObject(error) ? error : await response.text(), refusal)
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
  return isDenial(content) ? new Result(content, denialOf(content, response)) : new Result(content);
}

/** The error of a 2xx that says itself that it is no success. */
function denialOf(content: unknown, response: Response): AuthyError {
  const { errorCode, message } = fieldsOf(content);
  const attempts = response instanceof BufferedResponse ? response.attempts : 1;
  return new AuthyError(
    response.status,
    typeof errorCode === "string" ? errorCode : "invalid_response",
    typeof message === "string" ? message : "The answer does not say that it worked",
    { requestId: response.headers.get("x-request-id") ?? undefined, attempts, mayHaveBeenProcessed: true },
  );
}
