import { Authsignal, AuthsignalError, CallConnect, InvalidSignatureError, Webhook } from "authsignal-ts";
import { AuthyApiClient } from "authsignal-ts/authy";
import { createAuthsignalClient } from "authsignal-ts/client";

/** The package and the clients of a program. The runtime, or the bundler of a consumer, resolves the imports. */
export function equip({ AUTHSIGNAL_API_SECRET: secret, AUTHSIGNAL_API_URL: apiUrl }) {
  return {
    packed: {
      main: { Authsignal, AuthsignalError, CallConnect, InvalidSignatureError, Webhook },
      typed: { createAuthsignalClient },
      authy: { AuthyApiClient },
    },
    secret,
    kept: new Authsignal({ apiSecretKey: secret, apiUrl }),
  };
}
