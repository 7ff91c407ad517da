import { expect } from "vitest";
import type { Emulator } from "../../../src/emulator/emulator.ts";

/** Where the emulator is called. */
export const origin = "http://localhost:4300";

interface Call {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly key?: string;
}

/** Calls the control API, as another process would. */
export async function call(emulator: Emulator, route: string, { body, headers = {}, key }: Call = {}) {
  const [method, path = ""] = route.split(" ");
  const all = new Headers(headers);
  if (key !== undefined) all.set("authorization", `Basic ${btoa(`${key}:`)}`);
  if (body !== undefined && !all.has("content-type")) all.set("content-type", "application/json");
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await emulator.fetch(new URL(path, origin), { method, headers: all, body: text });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer === "" ? undefined : JSON.parse(answer) };
}

/** An answer that is not a success. */
export function refusal(status: number, code: string, words: string | RegExp) {
  const errorDescription = typeof words === "string" ? words : expect.stringMatching(words);
  return { status, body: { error: code, errorCode: code, errorDescription } };
}

export const invalid = (words: string | RegExp) => refusal(400, "invalid_request", words);
/** A success without a body. */
export const done = { status: 204, body: undefined };
