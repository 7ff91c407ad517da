import { Authsignal } from "authsignal-ts";

export const runtime = "edge";

const authsignal = new Authsignal({
  apiSecretKey: process.env.AUTHSIGNAL_SECRET_KEY,
  apiUrl: process.env.AUTHSIGNAL_API_URL,
  fetch: (request) => globalThis.fetch(request),
});

export async function GET() {
  return Response.json(await authsignal.getUser({ userId: "edge-fetch" }));
}
