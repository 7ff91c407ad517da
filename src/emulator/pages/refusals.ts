import type { Context } from "hono";
import type { Refusal } from "../service/refusal.ts";
import { pageOf } from "./layout.ts";
import { chooseScreen } from "./screens.ts";
import type { Ticket } from "./ticket.ts";

type Answer = Response | Promise<Response>;

const MINUTE = 60_000;

/** The token of a page is worth nothing. */
export function unusable(context: Context, reason: "invalid" | "expired"): Answer {
  return reason === "expired"
    ? problem(context, 410, "This page has expired", "It took too long. Go back to the app and start again.")
    : problem(
        context,
        400,
        "This link is not valid",
        "Its token is missing, incomplete or of another emulator, or its action is gone. Go back to the app and start again.",
      );
}

/** The link of a message leads nowhere. */
export function deadLink(context: Context): Answer {
  const words = "It was used, it has expired, or it was never valid. Go back to the app and start again.";
  return problem(context, 410, "This link does not work any more", words);
}

/** The body is not that of a form. */
export function noForm(context: Context): Answer {
  return problem(context, 415, "Not a form", "Only forms of the type application/x-www-form-urlencoded are read here.");
}

/** Somebody does not belong here. */
export function stranger(context: Context, words: string): Answer {
  return problem(context, 403, "Not here", words);
}

/** The service refused something that can be tried in another way. */
export function refused(context: Context, ticket: Ticket, refusal: Refusal): Answer {
  const { status, retryAfter = MINUTE, message, headers } = refusal;
  switch (status) {
    case 429: {
      const minutes = Math.ceil(retryAfter / MINUTE);
      const wait = minutes === 1 ? "a minute" : `${minutes} minutes`;
      const words = `Too many messages were sent. Wait ${wait}, or choose another way.`;
      return context.html(chooseScreen(ticket, words), 429, headers);
    }
    case 502:
      return context.html(chooseScreen(ticket, "The message could not be delivered. Choose another way."), 502);
    default:
      return context.html(chooseScreen(ticket, message), 400);
  }
}

function problem(context: Context, status: 400 | 403 | 410 | 415, heading: string, words: string): Answer {
  return context.html(pageOf({ heading, problem: words }), status);
}
