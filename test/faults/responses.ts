import type { Step } from "./script.ts";

/** The bytes of a response with a `content-length`. */
export function response(status: number | string, body: string | Uint8Array, ...headers: string[]): Uint8Array {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(head(status, `content-length: ${bytes.length}`, ...headers), "latin1"), bytes]);
}

/** The bytes of a JSON response. */
export function json(status: number | string, value: unknown, ...headers: string[]): Uint8Array {
  return response(status, JSON.stringify(value), "content-type: application/json", ...headers);
}

const MEGABYTE = Buffer.alloc(1024 * 1024, "x");

/** The steps of a response whose body has so many MB of letters between `beginning` and `end`. */
export function large(status: number, megabytes: number, beginning = "", end = ""): Step[] {
  const length = megabytes * MEGABYTE.length + Buffer.byteLength(beginning + end);
  return [head(status, `content-length: ${length}`), beginning, { flood: MEGABYTE, times: megabytes }, end];
}

/** The response of the server without a fault. */
export function goodResponse(value: object): Uint8Array {
  return json("200 OK", value);
}

/** The status line and the headers, with the empty line that ends them. */
export function head(status: number | string, ...headers: string[]): string {
  return [statusLine(status), ...headers, "", ""].join("\r\n");
}

/** The status line without its end. */
export function statusLine(status: number | string): string {
  return `HTTP/1.1 ${typeof status === "number" ? `${status} Status` : status}`;
}

/** A chunked body without its end, which is `LAST_CHUNK`. */
export function chunks(...texts: string[]): string {
  return texts.map((text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`).join("");
}

export const CHUNKED = "transfer-encoding: chunked";
export const LAST_CHUNK = "0\r\n\r\n";
