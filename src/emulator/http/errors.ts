/** An error that is sent as a response: a status, a code and a message. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  /** How long to wait before a retry, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, description: string, retryAfter?: number) {
    super(description);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** The text for the request log, which may say more than the response. */
  get note(): string {
    return this.message;
  }

  /** The body, with the code in both fields that clients read. */
  get body(): { error: string; errorCode: string; errorDescription: string } {
    return { error: this.code, errorCode: this.code, errorDescription: this.message };
  }

  /** The headers, without the content type. */
  get headers(): Record<string, string> {
    return this.retryAfter === undefined ? {} : { "retry-after": `${Math.ceil(this.retryAfter / 1_000)}` };
  }
}

/** Creates the response of an error. */
export function toResponse({ body, status, headers }: HttpError): Response {
  return Response.json(body, { status, headers });
}

export const invalidRequest = (description: string): HttpError => new HttpError(400, "invalid_request", description);

/** Checks that fields of a body are not empty texts. @throws HttpError with 400 that names an empty field. */
export function requireFilled(fields: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === "") throw invalidRequest(`body.${name} must not be empty`);
  }
}

export const notFound = (description: string): HttpError => new HttpError(404, "not_found", description);

export const forbidden = (description: string): HttpError => new HttpError(403, "forbidden", description);

export const conflict = (description: string): HttpError => new HttpError(409, "conflict", description);

/** The error of a key that is not a key of the emulator, with the message of the real service. */
class WrongKey extends HttpError {
  constructor() {
    super(
      401,
      "unauthorized",
      "The request is unauthorized. Check that your API key and region base URL are correctly configured.",
    );
  }

  override get note(): string {
    return "The key is not one of the emulator's: those begin with sk_emulator_.";
  }
}

export const wrongKey = (): HttpError => new WrongKey();

export const unauthorized = (description: string): HttpError => new HttpError(401, "unauthorized", description);

/** @param wait How long to wait, in milliseconds. */
export const tooManyRequests = (description: string, wait?: number): HttpError =>
  new HttpError(429, "too_many_requests", description, wait);

/** Log line for an error that is no response to the request, but a bug. */
export const DEFECT_MESSAGE = "authsignal-emulator: a defect of the emulator, or of a function that was given to it.";
