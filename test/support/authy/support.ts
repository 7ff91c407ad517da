import { AuthyApiClient, type AuthyApiOptions } from "../../../src/authy/index.ts";

export const KEY = "AuthyExampleKey+/=0000000000000A";

/** The transports that the rules are tested on: the built-in one, and a `fetch` of the caller. */
export const TRANSPORTS: [name: string, options: Pick<AuthyApiOptions, "fetch">][] = [
  ["node:http", {}],
  ["fetch", { fetch: (request) => fetch(request) }],
];

export function authyAt(apiUrl: string, options: Partial<AuthyApiOptions> = {}): AuthyApiClient {
  return new AuthyApiClient({ apiKey: KEY, apiUrl, ...options });
}

export const AUTHY_ID = 40213377;

/** The response to a right code. */
export const VALID_TOKEN = {
  message: "Token is valid.",
  token: "is valid",
  success: "true",
  device: { os_type: "sms" },
};

/** The response to a wrong code. */
export const INVALID_TOKEN = {
  message: "Token is invalid",
  token: "is invalid",
  success: false,
  errors: { message: "Token is invalid" },
  error_code: "60020",
};

export const SENT = { success: true, message: "SMS token was sent", cellphone: "+1-XXX-XXX-XX37" };
