import type { ApiError } from "../errors.ts";
import { fieldOf } from "../platform/fields.ts";
import { parseUrl } from "../platform/parse-url.ts";
import { mismatch, type Shape } from "../platform/shape.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { type Body, parseJson } from "./body.ts";
import type { Operation } from "./operation.ts";
import { isNotProcessedStatus, isRetryableStatus } from "./retry.ts";

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

/** Headers that hold the ID that the service gave a request. */
const REQUEST_ID_HEADERS = ["x-request-id", "x-amzn-requestid", "apigw-requestid"];

/** What a response has beside its body. */
export type ResponseHead = Pick<Response, "status" | "statusText" | "headers" | "type">;

/**
 * A response with its whole body as a text. openapi-fetch reads this class like the platform's `Response`, which is slower to
 * create and to read, because its body is a stream. A `Response` of the platform is created only for the methods that are
 * rarely called, such as `blob`.
 */
export class BufferedResponse implements Response {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string;
  readonly redirected = false;
  readonly type: Response["type"];
  /** Why the body could not be read, to follow "The response": `is larger than 8 MB`. Undefined if the whole body was read. */
  readonly bodyProblem: string | undefined;
  readonly #text: string;
  #parsed: { json: unknown } | undefined;
  #platformResponse: Response | undefined;

  /** The error of the call; undefined for a success. Set by the pipeline, thrown by `unwrap`. */
  error: ApiError | undefined;
  /** The number of attempts of the call. Set by the pipeline. */
  attempts = 0;

  constructor(url: string, { status, statusText, headers, type }: ResponseHead, { text, problem }: Body) {
    this.url = url;
    this.status = status;
    this.statusText = statusText;
    // openapi-fetch reads no body if `content-length` is 0. A fake `fetch` may say so of a body that is not empty.
    this.headers = text && headers.get("content-length") === "0" ? withoutLength(headers) : headers;
    this.type = type;
    this.bodyProblem = problem;
    this.#text = text;
  }

  /** The status; undefined for an opaque redirect, which has the status 0 on some platforms. */
  get statusCode(): number | undefined {
    return this.status === 0 ? undefined : this.status;
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

  /** The ID that the service gave the request, for its support team. */
  get requestId(): string | undefined {
    return REQUEST_ID_HEADERS.map((name) => this.headers.get(name)).find(Boolean) ?? undefined;
  }

  async text(): Promise<string> {
    return this.#text;
  }

  /** Rejects with the platform's error if the body is not JSON. */
  json(): Promise<unknown> {
    return this.value === undefined ? this.#asPlatformResponse().json() : Promise.resolve(this.value);
  }

  get body(): Response["body"] {
    return this.#asPlatformResponse().body;
  }

  get bodyUsed(): boolean {
    return this.#platformResponse?.bodyUsed ?? false;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#asPlatformResponse().arrayBuffer();
  }

  blob(): Promise<Blob> {
    return this.#asPlatformResponse().blob();
  }

  formData(): Promise<FormData> {
    return this.#asPlatformResponse().formData();
  }

  clone(): Response {
    return this.#asPlatformResponse().clone();
  }

  /**
   * Returns a new `Response` of the platform for users of the typed client, whose text and JSON can be read more than once.
   * If the call failed and the body is neither a JSON object nor an array, an object with the error's code and description
   * replaces the body, because openapi-fetch takes its `error` from the body.
   * @throws The error of the call, if the constructor of `Response` rejects the status or a header.
   */
  toPlatform(): Response {
    const needsBody = this.error !== undefined && (typeof this.value !== "object" || this.value === null);
    const { errorCode, errorDescription } = this.error ?? {};
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
      throw this.error ?? error;
    }
    return Object.defineProperties(response, {
      url: { value: this.url, configurable: true },
      text: { value: () => Promise.resolve(text), configurable: true },
      json: { value: async () => JSON.parse(text), configurable: true },
    });
  }

  /** Returns the `Response` of the platform for the rarely called methods. Every call returns the same one. */
  #asPlatformResponse(): Response {
    const { status, statusText, headers } = this;
    this.#platformResponse ??= new Response(this.isEmpty ? null : this.#text, { status, statusText, headers });
    return this.#platformResponse;
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

/** Returns the failure of a response; undefined if the response is a success with a body that the spec allows. */
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
    // Servers redirect before they act. A response that is not final says nothing about that.
    const problem = `A redirect to ${target} was not followed, because the key is for apiUrl only`;
    return invalidResponse(problem, { mayHaveBeenProcessed: false, isRetryable: false });
  }
  if (status < 200) {
    return invalidResponse("The response is not final", { mayHaveBeenProcessed: true, isRetryable: true });
  }
  const code = textOf(response, "errorCode", "error") ?? ERROR_CODES.get(status) ?? "invalid_response";
  return new AttemptFailure(code, textOf(response, "errorDescription", "message"), {
    mayHaveBeenProcessed: !isNotProcessedStatus(status),
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

/**
 * Returns why a 2xx does not match the spec; undefined if the body matches one of the operation's shapes, or the spec has no
 * such operation. Of several problems, the one with the first shape is returned.
 */
function problemOf(response: BufferedResponse, operation: Operation | undefined): string | undefined {
  if (response.bodyProblem) return `The response ${response.bodyProblem}`;
  if (!operation) return undefined;
  const problems = operation.responses.map((shape) => problemWithShape(response, shape));
  return problems.includes(undefined) ? undefined : problems[0];
}

function problemWithShape({ isEmpty, value }: BufferedResponse, shape: Shape | "empty"): string | undefined {
  if (isEmpty) return shape === "empty" ? undefined : "The response is empty";
  if (value === undefined) return "The response is not JSON";
  return shape === "empty" ? "The response is not empty" : mismatch(value, shape, "The response");
}

/** Returns the first of these fields of a body that is a string and not empty. */
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
  throwError(response);
  if (data === undefined || data === null) throw new TypeError("The response of a call that promises a value has none");
  return data;
}

/** Waits for the end of a call that has no value. @throws The error of the call. */
export async function unwrapEmpty(pending: Promise<Result<unknown>>): Promise<void> {
  throwError((await pending).response);
}

function throwError(response: Response): void {
  if (response instanceof BufferedResponse && response.error) throw response.error;
}
