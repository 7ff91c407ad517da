import { Authsignal } from "authsignal-ts";
import { NextResponse } from "next/server";
import { authsignal } from "./client.js";

// Next.js changes the second argument of `fetch` where it has one.
const authsignalOverFetch = new Authsignal({
  apiSecretKey: process.env.AUTHSIGNAL_SECRET_KEY,
  apiUrl: process.env.AUTHSIGNAL_API_URL,
  fetch: (request, init) => globalThis.fetch(request, init),
});

/** Calls before the route runs, as middleware that protects pages would. */
export async function guard() {
  const { email } = await authsignal.getUser({ userId: "guarded" });
  const { state } = await authsignal.track({ userId: "guarded", action: "visit" });
  const { email: again } = await authsignalOverFetch.getUser({ userId: "guarded" });
  return NextResponse.next({ headers: { "x-calls": [email, state, again].join() } });
}
