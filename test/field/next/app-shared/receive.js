import { authsignal } from "./client.js";

/** Answers with what a delivery says; a forged one gets the words of the refusal. */
export async function receive(request) {
  try {
    return Response.json(await authsignal.webhook.constructEventFromRequest(request));
  } catch (error) {
    return Response.json({ refused: error.message }, { status: 400 });
  }
}
