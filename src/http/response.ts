import type { ApiError } from "../errors.ts";
import { fieldOf } from "../platform/fields.ts";
import { parseUrl } from "../platform/parse-url.ts";
import { mismatch, type Shape } from "../platform/shape.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { type Body, parseJson } from "./body.ts";
import type { Operation } from "./operation.ts";
import { isRetryableStatus, mayHaveProcessed } from "./retry.ts";

/** The error codes of statuses, where the body names none. Other statuses have `invalid_response`. */
const ERROR_CODES = new Map([
  [400, "invalid_request"],
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not_found"],
  [409, "conflict"],
  [422, "invalid_request"],
  [429, "too_many_requests"],
]);

/** Headers that hold the service's name of a request. */
const REQUEST_ID_HEADERS = ["x-request-id", "x-amzn-requestid", "apigw-requestid"];

/** What a response has beside its body. */
export type ResponseHead = Pick<Response, "status" | "statusText" | "headers" | "type">;

/**
 * A whole response, headers and body. openapi-fetch reads it like the platform's `Response`, whose streams cost more than the
 * call. The ways to read a body that are rarely used are left to a `Response` of the platform.
 */
export class BufferedResponse implements Response {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string;
  readonly redirected = false;
  readonly type: Response["type"];
  /** Why the body could not be read to its end; undefined if it could. */
  readonly problem: string | undefined;
  readonly #text: string;
  #parsed: { json: unknown } | undefined;
  #platform: Response | undefined;

  /** The error of the call if this is not a success. The pipeline sets it; `unwrap` throws it. */
  failure: ApiError | undefined;
  /** How many attempts the call took. The pipeline sets it. */
  attempts = 0;

  constructor(url: string, { status, statusText, headers, type }: ResponseHead, { text, problem }: Body) {
    this.url = url;
    this.status = status;
    this.statusText = statusText;
    // openapi-fetch reads no body if the length is 0, which a caller's fetch may say of a body that is not empty.
    this.headers = text && headers.get("content-length") === "0" ? withoutLength(headers) : headers;
    this.type = type;
    this.problem = problem;
    this.#text = text;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get isEmpty(): boolean {
    return this.#text === "";
  }

  /** The body as JSON, whatever its content type; undefined if it is not JSON. */
  get value(): unknown {
    this.#parsed ??= { json: parseJson(this.#text) };
    return this.#parsed.json;
  }

  /** The service's name of the request, for its support team. */
  get requestId(): string | undefined {
    return REQUEST_ID_HEADERS.map((name) => this.headers.get(name)).find(Boolean) ?? undefined;
  }

  async text(): Promise<string> {
    return this.#text;
  }

  /** Rejects with the platform's error if the body is not JSON. */
  json(): Promise<unknown> {
    return this.value === undefined ? this.#reader().json() : Promise.resolve(this.value);
  }

  get body(): Response["body"] {
    return this.#reader().body;
  }

  get bodyUsed(): boolean {
    return this.#platform?.bodyUsed ?? false;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#reader().arrayBuffer();
  }

  blob(): Promise<Blob> {
    return this.#reader().blob();
  }

  formData(): Promise<FormData> {
    return this.#reader().formData();
  }

  clone(): Response {
    return this.#reader().clone();
  }

  /**
   * Returns a new `Response` of the platform for users of the typed client, whose text and JSON can be read more than once.
   * If the call failed and the body is not JSON with fields, the body becomes one with the error code, because openapi-fetch
   * takes its `error` from the body.
   * @throws The failure of the call, if the platform has no response of such a status or with such headers.
   */
  toPlatform(): Response {
    const { failure } = this;
    const needsBody = failure !== undefined && (typeof this.value !== "object" || this.value === null);
    const { errorCode, errorDescription } = failure ?? {};
    const text = needsBody ? JSON.stringify({ errorCode, errorDescription }) : this.#text;
    let response: Response;
    try {
      const headers = withoutLength(this.headers);
      if (needsBody) headers.set("content-type", "application/json");
      response = new Response(text || null, {
        status: this.status,
        statusText: reasonPhrase(this.statusText),
        headers,
      });
    } catch (error) {
      throw failure ?? error;
    }
    return Object.defineProperties(response, {
      url: { value: this.url, configurable: true },
      text: { value: () => Promise.resolve(text), configurable: true },
      json: { value: async () => JSON.parse(text), configurable: true },
    });
  }

  /** Returns the `Response` of the platform that reads this body in the rarely used ways, always the same one. */
  #reader(): Response {
    const { status, statusText, headers } = this;
    this.#platform ??= new Response(this.isEmpty ? null : this.#text, { status, statusText, headers });
    return this.#platform;
  }
}

/** Returns a reason phrase (RFC 9112, section 4); an empty one if the platform would reject it. */
function reasonPhrase(text: string): string {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? text : "";
}

/** Returns a copy of headers without a length, which is wrong after a body was inflated or replaced. */
function withoutLength(headers: Headers): Headers {
  const copy = new Headers([...headers]);
  copy.delete("content-length");
  return copy;
}

/** Returns why a response is a failure; undefined if it is a success of a shape that the spec promises. */
export function checkResponse(
  response: BufferedResponse,
  operation: Operation | undefined,
): AttemptFailure | undefined {
  const { status } = response;
  if (response.ok) {
    const problem = problemOf(response, operation);
    return problem ? invalidResponse(problem, { mayHaveBeenProcessed: true, isRetryable: true }) : undefined;
  }
  if ((status >= 300 && status < 400) || response.type === "opaqueredirect") {
    const target = parseUrl(response.headers.get("location") ?? "")?.origin ?? "another path";
    const problem = `A redirect to ${target} was not followed, because the key is for apiUrl only`;
    return invalidResponse(problem, { mayHaveBeenProcessed: false, isRetryable: false });
  }
  if (status < 200) {
    return invalidResponse("The response is not final", { mayHaveBeenProcessed: true, isRetryable: true });
  }
  const code = textOf(response, "errorCode", "error") ?? ERROR_CODES.get(status) ?? "invalid_response";
  return new AttemptFailure(code, textOf(response, "errorDescription", "message"), {
    mayHaveBeenProcessed: mayHaveProcessed(status),
    isRetryable: isRetryableStatus(status),
  });
}

function invalidResponse(
  problem: string,
  details: Pick<AttemptFailure, "mayHaveBeenProcessed" | "isRetryable">,
): AttemptFailure {
  const description = `${problem}. Does apiUrl lead to the service? Check it, and any proxy on the way`;
  return new AttemptFailure("invalid_response", description, details);
}

/** Says why a 2xx is not a response of the spec: the problem with its first shape, if the body fits none. */
function problemOf(response: BufferedResponse, operation: Operation | undefined): string | undefined {
  if (response.problem) return `The response ${response.problem}`;
  const problems = operation?.responses.map((shape) => problemWithShape(response, shape)) ?? [];
  return problems.every((problem) => problem !== undefined) ? problems[0] : undefined;
}

function problemWithShape({ isEmpty, value }: BufferedResponse, shape: Shape | "empty"): string | undefined {
  if (isEmpty) return shape === "empty" ? undefined : "The response is empty";
  if (value === undefined) return "The response is not JSON";
  return shape === "empty" ? "The response is not empty" : mismatch(value, shape, "The response");
}

/** Returns the first of these fields of an error's body that holds a text. */
function textOf({ value }: BufferedResponse, ...names: string[]): string | undefined {
  const texts = names.map((name) => fieldOf(value, name));
  return texts.find((text): text is string => typeof text === "string" && text !== "");
}

/** What openapi-fetch returns. */
interface Result<Value> {
  readonly data?: Value;
  readonly response: Response;
}

/**
 * Returns the value of a call, whose shape the pipeline has checked.
 * @throws The error of the call.
 */
export async function unwrap<Value>(pending: Promise<Result<Value>>): Promise<NonNullable<Value>> {
  const { data, response } = await pending;
  throwFailure(response);
  if (data === undefined || data === null) throw new TypeError("The response of a call that promises a value has none");
  return data;
}

/** Waits for the end of a call that has no value. @throws The error of the call. */
export async function unwrapEmpty(pending: Promise<Result<unknown>>): Promise<void> {
  throwFailure((await pending).response);
}

function throwFailure(response: Response): void {
  if (response instanceof BufferedResponse && response.failure) throw response.failure;
}
