import { parse } from "node-html-parser";
import { createEmulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import type { TrackAttributes } from "../../../src/index.ts";
import { action, clientOf, userId } from "./emulator.ts";

export const redirectUrl = "http://localhost:3000/callback?order=1";
/** An action without a rule, which is allowed. */
export const allowed = "signUp";

export interface Tracked {
  user?: string;
  action?: string;
  attributes?: Partial<TrackAttributes>;
}

/** Starts an emulator, with functions that use its pages. */
export function startPages(options: EmulatorOptions = {}) {
  const emulator = createEmulator(options);
  const authsignal = clientOf(emulator);
  emulator.rules.set(action, "CHALLENGE");

  /** Tracks an action, by default an allowed one. */
  const track = ({ user = userId, action = allowed, attributes }: Tracked = {}) =>
    authsignal.track({ userId: user, action, attributes: { redirectUrl, ...attributes } });
  const visit = async (tracked: Tracked = {}, added = "") => emulator.visit((await track(tracked)).url + added);
  const send = (address: string, init?: RequestInit) =>
    emulator.fetch(new URL(address, emulator.origin), { ...init, redirect: "manual" });
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    send(`${emulator.origin}/challenge${path}`, { method: "POST", body: new URLSearchParams(fields), headers });
  const stateOf = async ({ idempotencyKey }: { idempotencyKey: string }, code = allowed) =>
    (await authsignal.getAction({ userId, action: code, idempotencyKey })).state;
  const methods = async (user = userId) =>
    (await authsignal.getAuthenticators({ userId: user })).map(({ verificationMethod }) => verificationMethod);
  return { emulator, authsignal, track, visit, send, post, stateOf, methods };
}

/** Reads the texts and attributes of a page. */
export async function read(response: Response) {
  const text = await response.text();
  const document = parse(text);
  const main = document.querySelector("main");
  return {
    status: response.status,
    text,
    document,
    heading: document.querySelector("h1")?.text,
    problem: document.querySelector("[role=alert]")?.text,
    screen: main?.getAttribute("data-screen"),
    token: main?.getAttribute("data-token"),
    about: main?.attributes ?? {},
    back: document.querySelector("[data-link=back]")?.getAttribute("href"),
  };
}
