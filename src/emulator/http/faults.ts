import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../state/rows.ts";
import { HttpError } from "./errors.ts";

/** The connection shall end without an answer. Whoever holds the connection catches it. */
export class ConnectionReset extends TypeError {
  constructor() {
    super("fetch failed", {
      cause: Object.assign(new Error("The emulator was told to reset the connection"), { code: "ECONNRESET" }),
    });
  }
}

/** Whether the call is carried out although it fails. */
export function isProcessed({ processed, connection }: Fault): boolean {
  return processed ?? (connection === "cut" || connection === "empty");
}

/**
 * Waits as long as a fault says.
 * @param signal Tells when whoever asked is gone.
 * @throws ConnectionReset when they are.
 */
export async function delay({ latency = 0 }: Fault, signal: AbortSignal): Promise<void> {
  if (latency === 0) return;
  await sleep(latency, undefined, { signal }).catch(() => {
    throw new ConnectionReset();
  });
}

/** Whether a fault changes the answer, and not only its time. */
export function changesResponse({ status, body, headers, retryAfter, connection }: Fault): boolean {
  return [status, body, headers, retryAfter, connection].some((one) => one !== undefined);
}

/**
 * What to send in the place of an answer.
 * @param answer The answer that the call would have had.
 * @throws ConnectionReset
 */
export function faultyResponse(fault: Fault, answer: Response | undefined): Response {
  const headers = new Headers(fault.headers);
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  if (fault.retryAfter !== undefined) headers.set("retry-after", `${fault.retryAfter}`);
  const status = fault.status ?? (fault.retryAfter === undefined ? (answer?.status ?? 500) : 429);
  switch (fault.connection) {
    case "reset":
      throw new ConnectionReset();
    case "empty":
      return new Response(null, { status, headers });
    case "cut":
      headers.set("content-length", "1000");
      return new Response(cutBody(), { status: fault.status ?? (BODILESS.includes(status) ? 200 : status), headers });
    default:
      return new Response(BODILESS.includes(status) ? null : bodyOf(fault, status), { status, headers });
  }
}

/** @throws TypeError when a fault asks for what no answer can have, such as a broken header. */
export function validateFault(fault: Fault): void {
  try {
    faultyResponse(fault, undefined);
  } catch (error) {
    if (error instanceof ConnectionReset) return;
    throw Object(error).name === "RangeError" ? new TypeError(Object(error).message) : error;
  }
}

const BODILESS = [204, 205, 304];

/** The codes of the API by status. */
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

/** A body that ends before its end. */
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
