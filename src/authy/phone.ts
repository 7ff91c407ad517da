import { type PhoneNumber, parsePhoneNumberFromString } from "libphonenumber-js/min";

/** A phone number that can exist. */
export interface Phone {
  /** In E.164 form, such as `+14155550137`. */
  readonly e164: string;
  /** The calling code without a plus sign, such as `1` or `57`. */
  readonly countryCode: string;
  /** The rest, as digits without the trunk prefix. */
  readonly nationalNumber: string;
}

/** The format of ITU-T E.164. The shortest numbers in use have seven digits. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** The calling code 1 followed by an area code. In the Caribbean, people write both together as the country code. */
const AREA_AS_COUNTRY = /^1(\d{3})$/;

/**
 * Parses a phone number as people write it: with or without `+`, `00`, calling code and trunk prefix, with spaces, dashes, dots
 * and brackets. Returns a text with the problem when no such number can exist. Whether the number is in use is not checked.
 *
 * @param countryCode The calling code, as number or digits; may be left out when the number begins with `+` or `00`.
 */
export function parsePhone(number: unknown, countryCode?: unknown): Phone | string {
  const given = textOf(number);
  if (given === "") return "the phone number is missing";
  const code = textOf(countryCode).replace(/^(\+|00)/, "");
  if (code !== "" && !/^[1-9]\d{0,3}$/.test(code)) return "the country code must be a calling code, such as 1 or 57";

  const international = given.replace(/^\s*00/, "+");
  const area = AREA_AS_COUNTRY.exec(code)?.[1];
  if (area) return read(digitsOf(given).length === 7 ? area + digitsOf(given) : international, "1");
  if (code === "" && !international.startsWith("+"))
    return "the country code is missing: pass it, or begin the number with a plus sign";
  return read(international, code);
}

/** How many digits a national number usually has at most. A longer number that begins with its calling code has that code twice. */
const LONGEST_NATIONAL = 11;

function read(text: string, code: string): Phone | string {
  const phone = parse(text, code);
  if (!phone || !isSound(phone)) return `no phone number${code && ` of country code ${code}`} can look like this`;
  if (code !== "" && phone.countryCallingCode !== code) return `the phone number is not of country code ${code}`;
  const isDoubled = !text.startsWith("+") && phone.nationalNumber.length > LONGEST_NATIONAL;
  if (isDoubled && phone.nationalNumber.startsWith(code))
    return `write the country code ${code} with a plus sign, or leave it out`;
  return { e164: phone.number, countryCode: phone.countryCallingCode, nationalNumber: phone.nationalNumber };
}

/** Whether a number can exist, and parses to itself. One with the code of a telephone company in front does not. */
function isSound(phone: PhoneNumber): boolean {
  const { number, nationalNumber, ext } = phone;
  const isWellFormed = E164.test(number) && !nationalNumber.startsWith("00") && !ext;
  return isWellFormed && phone.isPossible() && parse(number, "")?.number === number;
}

/** Returns undefined for a text that is not a number, and for an unassigned calling code. */
function parse(text: string, code: string): PhoneNumber | undefined {
  try {
    return parsePhoneNumberFromString(text, { extract: false, ...(code && { defaultCallingCode: code }) });
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}
