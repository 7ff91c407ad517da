import { fieldOf } from "../platform/fields.ts";
import { parseJson } from "./body.ts";
import type { Api } from "./operation.ts";

/** The members of an `AbortSignal` that are used. The signal may be of another realm or of a library. */
export interface CallerSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Whether a value has the members of an `AbortSignal` that are used. */
export function isSignal(value: unknown): value is CallerSignal {
  return (
    typeof fieldOf(value, "aborted") === "boolean" &&
    typeof fieldOf(value, "addEventListener") === "function" &&
    typeof fieldOf(value, "removeEventListener") === "function"
  );
}

/**
 * The parts of a request. openapi-fetch creates this class instead of the platform's `Request`, in a twentieth of the time. A
 * transport that needs a `Request` creates one from these parts.
 */
export class RequestData {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  /** The JSON text of the body. */
  readonly body: string | undefined;
  readonly signal: CallerSignal | undefined;
  #parsed: { json: unknown } | undefined;

  constructor(
    url: string,
    init: { method: string; headers: Headers; body?: unknown; signal?: CallerSignal | null | undefined },
  ) {
    this.url = url;
    this.method = init.method;
    this.headers = init.headers;
    this.body = typeof init.body === "string" ? init.body : undefined;
    this.signal = init.signal ?? undefined;
  }

  /** The parsed JSON of the body; undefined when there is no body. */
  get value(): unknown {
    this.#parsed ??= { json: this.body === undefined ? undefined : parseJson(this.body) };
    return this.#parsed.json;
  }
}

/**
 * Reads the parts of a request of the platform.
 * @param signal The caller's signal, if the platform's request could not hold it.
 */
export async function readRequest(request: Request, signal?: CallerSignal): Promise<RequestData> {
  const { url, method, headers } = request;
  return new RequestData(url, {
    method,
    headers,
    body: (await request.text()) || undefined,
    signal: signal ?? request.signal,
  });
}

/**
 * Creates the path serializer of openapi-fetch: each id becomes exactly one segment of the path.
 * The serializer throws the API's error for an id that would lead to another path.
 */
export function pathSerializer({ ErrorClass }: Api): (path: string, ids: Record<string, unknown>) => string {
  return (path, ids) =>
    path.replace(/\{(\w+)\}/g, (_parameter, name: string) => {
      const id = ids[name];
      if (typeof id === "string" && !problemOfId(name, id)) return encodeURIComponent(id);
      throw new ErrorClass(undefined, "invalid_argument", problemOfId(name, id));
    });
}

/** Returns why a value cannot be an id in a path; undefined if the value can. */
export function problemOfId(name: string, id: unknown): string | undefined {
  if (id === undefined || id === null) return `${name} is missing`;
  if (typeof id !== "string") return `${name} must be of type string, not ${typeName(id)}`;
  if (id === "") return `${name} is empty`;
  if (id === "." || id === "..") return `${name} must not be "${id}", which would address something else`;
  if (!id.isWellFormed()) return `${name} holds half of a surrogate pair, which no address can hold`;
  return undefined;
}

/** Whether a path has a segment "." or ".." (RFC 3986, section 5.2.4), percent-encoded or not. */
export function hasDotSegment(path: string): boolean {
  return /(^|[/\\])(\.|%2e){1,2}([/\\?#]|$)/i.test(path);
}

/**
 * Creates the query serializer of openapi-fetch, which writes every value that is not undefined or null, also `0` and `""`.
 * The serializer throws the API's error for a value that is not a string, number or boolean.
 */
export function querySerializer({ ErrorClass }: Api): (query: Record<string, unknown>) => string {
  return (query) => {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    return given
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(name, value))}`)
      .join("&");
  };

  function textOf(name: string, value: unknown): string {
    const problem = problemOfParameter(value);
    if (problem) throw new ErrorClass(undefined, "invalid_argument", `${name} ${problem}`);
    return String(value);
  }
}

/** Returns why a value cannot be a query parameter; undefined if the value can. */
function problemOfParameter(value: unknown): string | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : "holds half of a surrogate pair";
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `must be a finite number, not ${value}`;
  if (typeof value === "boolean" || typeof value === "bigint") return undefined;
  return `must be a string, a number or a boolean, not of type ${typeName(value)}`;
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}

/** Creates the body serializer of openapi-fetch, which throws the API's error for a value that is not JSON. */
export function bodySerializer({ ErrorClass }: Api): (body: unknown) => string | undefined {
  return (body) => {
    try {
      return JSON.stringify(body);
    } catch (cause) {
      const problem = "The request cannot be written as JSON: it holds a BigInt, a circle, or something that throws";
      throw new ErrorClass(undefined, "invalid_argument", problem, { cause });
    }
  };
}
