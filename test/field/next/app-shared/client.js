import { Authsignal } from "authsignal-ts";

// Made when the module is loaded, which `next build` does without any secret in the environment.
export const authsignal = new Authsignal({
  apiSecretKey: process.env.AUTHSIGNAL_SECRET_KEY,
  apiUrl: process.env.AUTHSIGNAL_API_URL,
});
