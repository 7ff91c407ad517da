import { headers } from "next/headers";
import { authsignal } from "../../client.js";

export default async function User() {
  const userId = (await headers()).get("x-user");
  const { email } = await authsignal.getUser({ userId });
  return <p>{email}</p>;
}
