import { authsignal } from "../../client.js";

export async function POST(request) {
  const { userId } = await request.json();
  return Response.json(await authsignal.track({ userId, action: "withdraw" }));
}
