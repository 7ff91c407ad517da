import { Authsignal, type AuthsignalOptions } from "../../src/index.ts";

export const SECRET = "sk_test+/=ünïcode:s3cret";

/** The transports that every rule of the road is tested on: the built-in one, and a `fetch` of the caller. */
export const TRANSPORTS: [name: string, options: Pick<AuthsignalOptions, "fetch">][] = [
  ["node:http", {}],
  ["fetch", { fetch: (request) => fetch(request) }],
];

export function client(apiUrl: string, options: Partial<AuthsignalOptions> = {}): Authsignal {
  return new Authsignal({ apiSecretKey: SECRET, apiUrl, ...options });
}

/** A valid answer of `track`. */
export const TRACKED = {
  state: "ALLOW",
  url: "https://mfa.authsignal.com/?token=t",
  token: "t",
  isEnrolled: false,
  idempotencyKey: "5924a649-b5d3-4baf-a4ab-4b812dde97a0",
};

/** A valid answer of `getUser`. */
export const USER = { isEnrolled: true };

/** A valid answer of `challenge`. */
export const CHALLENGED = { challengeId: "challenge_1", expiresAt: 1768446845 };

/** The error that a call rejects with. Fails when it resolves. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new Error("The call resolved");
    },
    (error: unknown) => error,
  );
}
