import { Authsignal } from "authsignal-ts";

// Unlike the others, this client has a key at the time of the build, at which Next.js renders pages that read no request.
const authsignal = new Authsignal({
  apiSecretKey: process.env.AUTHSIGNAL_SECRET_KEY ?? "key-of-the-build",
  apiUrl: process.env.AUTHSIGNAL_API_URL ?? process.env.API_URL_OF_THE_BUILD,
  fetch: (request) => globalThis.fetch(request),
});

export default async function User() {
  const { email } = await authsignal.getUser({ userId: "static-fetch" });
  return <p>{email}</p>;
}
