import type { ApiError } from "../errors.ts";
import type { Body } from "./body.ts";
import { parseJson } from "./json.ts";

/**
 * A whole answer, headers and body. It stands in for the platform's `Response`, whose streams cost more than the call;
 * the rarely used ways to read a body are left to a real one.
 */
export class BufferedResponse implements Response {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string;
  readonly redirected = false;
  readonly type: Response["type"];
  /** Why the body is not whole; undefined when it is. */
  readonly problem: string | undefined;
  readonly #text: string;
  #parsed: { json: unknown } | undefined;
  #platform: Response | undefined;

  /** Set by the road when this is no success: the error that the facade throws. */
  failure: ApiError | undefined;
  /** Set by the road: how many attempts it took. */
  attempts = 0;

  constructor(url: string, { status, statusText, headers, type }: ResponseHead, { text, problem }: Body) {
    this.url = url;
    this.status = status;
    this.statusText = statusText;
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

  /** The body as JSON whatever its content type says; undefined when it is none. */
  get value(): unknown {
    this.#parsed ??= { json: parseJson(this.#text) };
    return this.#parsed.json;
  }

  async text(): Promise<string> {
    return this.#text;
  }

  json(): Promise<unknown> {
    return this.value === undefined ? this.#real().json() : Promise.resolve(this.value);
  }

  get body(): Response["body"] {
    return this.#real().body;
  }

  get bodyUsed(): boolean {
    return this.#platform?.bodyUsed ?? false;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#real().arrayBuffer();
  }

  blob(): Promise<Blob> {
    return this.#real().blob();
  }

  formData(): Promise<FormData> {
    return this.#real().formData();
  }

  clone(): Response {
    return this.#real().clone();
  }

  /**
   * Makes the platform's `Response`, whose text and JSON can be read again. One that is no success has a JSON object as its
   * body even where the service sent none, so that the `error` of the typed client is always there.
   * @throws The failure of the call, where the platform has no response of such a status or with such headers.
   */
  toPlatform(): Response {
    const { failure } = this;
    const hasOwnError = !failure || (typeof this.value === "object" && this.value !== null);
    const { errorCode, errorDescription } = failure ?? {};
    const text = hasOwnError ? this.#text : JSON.stringify({ errorCode, errorDescription });
    let response: Response;
    try {
      const headers = withoutLength(this.headers);
      if (!hasOwnError) headers.set("content-type", "application/json");
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

  #real(): Response {
    const { status, statusText, headers } = this;
    this.#platform ??= new Response(this.isEmpty ? null : this.#text, { status, statusText, headers });
    return this.#platform;
  }
}

/** Returns a reason phrase (RFC 9112, section 4) as the platform takes it; an empty one where it holds anything else. */
function reasonPhrase(text: string): string {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? text : "";
}

/** Returns a copy of headers without a length: that of a body which was inflated or replaced would be wrong. */
function withoutLength(headers: Headers): Headers {
  const copy = new Headers([...headers]);
  copy.delete("content-length");
  return copy;
}

export type ResponseHead = Pick<Response, "status" | "statusText" | "headers" | "type">;
