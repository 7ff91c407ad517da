import { Authsignal, AuthsignalError } from "../../../src/index.ts";
import { SECRET } from "../../support/clients.ts";
import { AUTHSIGNAL_OPERATIONS, EARLIER } from "./apis.ts";
import { playPeer, RETRIES } from "./program.ts";

await playPeer(AUTHSIGNAL_OPERATIONS, ({ url, timeout }) => {
  const client = new Authsignal({ apiSecretKey: SECRET, apiUrl: url, timeout, retries: RETRIES });
  return {
    client,
    calls: {
      getUser: () => client.getUser({ userId: "u" }),
      track: () => client.track({ userId: "u", action: "withdraw" }),
      deleteAuthenticator: () => client.deleteAuthenticator({ userId: "u", userAuthenticatorId: "a" }),
    },
    earlier: () => client.getUser({ userId: EARLIER }),
    isOwn: (error) => error instanceof AuthsignalError,
  };
});
