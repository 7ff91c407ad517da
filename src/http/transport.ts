import { readBody } from "./body.ts";
import { fromCallersBug, fromThrow } from "./network-error.ts";
import { nodeTransport } from "./node-transport.ts";
import { BufferedResponse } from "./response.ts";

/** What crosses the network: the part of `fetch` that a call uses. */
export type Transport = (url: string, init: TransportInit) => Promise<BufferedResponse>;

export interface TransportInit {
  readonly method: string;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Takes what is to be called, once at most, if the attempt has to end before its response. */
  readonly onStop: (stop: (reason: unknown) => void) => void;
}

/**
 * Whatever has the type of `fetch`: the platform's, that of undici or node-fetch, a proxy's, the emulator's, a test's. The first
 * argument is a `Request` whose text is its URL; the second one holds the same request as options. Use either of them.
 */
export type Fetch = (request: Request, init: FetchInit) => Response | Promise<Response>;

/** The second argument of a `fetch`: the request as options. */
export interface FetchInit {
  /** The verb of HTTP. */
  method: string;
  /** All headers, by their names in small letters. */
  headers: Record<string, string>;
  /** The JSON text of the body, if there is one. */
  body?: string;
  /** Ends the attempt. */
  signal: AbortSignal;
  /** A redirect is not followed. */
  redirect: "manual";
  /** No response is kept; left out where the platform does not take it. */
  cache?: "no-store";
}

/** An agent of `node:http` or `node:https`. Described by its shape, so that no consumer needs Node's types. */
export interface HttpAgent {
  /** How many connections it opens to one origin at most. */
  maxSockets: number;
  /** Closes its connections. */
  destroy(): void;
}

/** The caller's `fetch` if there is one, else `node:http` where it is the real one, else the platform's `fetch`. */
export function chooseTransport(baseUrl: string, fetch: Fetch | undefined, agent: HttpAgent | undefined): Transport {
  if (fetch) return fetchTransport(fetch);
  // By the address: the `fetch` of Next.js 15 takes two calls with a `Request` for one, though they have signals of their own.
  return nodeTransport(baseUrl, agent) ?? fetchTransport(({ url }, init) => globalThis.fetch(url, init));
}

/** Makes a transport of a `fetch`. */
export function fetchTransport(fetch: Fetch): Transport {
  return async (url, { method, headers, body, onStop }) => {
    const controller = new AbortController();
    onStop((reason) => controller.abort(reason));
    const { signal } = controller;
    const init: FetchInit = { method, headers: { ...headers }, signal, redirect: "manual" };
    if (body !== undefined) init.body = body;
    const request = requestOf(url, init);
    const response = await call(fetch, request, init);
    const answer = new BufferedResponse(url, response, await readBody(response));
    // Node passes a signal on to a request only while something holds that request.
    request.signal.throwIfAborted();
    return answer;
  };
}

/** Calls a `fetch`. One that throws before it returns a promise has sent nothing. */
async function call(fetch: Fetch, request: Request, init: FetchInit): Promise<Response> {
  let pending: Response | Promise<Response>;
  try {
    pending = fetch(request, init);
  } catch (error) {
    throw fromThrow(error, "The fetch function");
  }
  const response = await pending;
  if (!isResponse(response)) throw fromCallersBug(new TypeError("it gave no Response"), true);
  if (response.bodyUsed)
    throw fromCallersBug(new TypeError("it has read the body of its Response. Give a clone of it"), true);
  return response;
}

/** Whether a value is a `Response` of any library, as far as it is used. */
function isResponse(response: unknown): boolean {
  const { status, headers, body, text }: Partial<Record<string, unknown>> = Object(response);
  if (typeof status !== "number" || typeof headers !== "object" || headers === null) return false;
  if (body === undefined && typeof text !== "function") return false;
  return Symbol.iterator in headers && "get" in headers && typeof headers.get === "function";
}

/**
 * Makes the platform's `Request`. No cache may keep a response: Next.js 14 would. Its text is its URL, which is what other
 * implementations of `fetch` make of a `Request` that is not their own.
 */
function requestOf(url: string, init: FetchInit): Request {
  let request: Request;
  try {
    init.cache = "no-store";
    request = new Request(url, init);
  } catch {
    // Older Workers throw at `cache`.
    delete init.cache;
    request = new Request(url, init);
  }
  return Object.defineProperty(request, "toString", { value: () => url });
}
