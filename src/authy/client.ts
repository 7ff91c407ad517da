import type { Client } from "openapi-fetch";
import type { paths } from "../../generated/authy.ts";
import { operations, servers } from "../../generated/authy-data.ts";
import { version } from "../../generated/version.ts";
import { type Connected, connect } from "../http/client.ts";
import { type Api, routeFinder } from "../http/operation.ts";
import { optionChecks, withoutTrailingSlash } from "../http/options.ts";
import { redactor } from "../http/redact.ts";
import { readOptions } from "../platform/own-options.ts";
import { AuthyError } from "./error.ts";
import { AUTHY_OPTIONS, type AuthyOptions } from "./options.ts";
import { snakeCaseTransport } from "./snake-case-transport.ts";

/**
 * The typed client of the whole API, made from its spec: bodies of requests and responses in camelCase, paths and their
 * parameters as the service has them.
 */
export type AuthyClient = Client<paths>;

const api: Api = { findOperation: routeFinder(operations), ErrorClass: AuthyError };

/** The checks of options; each throws an AuthyError that says what to change. */
const checks = optionChecks(api);

/** Checks options that `readOptions` has read. Returns the key, the base URL and the typed client for the options of a call. */
export function openConnection(options: Partial<AuthyOptions>): {
  apiKey: string;
  apiUrl: string;
} & Connected<paths> {
  const apiKey = checks.secret(options.apiKey, "apiKey");
  if (!/^[ -\xff]+$/.test(apiKey)) checks.refuse("apiKey must be of Latin-1 characters");
  const address = checks.apiUrl(
    options.apiUrl === undefined ? servers.default : options.apiUrl,
    options.allowInsecureHttp ?? false,
  );
  const apiUrl = withoutTrailingSlash(address);
  const target = {
    api,
    baseUrl: apiUrl,
    secret: apiKey,
    headers: { "user-agent": `authsignal-ts/${version}` },
    credentials: { "x-authy-api-key": apiKey },
    translate: snakeCaseTransport(apiUrl, redactor(apiKey)),
  };
  return { apiKey, apiUrl, ...connect<paths>(target, options) };
}

/**
 * Creates the typed client that `AuthyApiClient` itself uses. Each call returns `{ data, error, response }`; it rejects with an
 * `AuthyError` when there was no response, or a malformed one.
 *
 * @throws AuthyError `invalid_argument` when an option cannot be used.
 */
export function createAuthyClient(options: AuthyOptions): AuthyClient {
  return openConnection(readOptions<AuthyOptions>(options, AUTHY_OPTIONS, checks.refuse)).typed();
}
