import { version } from "../../generated/version.ts";
import { AuthsignalError } from "../errors.ts";
import { type Api, type Operations, routeFinder } from "../http/operation.ts";
import { base64 } from "../http/redact.ts";

/** An API of Authsignal as the road sees it. */
export function authsignalApi(operations: Operations): Api {
  return { findOperation: routeFinder(operations), Failure: AuthsignalError };
}

/** HTTP Basic with the secret as the user's name and an empty password (RFC 7617), and who we are. */
export function authsignalHeaders(secret: string): Record<string, string> {
  return {
    authorization: `Basic ${base64(new TextEncoder().encode(`${secret}:`))}`,
    "user-agent": `authsignal-ts/${version}`,
    "x-authsignal-version": version,
  };
}
