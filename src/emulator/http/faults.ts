import { setTimeout as sleep } from "node:timers/promises";
import { fieldOf } from "../../platform/fields.ts";
import type { Fault } from "../state/rows.ts";
import { HttpError } from "./errors.ts";

/** The error that ends a connection without a response. The server that holds the connection catches it. */
export class ConnectionReset extends TypeError {
  constructor() {
    super("fetch failed", {
      cause: Object.assign(new Error("The emulator was told to reset the connection"), { code: "ECONNRESET" }),
    });
  }
}

/** Whether the operation is carried out although its response is replaced. */
export function isProcessed({ processed, connection }: Fault): boolean {
  return processed ?? (connection === "cut" || connection === "empty");
}

/**
 * Waits for the latency of a fault.
 * @param signal Aborts when the caller has disconnected.
 * @throws ConnectionReset when the signal aborts.
 */
export async function delay({ latency = 0 }: Fault, signal: AbortSignal): Promise<void> {
  if (latency === 0) return;
  await sleep(latency, undefined, { signal }).catch(() => {
    throw new ConnectionReset();
  });
}

/** Whether a fault changes the response, and does not only delay it. */
export function changesResponse({ status, body, headers, retryAfter, connection }: Fault): boolean {
  return [status, body, headers, retryAfter, connection].some((one) => one !== undefined);
}

/**
 * Creates the response of a call that a fault changes.
 * @param response The response without the fault; undefined when the operation was not carried out.
 * @throws ConnectionReset when the fault ends the connection.
 */
export function faultyResponse(fault: Fault, response: Response | undefined): Response {
  const headers = new Headers(fault.headers);
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  if (fault.retryAfter !== undefined) headers.set("retry-after", `${fault.retryAfter}`);
  const defaultStatus = fault.retryAfter === undefined ? (response?.status ?? 500) : 429;
  const { status = defaultStatus } = fault;
  switch (fault.connection) {
    case "reset":
      throw new ConnectionReset();
    case "empty":
      return new Response(null, { status, headers });
    case "cut":
      // The length is greater than that of the body, so that clients notice the missing rest.
      headers.set("content-length", "1000");
      return new Response(cutBody(), { status: fault.status ?? (NO_BODY.includes(status) ? 200 : status), headers });
    default:
      return new Response(NO_BODY.includes(status) ? null : bodyOf(fault, status), { status, headers });
  }
}

/** Checks a fault. @throws TypeError when it describes an impossible response, such as a response with a malformed header. */
export function validateFault(fault: Fault): void {
  try {
    faultyResponse(fault, undefined);
  } catch (error) {
    if (error instanceof ConnectionReset) return;
    // `Response` throws a RangeError for a status out of range. Its class may be another realm's.
    if (fieldOf(error, "name") === "RangeError") throw new TypeError(`${fieldOf(error, "message")}`);
    throw error;
  }
}

/** The statuses with which `Response` accepts no body. */
const NO_BODY = [204, 205, 304];

/** The error codes of the API, by status. */
const CODES: Readonly<Record<number, string>> = {
  400: "invalid_request",
  401: "unauthorized",
  404: "not_found",
  409: "conflict",
  429: "too_many_requests",
};

function bodyOf({ body }: Fault, status: number): string {
  if (typeof body === "string") return body;
  if (body !== undefined) return JSON.stringify(body);
  const code = CODES[status];
  if (code === undefined) return JSON.stringify({ message: "The emulator was told to fail" });
  return JSON.stringify(new HttpError(status, code, "The emulator was told to fail").body);
}

/** Creates a body that fails after its beginning. */
function cutBody(): ReadableStream<Uint8Array> {
  let isStarted = false;
  return new ReadableStream({
    pull(controller) {
      if (isStarted) controller.error(new ConnectionReset());
      else controller.enqueue(new TextEncoder().encode('{"state":"CHALLENGE_REQ'));
      isStarted = true;
    },
  });
}
