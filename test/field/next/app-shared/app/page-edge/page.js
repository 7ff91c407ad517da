import { headers } from "next/headers";
import { authsignal } from "../../client.js";

export const runtime = "edge";

// Within one render Next.js caches the responses of `fetch`, also one that is to be retried.
export default async function User() {
  await headers();
  const { email } = await authsignal.getUser({ userId: "page-edge" });
  const { email: again } = await authsignal.getUser({ userId: "page-edge" });
  const { email: retried } = await authsignal.getUser({ userId: "busy" });
  return <p>{[email, again, retried].join()}</p>;
}
