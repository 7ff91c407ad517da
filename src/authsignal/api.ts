import { version } from "../../generated/version.ts";
import { AuthsignalError } from "../errors.ts";
import { type Api, type Operations, routeFinder } from "../http/operation.ts";
import { base64 } from "../http/redact.ts";
import { encodeUtf8 } from "../platform/utf8.ts";

/** Describes an API of Authsignal to the request pipeline. */
export function authsignalApi(operations: Operations): Api {
  return { findOperation: routeFinder(operations), ErrorClass: AuthsignalError };
}

/** The headers that name this package and its version. */
export const authsignalHeaders: Readonly<Record<string, string>> = {
  "user-agent": `authsignal-ts/${version}`,
  "x-authsignal-version": version,
};

/** Returns the header of HTTP Basic authentication, with the secret as the user name and an empty password (RFC 7617). */
export function basicAuthorization(secret: string): Record<string, string> {
  return { authorization: `Basic ${base64(encodeUtf8(`${secret}:`))}` };
}
