import { parseUrl } from "../platform/parse-url.ts";
import { refuse } from "./error.ts";
import { isJsonObject } from "./fields.ts";
import { type Phone, parsePhone } from "./phone.ts";
import type { ActivityRequest, AuditedRequest, Logo } from "./types.ts";

/** The longest text of an approval request, and the longest name or value of a detail, in characters. */
const LONGEST_TEXT = 200;

// Objects instead of lists, so that the compiler names a value of the spec that is missing here.
const RESOLUTIONS = { default: 1, low: 1, med: 1, high: 1 } satisfies Record<Logo["res"], 1>;
const ACTIVITIES = { password_reset: 1, banned: 1, unbanned: 1, cookie_login: 1 } satisfies Record<
  ActivityRequest["type"],
  1
>;

/** The default calling code of a new user's number, as in the classic clients. */
export const DEFAULT_COUNTRY = 1;

/** Returns the request if it is an object. @throws AuthyError `invalid_argument` otherwise, as all functions of this file. */
export function requestObject<Request>(request: Request): Request {
  return isJsonObject(request) ? request : refuse("The request must be an object with named fields");
}

/** Returns Authy's id of a user, as digits. */
export function authyIdOf(value: unknown): string {
  return idOf(value, "The Authy id");
}

/** Returns Authy's id of a device, as digits. */
export function deviceIdOf(value: unknown): string {
  return idOf(value, "deviceId");
}

function idOf(value: unknown, name: string): string {
  const id = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof id === "string" && /^\d+$/.test(id) && !/^0+$/.test(id)) return id;
  return refuse(`${name} must be a whole number from 1, as a number or as digits`);
}

/** Checks a code of the Authy app or of a text message. */
export function tokenOf(value: unknown): string {
  return digits(value, "token", 6, 12);
}

/** Checks a code of a phone verification. */
export function verificationCodeOf(value: unknown, name: string): string {
  return digits(value, name, 4, 10);
}

function digits(value: unknown, name: string, least: number, most: number): string {
  if (typeof value === "number") refuse(`${name} must be a string: a number would lose leading zeros`);
  if (typeof value === "string" && new RegExp(`^\\d{${least},${most}}$`).test(value)) return value;
  return refuse(`${name} must be a string of ${least} to ${most} digits`);
}

/** Parses a phone number. The country is taken from the number, else from `countryCode`, else it is the fallback. */
export function phoneOf(number: unknown, countryCode: unknown, fallback?: number): Phone {
  const isInternational = typeof number === "string" && /^\s*(\+|00)/.test(number);
  const phone = parsePhone(number, countryCode ?? (isInternational ? undefined : fallback));
  if (typeof phone !== "string") return phone;
  return refuse(`${phone[0]?.toUpperCase()}${phone.slice(1)}. Write it like +1 415-555-0137`);
}

/** Returns a flag or its default. Texts such as `"false"` are invalid: the service could read them either way. */
export function flagOf<Default>(value: unknown, name: string, fallback: Default): boolean | Default {
  if (value === undefined || value === null) return fallback;
  return typeof value === "boolean" ? value : refuse(`${name} must be true or false`);
}

/** Returns a text that may be left out. */
export function optionalTextOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : refuse(`${name} must be a text`);
}

/** Returns a required text. */
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

/** Checks the text of an approval request. A text that is too long is not cut: a user must not approve half a sentence. */
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

/** Returns the query of a call that may name the IP address of the user behind it. */
export function auditQuery(request: AuditedRequest): { user_ip?: string | undefined } {
  return { user_ip: optionalTextOf(requestObject(request).userIp, "userIp") };
}

/** Counts code points, as the classic clients do. */
function lengthOf(text: string): number {
  return [...text].length;
}
