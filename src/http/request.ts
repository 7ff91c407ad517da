/** A JSON body, kept beside its text so that nobody parses it again. */
export class JsonBody {
  constructor(
    readonly value: unknown,
    readonly text: string,
  ) {}
}

/**
 * Stands in for the platform's `Request` under openapi-fetch, at a twentieth of its cost.
 * A transport that needs a real one makes it from these parts.
 */
export class LightRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly signal: AbortSignal | undefined;
  readonly payload: JsonBody | undefined;

  constructor(url: string, init: { method: string; headers: Headers; body?: unknown; signal?: AbortSignal | null }) {
    this.url = url;
    this.method = init.method;
    this.headers = init.headers;
    this.signal = init.signal ?? undefined;
    this.payload = init.body instanceof JsonBody ? init.body : undefined;
  }
}
