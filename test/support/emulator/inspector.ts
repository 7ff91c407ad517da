import { type HTMLElement, parse } from "node-html-parser";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { clientOf } from "./emulator.ts";

const HTML = { accept: "text/html" };

/** Parses a page of the inspector, as a user without JavaScript sees it. */
export function pageOf(status: number, text: string) {
  const document = parse(text);
  const part = (id: string) => document.querySelector(`#${id}`) ?? parse("");
  return {
    status,
    text,
    document,
    part,
    /** The text of a panel, in one line. */
    texts: (id: string) => textOf(part(id)),
    problem: document.querySelector("[role=alert]")?.text,
  };
}

/** Returns the text of an element, in one line. */
export function textOf(element: HTMLElement): string {
  return parse(element.innerHTML.replaceAll(/<[^>]*>/g, " "))
    .text.replaceAll(/\s+/g, " ")
    .trim();
}

/** Starts an emulator, with functions that use its inspector, and a client. */
export function inspect(options: EmulatorOptions = {}) {
  const emulator = createEmulator(options);
  const base = new URL(emulator.origin);
  const at = (path: string) => new URL(path, base);
  const open = async (path = `${base.pathname.replace(/\/$/, "")}/`, headers: Record<string, string> = {}) => {
    const response = await emulator.fetch(at(path), { headers: { ...HTML, ...headers } });
    return pageOf(response.status, await response.text());
  };
  /** Sends the form of a selector with some changed fields, and returns the page that follows. */
  const submit = async (selector: string, fields: Record<string, string> = {}, path?: string) => {
    const { document } = await open(path);
    const form = document.querySelector(selector);
    if (!form) throw new Error(`There is no ${selector}`);
    return send(form.getAttribute("action") ?? "", { ...valuesOf(form), ...fields });
  };
  /** Posts a form as a browser does, and follows the redirect. */
  const send = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const body = new URLSearchParams(fields);
    const response = await emulator.fetch(at(path), { method: "POST", body, headers: { ...HTML, ...headers } });
    const location = response.headers.get("location");
    if (response.status === 303 && location !== null) return { ...(await open(location)), location };
    return { ...pageOf(response.status, await response.text()), location: undefined };
  };
  return {
    emulator,
    authsignal: clientOf(emulator),
    enroll: (userId: string) => enroll(emulator, userId),
    open,
    submit,
    send,
    at,
  };
}

/** Returns the initial values of a form. */
function valuesOf(form: HTMLElement): Record<string, string> {
  const inputs = form
    .querySelectorAll("input")
    .map((one) => [one.getAttribute("name"), one.getAttribute("value") ?? ""]);
  const choices = form.querySelectorAll("select").map((one) => {
    const option = one.querySelector("option");
    return [one.getAttribute("name"), option?.getAttribute("value") ?? option?.text ?? ""];
  });
  return Object.fromEntries([...inputs, ...choices]);
}

function enroll(emulator: Emulator, userId: string) {
  const attributes = { verificationMethod: "SMS", phoneNumber: "+64270000000" } as const;
  return clientOf(emulator).enrollVerifiedAuthenticator({ userId, attributes });
}

/** Enrolls a user with SMS, and tracks an action that waits for a challenge. */
export async function trackWaiting(emulator: Emulator, userId = "jo") {
  emulator.rules.set("withdraw", "CHALLENGE");
  await enroll(emulator, userId);
  return clientOf(emulator).track({
    userId,
    action: "withdraw",
    attributes: { redirectUrl: "http://localhost:3000/" },
  });
}
