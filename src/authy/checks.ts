import { parseUrl } from "../platform/parse-url.ts";
import { refuse } from "./error.ts";
import { isJsonObject } from "./fields.ts";
import { type Phone, parsePhone } from "./phone.ts";
import type { ActivityRequest, AuditedRequest, Logo } from "./types.ts";

/** The longest text that a user is shown with an approval request, and the longest name or value of a detail. */
const LONGEST_TEXT = 200;

// The keys are what counts: so the compiler names a value that the spec gets and these do not.
const RESOLUTIONS = { default: 1, low: 1, med: 1, high: 1 } satisfies Record<Logo["res"], 1>;
const ACTIVITIES = { password_reset: 1, banned: 1, unbanned: 1, cookie_login: 1 } satisfies Record<
  ActivityRequest["type"],
  1
>;

/** The calling code of a new user's number that is assumed where none is given, as the classic clients do. */
export const DEFAULT_COUNTRY = 1;

/** The request itself, if it is one. */
export function given<Request>(request: Request): Request {
  return isJsonObject(request) ? request : refuse("The request must be an object with named fields");
}

/** Authy's id of a user, as it travels. */
export function authyIdOf(value: unknown): string {
  return idOf(value, "The Authy id");
}

/** Authy's id of a device, as it travels. */
export function deviceIdOf(value: unknown): string {
  return idOf(value, "deviceId");
}

function idOf(value: unknown, name: string): string {
  const id = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof id === "string" && /^\d+$/.test(id) && !/^0+$/.test(id)) return id;
  return refuse(`${name} must be a whole number from 1, as a number or as digits`);
}

/** A code of the Authy app or of a text message. */
export function tokenOf(value: unknown): string {
  return digits(value, "token", 6, 12);
}

/** A code of a phone verification. */
export function verificationCodeOf(value: unknown, name: string): string {
  return digits(value, name, 4, 10);
}

function digits(value: unknown, name: string, least: number, most: number): string {
  if (typeof value === "number") refuse(`${name} must be a string: a number would lose leading zeros`);
  if (typeof value === "string" && new RegExp(`^\\d{${least},${most}}$`).test(value)) return value;
  return refuse(`${name} must be a string of ${least} to ${most} digits`);
}

/** A phone number that can exist. Its country is in the number, beside it, or the one to assume. */
export function phoneOf(number: unknown, countryCode: unknown, fallback?: number): Phone {
  const isInternational = typeof number === "string" && /^\s*(\+|00)/.test(number);
  const phone = parsePhone(number, countryCode ?? (isInternational ? undefined : fallback));
  if (typeof phone !== "string") return phone;
  return refuse(`${phone[0]?.toUpperCase()}${phone.slice(1)}. Write it like +1 415-555-0137`);
}

/** A flag that may be left out. What is no flag is refused: the service could read it either way. */
export function flagOf<Default>(value: unknown, name: string, fallback: Default): boolean | Default {
  if (value === undefined || value === null) return fallback;
  return typeof value === "boolean" ? value : refuse(`${name} must be true or false`);
}

/** A text that may be left out. */
export function optionalTextOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : refuse(`${name} must be a text`);
}

/** A text that must be there. */
export function textOf(value: unknown, name: string): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  return refuse(`${name} must be a text that is not empty`);
}

export function emailOf(value: unknown): string {
  const email = typeof value === "string" ? value.trim() : "";
  return /^[^\s@]+@[^\s@]+$/.test(email) ? email : refuse("email must be an e-mail address");
}

export function checkActivity({ type, data }: ActivityRequest): void {
  checkOneOf(type, "type", ACTIVITIES);
  if (data !== undefined && !isJsonObject(data)) refuse("data must be an object");
}

function checkOneOf(value: unknown, name: string, all: object): void {
  if (typeof value === "string" && Object.hasOwn(all, value)) return;
  refuse(`${name} must be one of ${Object.keys(all).join(", ")}`);
}

export function checkChannel(via: unknown): void {
  if (via !== undefined && via !== null && via !== "sms" && via !== "call") refuse('via must be "sms" or "call"');
}

export function checkWhole(value: unknown, name: string, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined || value === null) return;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return;
  refuse(`${name} must be a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""}`);
}

/** The text of an approval request. It is refused rather than cut: a user must not approve half a sentence. */
export function checkMessage(value: unknown): void {
  if (lengthOf(textOf(value, "message")) > LONGEST_TEXT) refuse(`message must have at most ${LONGEST_TEXT} characters`);
}

export function checkDetails(details: unknown, name: string): void {
  if (details === undefined || details === null) return;
  if (!isJsonObject(details)) refuse(`${name} must be an object of texts`);
  for (const [key, value] of Object.entries(details)) {
    if (typeof value !== "string") refuse(`${name}[${JSON.stringify(key)}] must be a string`);
    else if (lengthOf(key) > LONGEST_TEXT || lengthOf(value) > LONGEST_TEXT)
      refuse(`The names and values of ${name} must have at most ${LONGEST_TEXT} characters`);
  }
}

export function checkLogos(logos: unknown): void {
  if (logos === undefined || logos === null) return;
  if (!Array.isArray(logos)) refuse("logos must be a list");
  logos.forEach((logo: unknown, index) => {
    const { res, url, ...others } = isJsonObject(logo) ? logo : {};
    if (Object.keys(others).length > 0) refuse(`logos[${index}] may have res and url only`);
    checkOneOf(res, `logos[${index}].res`, RESOLUTIONS);
    if (typeof url !== "string" || !parseUrl(url)) refuse(`logos[${index}].url must be a URL`);
  });
}

/** The query of a call that may say on whose behalf it is made. */
export function audited(request: AuditedRequest): { user_ip?: string | undefined } {
  return { user_ip: optionalTextOf(given(request).userIp, "userIp") };
}

/** In characters, as people count them, and the classic clients do. */
function lengthOf(text: string): number {
  return [...text].length;
}
