import type { ApiError } from "../errors.ts";
import { parseJson } from "./json.ts";

/** The largest body that is read, in bytes. */
const LARGEST_BODY = 8 * 1024 * 1024;

/** A body as far as it could be read, and what kept the rest away. */
export interface Body {
  readonly text: string;
  readonly problem?: string;
}

/**
 * A whole answer, headers and body. It stands in for the platform's `Response`, whose streams cost more than the call;
 * the rarely used ways to read a body are left to a real one.
 */
export class Answer implements Response {
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
    this.headers = headers;
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

  #real(): Response {
    const { status, statusText, headers } = this;
    this.#platform ??= new Response(this.isEmpty ? null : this.#text, { status, statusText, headers });
    return this.#platform;
  }
}

export type ResponseHead = Pick<Response, "status" | "statusText" | "headers" | "type">;

/** Gathers the bytes of a body, however small its chunks are, and holds no more than the limit. */
export class BodyReader {
  #bytes: Uint8Array = new Uint8Array();
  #length = 0;

  /** A body that is announced as too large counts as full from its start. */
  constructor(contentLength: string | null | undefined) {
    if (Number(contentLength) > LARGEST_BODY) this.#length = LARGEST_BODY;
  }

  /** Takes a chunk; false when the body is larger than what is read. */
  add(chunk: Uint8Array): boolean {
    const start = this.#length;
    this.#length += chunk.byteLength;
    if (this.#length > LARGEST_BODY) return false;
    if (start === 0) {
      this.#bytes = chunk;
      return true;
    }
    if (this.#length > this.#bytes.byteLength) {
      const smaller = this.#bytes;
      this.#bytes = new Uint8Array(Math.min(16 * this.#length, LARGEST_BODY));
      this.#bytes.set(smaller);
    }
    this.#bytes.set(chunk, start);
    return true;
  }

  /** The body, of which the sender says whether it ends here. */
  end(isWhole: boolean): Body {
    if (this.#length > LARGEST_BODY) return { text: "", problem: "is larger than 8 MB" };
    if (!isWhole) return { text: this.#decode(), problem: "broke off" };
    try {
      return { text: this.#decode(true) };
    } catch {
      return { text: this.#decode(), problem: "is not UTF-8" };
    }
  }

  /** Reads UTF-8. If it is `fatal`, other bytes throw; else they become U+FFFD. */
  #decode(fatal = false): string {
    return new TextDecoder("utf-8", { fatal }).decode(this.#bytes.subarray(0, this.#length));
  }
}

/** Reads the body of a platform's `Response` to its end. */
export async function readWhole(response: Response, url: string): Promise<Answer> {
  return new Answer(url, response, await readBody(response));
}

async function readBody({ body, headers }: Response): Promise<Body> {
  const text = new BodyReader(headers.get("content-length"));
  const reader = body?.getReader();
  try {
    for (let part = await reader?.read(); part?.value && text.add(part.value); ) part = await reader?.read();
    reader?.cancel().catch(() => {});
    return text.end(true);
  } catch {
    return text.end(false);
  }
}
