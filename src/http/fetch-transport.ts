import { fieldOf } from "../platform/fields.ts";
import type { AttemptFailure } from "./attempt-failure.ts";
import { readBody } from "./body.ts";
import { fromCallerBug, fromSynchronousThrow } from "./network-error.ts";
import { BufferedResponse } from "./response.ts";
import type { Fetch, FetchInit, Transport } from "./transport.ts";

/** Names the caller's function in error messages. */
const THROWER = "The fetch function";

/** Creates a transport that sends requests with a `fetch`. */
export function fetchTransport(fetch: Fetch): Transport {
  return async (url, { method, headers, body, onStop }) => {
    const controller = new AbortController();
    onStop((reason) => {
      controller.abort(reason);
      // Bytes may have been sent: a `fetch` does not report whether it has sent any.
      return true;
    });
    const { signal } = controller;
    const init: FetchInit = { method, headers: { ...headers }, signal, redirect: "manual" };
    if (body !== undefined) init.body = body;
    const request = newRequest(url, init);
    let pending: Response | Promise<Response>;
    try {
      pending = fetch(request, init);
    } catch (error) {
      return fromSynchronousThrow(error, THROWER);
    }
    const response = await pending;
    const failure = checkCallersResponse(response);
    if (failure) return failure;
    const buffered = new BufferedResponse(url, response, await readBody(response));
    // Reading `request` here keeps it from garbage collection until now: Node passes a signal on only while its request lives.
    request.signal.throwIfAborted();
    return buffered;
  };
}

/** Returns a failure if the value that the caller's `fetch` returned is not a `Response` with a body to read. */
function checkCallersResponse(response: Response): AttemptFailure | undefined {
  if (!isResponse(response)) return fromCallerBug(new TypeError("it gave no Response"), true, THROWER);
  if (!response.bodyUsed) return undefined;
  return fromCallerBug(new TypeError("it has read the body of its Response. Give a clone of it"), true, THROWER);
}

/** Whether a value has the members of a `Response` that are used. The response may be of any library. */
function isResponse(response: unknown): boolean {
  const headers = fieldOf(response, "headers");
  const hasBody = fieldOf(response, "body") !== undefined || typeof fieldOf(response, "text") === "function";
  return (
    typeof fieldOf(response, "status") === "number" &&
    typeof fieldOf(headers, "get") === "function" &&
    typeof fieldOf(headers, Symbol.iterator) === "function" &&
    hasBody
  );
}

/**
 * Creates the platform's `Request`. No cache may keep its response: Next.js 14 keeps responses unless told otherwise. The
 * request's `toString` returns the URL, because other implementations of `fetch` convert a foreign `Request` to a string.
 */
function newRequest(url: string, init: FetchInit): Request {
  let request: Request;
  try {
    init.cache = "no-store";
    request = new Request(url, init);
  } catch {
    // Older versions of Cloudflare Workers reject the option `cache`.
    delete init.cache;
    request = new Request(url, init);
  }
  return Object.defineProperty(request, "toString", { value: () => url });
}
