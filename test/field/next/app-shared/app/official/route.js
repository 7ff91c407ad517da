import { Authsignal } from "@authsignal/node";

export async function POST(request) {
  const authsignal = new Authsignal({
    apiSecretKey: process.env.AUTHSIGNAL_SECRET_KEY,
    apiUrl: process.env.AUTHSIGNAL_API_URL,
  });
  const { userId } = await request.json();
  return Response.json(await authsignal.track({ userId, action: "withdraw" }));
}
