import type { Client } from "openapi-fetch";
import type { paths } from "../../generated/authsignal.ts";
import { operations, servers } from "../../generated/authsignal-data.ts";
import { type Connected, connect } from "../http/client.ts";
import { optionChecks } from "../http/options.ts";
import { readOptions } from "../platform/own-options.ts";
import { authsignalApi, authsignalHeaders, basicAuthorization } from "./api.ts";
import { fromEnvironment, VARIABLES } from "./environment.ts";
import { AUTHSIGNAL_OPTIONS, type AuthsignalOptions } from "./options.ts";
import { type Region, withVersion } from "./regions.ts";

/**
 * The typed client of the whole API, made from its spec. A call may pass its own `fetch` and serializers, and a
 * middleware gets the platform's `Request` and `Response`; deadline, retries and checks hold for all of them.
 */
export type AuthsignalClient = Client<paths>;

const api = authsignalApi(operations);
const checks = optionChecks(api);

/** The message of the error of every call if there is no key. */
const MISSING_KEY = `apiSecretKey is missing. Pass it to the client, or set ${VARIABLES.apiSecretKey} in the environment`;

/** A checked connection to the Server API. */
export interface AuthsignalConnection extends Connected<paths> {
  /** The base URL of the calls. */
  readonly baseUrl: string;
  /** Returns the secret key, for webhooks. @throws AuthsignalError `invalid_argument` when it is missing. */
  readonly secretKey: () => string;
}

/** Checks the options, completes them from the environment, and returns the connection. */
export function openConnection(given: AuthsignalOptions | undefined): AuthsignalConnection {
  const options = complete(readOptions(given, AUTHSIGNAL_OPTIONS, checks.refuse));
  const secret = options.apiSecretKey === undefined ? undefined : checks.secret(options.apiSecretKey, "apiSecretKey");
  const baseUrl = baseUrlOf(options, secret);
  const credentials = secret === undefined ? {} : basicAuthorization(secret);
  const target = { api, baseUrl, secret, missingKeyMessage: MISSING_KEY, headers: authsignalHeaders, credentials };
  return { ...connect<paths>(target, options), baseUrl, secretKey: () => secret ?? checks.refuse(MISSING_KEY) };
}

/**
 * Creates the typed client, on which the facade is built: paths, verbs, parameters, bodies and responses are those of the
 * spec, and each call returns `{ data, error, response }`, as the service sent them: unlike an `AuthsignalError`, they can
 * hold personal data. `error` is always set when a call failed. When no response came, or a response that is not that of
 * the service, the call rejects with an `AuthsignalError`.
 *
 * @param options Default: from the environment, as for `Authsignal`.
 * @throws AuthsignalError `invalid_argument` when an option cannot be used.
 */
export function createAuthsignalClient(options?: AuthsignalOptions): AuthsignalClient {
  return openConnection(options).typed();
}

/**
 * Completes options from the environment. A variable is read only where the name of its option is absent, so that a key that
 * was passed as undefined is never replaced by that of another tenant.
 */
function complete(options: Partial<AuthsignalOptions>): Partial<AuthsignalOptions> {
  if (!("apiSecretKey" in options)) {
    const key = fromEnvironment("apiSecretKey");
    options.apiSecretKey = key && checks.secret(key, VARIABLES.apiSecretKey);
  }
  if ("region" in options || "apiUrl" in options) return options;
  const region = fromEnvironment("region");
  options.apiUrl = fromEnvironment("apiUrl");
  if (options.apiUrl) checks.apiUrl(options.apiUrl, true, VARIABLES.apiUrl);
  if (options.apiUrl && region) {
    checks.refuse(`Set ${VARIABLES.apiUrl} or ${VARIABLES.region} in the environment, not both`);
  }
  if (region) options.region = knownRegion(region, VARIABLES.region);
  return options;
}

function baseUrlOf(options: Partial<AuthsignalOptions>, secret: string | undefined): string {
  const { region, apiUrl, allowInsecureHttp = false } = options;
  if (apiUrl === undefined) return servers[knownRegion(region === undefined ? "us" : region, "region")];
  if (region !== undefined) checks.refuse("Pass region or apiUrl, not both");
  // A key of the emulator gives access to nothing else, so it may travel unencrypted, to a container for example.
  const isForEmulator = secret?.startsWith("sk_emulator_") ?? false;
  return withVersion(checks.apiUrl(apiUrl, allowInsecureHttp || isForEmulator));
}

function knownRegion(region: unknown, name: string): Region {
  return isRegion(region) ? region : checks.refuse(`${name} must be one of ${Object.keys(servers).join(", ")}`);
}

function isRegion(name: unknown): name is Region {
  return typeof name === "string" && Object.hasOwn(servers, name);
}
