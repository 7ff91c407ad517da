import type { BufferedResponse } from "../http/response.ts";
import { printable } from "../platform/printable.ts";

/** The status, the headers and the id of a response. */
export interface ResponseInfo {
  /** HTTP status. */
  readonly statusCode: number;
  /** Headers, as they were received. */
  readonly headers: Headers;
  /** The id that the service gave the request, for its support team. */
  readonly requestId: string | undefined;
  /** How often the request was sent: 1 without a retry. */
  readonly attempts: number;
}

/** The value of a call with its response. */
export interface WithResponse<Value> {
  /** The value that the call returned. */
  readonly data: Value;
  /** The response; of several calls, that of the last one. */
  readonly response: ResponseInfo;
}

/** Returns the parts of a response that callers may see. */
export function responseInfo(response: BufferedResponse): ResponseInfo {
  const { status: statusCode, requestId, attempts } = response;
  const headers = new Headers([...response.headers]);
  return { statusCode, headers, requestId: requestId && printable(requestId), attempts };
}
