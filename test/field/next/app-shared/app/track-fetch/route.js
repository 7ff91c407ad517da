import { Authsignal } from "authsignal-ts";

const authsignal = new Authsignal({
  apiSecretKey: process.env.AUTHSIGNAL_SECRET_KEY,
  apiUrl: process.env.AUTHSIGNAL_API_URL,
  fetch: (request) => globalThis.fetch(request),
});

export async function POST(request) {
  const { userId } = await request.json();
  return Response.json(await authsignal.track({ userId, action: "withdraw" }));
}
