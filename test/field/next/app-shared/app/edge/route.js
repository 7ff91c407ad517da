import { authsignal } from "../../client.js";

export const runtime = "edge";

// Takes no request: Next.js 14 caches what `fetch` reads here.
export async function GET() {
  return Response.json(await authsignal.getUser({ userId: "edge" }));
}
