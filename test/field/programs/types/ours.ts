// A service that passes optional values, which may be undefined.
import { Authsignal } from "authsignal-ts";
import { createEmulator } from "authsignal-ts/emulator";
import { createStepUp } from "authsignal-ts/step-up";

interface Incoming {
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number | undefined;
}

export function serve({ ip, userAgent, signal, timeout }: Incoming) {
  const authsignal = new Authsignal({
    apiSecretKey: process.env.AUTHSIGNAL_SECRET_KEY ?? "",
    apiUrl: process.env.AUTHSIGNAL_API_URL,
    region: undefined,
    timeout,
    retries: undefined,
    fetch: undefined,
    agent: undefined,
  });
  const attributes = { ipAddress: ip, userAgent, redirectUrl: undefined, custom: undefined };
  const stepUp = createStepUp({
    authsignal,
    action: "withdraw",
    returnUrl: "https://app.example.com/back",
    secret: process.env.SECRET ?? "",
    store: undefined,
    lifetime: undefined,
  });
  createEmulator({ seed: undefined, apiSecretKey: process.env.AUTHSIGNAL_SECRET_KEY, dataFile: process.env.DATA });
  return [
    authsignal.track({ userId: "ann", action: "withdraw", attributes }, { signal, timeout }),
    authsignal.getUser({ userId: "ann" }, { signal, timeout, retries: undefined }),
    authsignal.validateChallenge({ token: "t", userId: undefined, action: undefined }, { signal }),
    authsignal.queryUsers({ email: undefined, limit: undefined }),
    stepUp.begin({ userId: "ann", attributes: { ipAddress: ip, userAgent } }, undefined),
  ];
}
