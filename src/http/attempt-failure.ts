import { parseUrl } from "../platform/parse-url.ts";
import { mismatch } from "../platform/shape.ts";
import type { Operation } from "./operation.ts";
import type { BufferedResponse } from "./response.ts";

/** What an attempt came to when it brought no value. */
export class AttemptFailure {
  readonly errorCode: string;
  readonly description: string | undefined;
  /** Whether the service can have acted on the request. A transport that is told to stop knows this best. */
  processed: boolean;
  /** Whether another attempt can end better. */
  readonly retryable: boolean;
  /** What was answered; undefined when nobody did. */
  readonly answer: BufferedResponse | undefined;
  readonly cause: unknown;

  constructor(
    errorCode: string,
    description: string | undefined,
    {
      processed,
      retryable,
      answer,
      cause,
    }: { processed: boolean; retryable: boolean; answer?: BufferedResponse | undefined; cause?: unknown },
  ) {
    this.errorCode = errorCode;
    this.description = description;
    this.processed = processed;
    this.retryable = retryable;
    this.answer = answer;
    this.cause = cause;
  }
}

/** Answers by which the service says that it did nothing. Others, and those it never gave, leave that open. */
const REFUSALS = [400, 401, 403, 404, 409, 422, 429];

/** Answers that another attempt can mend. */
const RETRYABLE = [408, 429, 500, 502, 503, 504];

/** What a status means when the body names no code. */
const CODES = new Map([
  [400, "invalid_request"],
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not_found"],
  [409, "conflict"],
  [422, "invalid_request"],
  [429, "too_many_requests"],
]);

/** Gives an answer back when it is a success of the shape that the spec promises, else the verdict on it. */
export function checkResponse(
  answer: BufferedResponse,
  operation: Operation | undefined,
): BufferedResponse | AttemptFailure {
  const { status, headers, type } = answer;
  const unusable = (problem: string, processed: boolean) =>
    new AttemptFailure(
      "invalid_response",
      `${problem}. Does apiUrl lead to the service? Check it, and any proxy on the way`,
      {
        processed,
        retryable: processed,
        answer,
      },
    );

  if (answer.ok) {
    const problem = problemOf(answer, operation);
    return problem ? unusable(problem, true) : answer;
  }
  if ((status >= 300 && status < 400) || type === "opaqueredirect") {
    const target = headers.get("location") ?? "";
    return unusable(
      `A redirect to ${parseUrl(target)?.origin ?? "another path"} was not followed, because the key is for apiUrl only`,
      false,
    );
  }
  if (status < 200) return unusable("The response is not final", true);
  const code = textOf(answer, "errorCode", "error") ?? CODES.get(status) ?? "invalid_response";
  return new AttemptFailure(code, textOf(answer, "errorDescription", "message"), {
    processed: !REFUSALS.includes(status),
    retryable: RETRYABLE.includes(status),
    answer,
  });
}

function problemOf(answer: BufferedResponse, operation: Operation | undefined): string | undefined {
  if (answer.problem) return `The response ${answer.problem}`;
  const { value } = answer;
  const problems = operation?.answers.map((shape) => {
    if (answer.isEmpty) return shape === "empty" ? undefined : "The response is empty";
    if (value === undefined) return "The response is not JSON";
    return shape === "empty" ? "The response is not empty" : mismatch(value, shape, "The response");
  });
  return problems?.includes(undefined) ? undefined : problems?.[0];
}

/** The first of these fields of an error's body that holds a text. */
function textOf({ value }: BufferedResponse, ...names: string[]): string | undefined {
  const texts = names.map((name): unknown => Reflect.get(Object(value), name));
  return texts.find((text): text is string => typeof text === "string" && text !== "");
}
