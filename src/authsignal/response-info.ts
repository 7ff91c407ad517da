import type { BufferedResponse } from "../http/response.ts";
import { printable } from "../platform/printable.ts";

/** What is known of a response beside its value. */
export interface ResponseInfo {
  /** HTTP status. */
  readonly statusCode: number;
  /** Headers, as they were received. */
  readonly headers: Headers;
  /** The service's own name of the request, for its support team. */
  readonly requestId: string | undefined;
  /** How often the request was sent: 1 without a retry. */
  readonly attempts: number;
}

/** The value of a call with its response. */
export interface WithResponse<Value> {
  /** What the call gave. */
  readonly data: Value;
  /** The response; of several calls, that of the last one. */
  readonly response: ResponseInfo;
}

/** Reads what callers may know of a response. */
export function responseInfo(response: BufferedResponse): ResponseInfo {
  const { status: statusCode, requestId, attempts } = response;
  const headers = new Headers([...response.headers]);
  return { statusCode, headers, requestId: requestId && printable(requestId), attempts };
}
