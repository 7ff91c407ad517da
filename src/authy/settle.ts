import { Answer } from "../http/answer.ts";
import { unwrap } from "../http/unwrap.ts";
import { AuthyError } from "./error.ts";
import type { AuthyResult } from "./results.ts";
import type { Failure } from "./types.ts";

/** What openapi-fetch gives. */
type Pending<Content> = Promise<{ data?: Content; error?: Failure; response: Response }>;

/** Waits for an answer and makes a result of it; also of a refusal, unless these are to be thrown. */
export type Settle = <Content, Result extends AuthyResult<unknown>>(
  Result: new (content: Content | Failure, error?: AuthyError) => Result,
  pending: Pending<Content>,
) => Promise<Result>;

/** Makes the function by which the methods of a client settle their calls. */
export function settler(throwOnFailure: boolean): Settle {
  return async (Result, pending) => {
    const { error, response } = await pending;
    const refusal = response instanceof Answer ? response.failure : undefined;
    const result = refusal instanceof AuthyError ? new Result(error ?? "", refusal) : new Result(await unwrap(pending));
    if (throwOnFailure && result.error) throw result.error;
    return result;
  };
}
