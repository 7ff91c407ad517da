import { Answer } from "./answer.ts";
import type { AttemptFailure } from "./failure.ts";
import type { Operation } from "./operation.ts";
import { mismatch } from "./shape.ts";

/** What an attempt came to, when it is no value. */
export interface Verdict {
  readonly statusCode?: number;
  readonly headers?: Headers;
  readonly errorCode: string;
  readonly description: string | undefined;
  /** Whether the service can have acted on the request. */
  readonly processed: boolean;
  /** Who may try again: everybody, since nothing was done; who may repeat the request; or nobody, since it would not help. */
  readonly again: "everybody" | "repeatable" | "nobody";
  readonly cause?: unknown;
}

/** Answers by which the service says that it did nothing. Others, and those it never gave, leave that open. */
const REFUSALS = new Set([400, 401, 403, 404, 409, 422, 429]);

/** Answers that another attempt can mend. */
const PASSING = new Set([408, 500, 502, 503, 504]);

/** What a status means when the body names no code. */
const CODES = new Map([
  [400, "invalid_request"],
  [401, "unauthorized"],
  [404, "not_found"],
  [409, "conflict"],
  [422, "invalid_request"],
  [429, "too_many_requests"],
]);

/** Whether an attempt brought a success of the shape that the spec promises. */
export function isValue(result: Answer | AttemptFailure, operation: Operation | undefined): result is Answer {
  return result instanceof Answer && result.ok && problemOf(result, operation) === undefined;
}

/** Judges the end of an attempt that brought no value. */
export function judge(result: Answer | AttemptFailure, operation: Operation | undefined): Verdict {
  if (result instanceof Answer) return result.ok ? judgeSuccess(result, operation) : judgeRefusal(result);
  const { kind, message, sent, final, cause } = result;
  const again = final ? "nobody" : sent ? "repeatable" : "everybody";
  return { errorCode: kind, description: message, processed: sent, again, cause };
}

function judgeSuccess(answer: Answer, operation: Operation | undefined): Verdict {
  return {
    statusCode: answer.status,
    headers: answer.headers,
    errorCode: "invalid_response",
    description: `${problemOf(answer, operation)}. Does the API address lead to the service?`,
    processed: true,
    again: "repeatable",
  };
}

function problemOf(answer: Answer, operation: Operation | undefined): string | undefined {
  if (answer.problem) return `The answer ${answer.problem}`;
  if (operation === undefined) return undefined;
  if (answer.isEmpty) return operation.answers.includes("empty") ? undefined : "The answer is empty";
  const { value } = answer;
  if (value === undefined) return "The answer is not JSON";
  const problems = operation.answers.map((shape) => mismatch(value, shape, "The answer"));
  return problems.includes(undefined) ? undefined : problems[0];
}

function judgeRefusal({ status, headers, value }: Answer): Verdict {
  const verdict = { statusCode: status || undefined, headers };
  // A browser hides a redirect behind the status 0.
  if (status === 0 || (status >= 300 && status < 400)) {
    const target = headers.get("location") ?? "";
    const origin = URL.canParse(target) ? new URL(target).origin : "another path";
    const description = `A redirect to ${origin} was not followed. Does the API address lead to the service?`;
    return { ...verdict, errorCode: "invalid_response", description, processed: false, again: "nobody" };
  }
  const { code, description } = explanation(value);
  const errorCode = code ?? CODES.get(status) ?? "invalid_response";
  return {
    ...verdict,
    errorCode,
    description: description ?? (errorCode === "invalid_response" ? "The answer does not explain itself" : undefined),
    processed: !REFUSALS.has(status),
    again: status === 429 ? "everybody" : PASSING.has(status) ? "repeatable" : "nobody",
  };
}

/** What the body of an error says: `errorCode`, then `error`; `errorDescription`, then a gateway's `message`. */
function explanation(body: unknown): { code?: string; description?: string } {
  if (typeof body !== "object" || body === null) return {};
  const fields = new Map<string, unknown>(Object.entries(body));
  const text = (...names: string[]) =>
    names.map((name) => fields.get(name)).find((value): value is string => typeof value === "string" && value !== "");
  return { code: text("errorCode", "error"), description: text("errorDescription", "message") };
}
