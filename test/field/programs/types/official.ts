// A service with optional values, with the calls that the official client has.
import { Authsignal } from "@authsignal/node";

export function serve(ip: string | undefined, userAgent: string | undefined) {
  const authsignal = new Authsignal({
    apiSecretKey: process.env.AUTHSIGNAL_SECRET_KEY ?? "",
    apiUrl: process.env.AUTHSIGNAL_API_URL,
  });
  const attributes = { ipAddress: ip, userAgent, redirectUrl: undefined };
  return [
    authsignal.track({ userId: "ann", action: "withdraw", attributes }),
    authsignal.validateChallenge({ token: "t", userId: undefined, action: undefined }),
  ];
}
