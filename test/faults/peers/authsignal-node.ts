import { Authsignal, AuthsignalError, VerificationMethod } from "@authsignal/node";
import { SECRET } from "../../support/clients.ts";
import { AUTHSIGNAL_OPERATIONS, EARLIER } from "./apis.ts";
import { playPeer, RETRIES } from "./program.ts";

await playPeer(AUTHSIGNAL_OPERATIONS, ({ url }) => {
  const client = new Authsignal({ apiSecretKey: SECRET, apiUrl: url, retries: RETRIES });
  const { SMS } = VerificationMethod;
  return {
    client,
    calls: {
      getUser: () => client.getUser({ userId: "u" }),
      track: () => client.track({ userId: "u", action: "withdraw" }),
      challenge: () => client.challenge({ verificationMethod: SMS, action: "in", phoneNumber: "+64270000000" }),
      deleteAuthenticator: () => client.deleteAuthenticator({ userId: "u", userAuthenticatorId: "a" }),
    },
    earlier: () => client.getUser({ userId: EARLIER }),
    isOwn: (error) => error instanceof AuthsignalError,
  };
});
