import { Blob } from "node:buffer";
import { ReadableStream } from "node:stream/web";
import { type Body, bodyFrom } from "./request-body.ts";

/** A function of the type of the global `fetch`. */
export type Fetch = (input: Request | URL | string, init?: RequestInit) => Promise<Response>;

/** The parts of a request, and how its body is read. */
export interface RequestParts {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  /** The body; undefined when there is none. */
  readonly body?: Body | undefined;
}

/**
 * A request to the emulator. It does not inherit from the global `Request`, which test environments such as
 * happy-dom and jsdom replace by one of their own.
 */
export class RequestData implements Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  readonly cache = "default";
  readonly credentials = "same-origin";
  readonly destination = "";
  readonly duplex = "half";
  readonly integrity = "";
  readonly keepalive = false;
  readonly mode = "cors";
  readonly redirect = "follow";
  readonly referrer = "about:client";
  readonly referrerPolicy = "";
  readonly #body: Body | undefined;
  #stream: ReadableStream<Uint8Array> | undefined;
  #isRead = false;

  constructor({ url, method, headers, signal, body }: RequestParts) {
    this.url = url;
    this.method = method;
    this.headers = headers;
    this.signal = signal;
    this.#body = body;
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (!this.#body) return null;
    if (!this.#stream) {
      this.#stream = ReadableStream.from(this.#body.chunks());
      this.#isRead = true;
    }
    return this.#stream;
  }

  get bodyUsed(): boolean {
    return this.#isRead;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (!this.#body) return new ArrayBuffer(0);
    if (this.#isRead) throw new TypeError("The body of the request was read before");
    this.#isRead = true;
    return this.#body.whole();
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.arrayBuffer());
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.arrayBuffer()], { type: this.headers.get("content-type") ?? "" });
  }

  async formData(): Promise<FormData> {
    const { headers } = this;
    return new Response(await this.arrayBuffer(), { headers }).formData();
  }

  /** @throws TypeError always: the emulator reads each request once. */
  clone(): Request {
    throw new TypeError("A request of the emulator cannot be cloned: clone the one that was passed to it");
  }
}

const METHOD = /^[\w!#$%&'*+.^`|~-]+$/;
const FORBIDDEN_METHODS = /^(CONNECT|TRACE|TRACK)$/i;
const NORMALIZED_METHODS = /^(DELETE|GET|HEAD|OPTIONS|POST|PUT)$/i;

/**
 * Reads the arguments of a call of `fetch`: the fields of `init`, and for those that are left out, the fields of the request.
 * The request may be of another realm, a polyfill or a test environment.
 * @throws TypeError when they are no request, as `fetch` does.
 */
export function toRequestData(input: Request | URL | string, init: RequestInit = {}): RequestData {
  const given = typeof input === "object" && "url" in input ? input : undefined;
  if (given instanceof RequestData && Object.keys(init).length === 0) return given;
  const { href, username, password } = new URL(given ? given.url : String(input));
  if (username !== "" || password !== "") {
    throw new TypeError("The address of a request must not hold a user or a password: pass them in a header");
  }
  const method = methodFrom(init.method ?? given?.method ?? "GET");
  const { body, type } = bodyFrom(init.body ?? undefined, given);
  if (body && /^(GET|HEAD)$/.test(method) && init.body) throw new TypeError(`A request with ${method} has no body`);
  const headers = headersFrom(init.headers ?? given?.headers ?? {});
  if (type !== undefined && !headers.has("content-type")) headers.set("content-type", type);
  const signal = init.signal ?? given?.signal ?? new AbortController().signal;
  return new RequestData({ url: href, method, headers, signal, body });
}

/** A copy of headers, which can be changed. */
function headersFrom(given: NonNullable<RequestInit["headers"]>): Headers {
  const headers = new Headers();
  const entries = Symbol.iterator in given ? given : Object.entries(given);
  for (const [name = "", value = ""] of entries) headers.append(name, `${value}`);
  return headers;
}

function methodFrom(method: string): string {
  if (!METHOD.test(method) || FORBIDDEN_METHODS.test(method)) {
    throw new TypeError(`${method} is not a method that a request can have`);
  }
  return NORMALIZED_METHODS.test(method) ? method.toUpperCase() : method;
}
