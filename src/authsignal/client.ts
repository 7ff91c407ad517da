import type { Client } from "openapi-fetch";
import type { paths } from "../../generated/authsignal.ts";
import { operations, servers } from "../../generated/authsignal-data.ts";
import { connect } from "../http/connect.ts";
import { type CallOptions, optionChecks } from "../http/options.ts";
import { authsignalApi, authsignalHeaders } from "./api.ts";
import type { AuthsignalOptions } from "./options.ts";
import { withVersion } from "./regions.ts";

/**
 * The typed client of the whole API, made from its spec. Pass `fetch` to the client, not to a call, where it would go
 * round deadline, retries and checks. A middleware may read and set headers; it cannot replace the request.
 */
export type AuthsignalClient = Client<paths>;

const api = authsignalApi(operations);
const checks = optionChecks(api);

/** Checks the options; gives the secret, the address, and the typed client, which takes the options of a single call. */
export function openConnection(options: AuthsignalOptions): {
  secret: string;
  baseUrl: string;
  client: (call?: CallOptions) => AuthsignalClient;
} {
  const secret = checks.secret(options?.apiSecretKey, "apiSecretKey");
  const baseUrl = baseUrlOf(options);
  const client = connect<paths>({ api, baseUrl, secret, headers: authsignalHeaders(secret) }, options);
  return { secret, baseUrl, client };
}

/**
 * Makes the typed client that the facade itself uses: paths, verbs, parameters, bodies and answers are those of the
 * spec, and each call gives `{ data, error, response }`, as the service sent them: unlike an `AuthsignalError`, they can
 * hold personal data. When nobody answered, or the answer cannot be one, it rejects with an `AuthsignalError`.
 *
 * @throws AuthsignalError `invalid_argument` when an option cannot be used.
 */
export function createAuthsignalClient(options: AuthsignalOptions): AuthsignalClient {
  return openConnection(options).client();
}

function baseUrlOf({ region, apiUrl, allowInsecureHttp = false }: AuthsignalOptions): string {
  if (apiUrl === undefined || apiUrl === null) {
    const url = new Map<unknown, string>(Object.entries(servers)).get(region ?? "us");
    return url ?? checks.refuse(`region must be one of ${Object.keys(servers).join(", ")}`);
  }
  if (region) checks.refuse("Pass region or apiUrl, not both");
  return withVersion(checks.apiUrl(apiUrl, allowInsecureHttp));
}
