import { html } from "hono/html";
import { wayBack } from "../operations/step-up.ts";
import { redirectScope } from "../settings.ts";
import type { Action } from "../tenant/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { type Html, pageOf } from "./layout.ts";

// The pages on which nothing more is asked.

/** What the last page says. */
export interface Ending {
  readonly heading: string;
  readonly words: string;
}

const ENDINGS: Readonly<Record<string, Ending>> = {
  CHALLENGE_SUCCEEDED: { heading: "Confirmed", words: "This is confirmed. You may close this page." },
  CHALLENGE_FAILED: { heading: "Not confirmed", words: "This was not confirmed. To try once more, start again in the app." },
  ALLOW: { heading: "Nothing to confirm", words: "This is allowed without a confirmation." },
  BLOCK: { heading: "Blocked", words: "This is not allowed, and a confirmation would not change that." },
  REVIEW_REQUIRED: { heading: "Under review", words: "Somebody will look at this before it goes on. You need not do anything." },
  REVIEW_SUCCEEDED: { heading: "Review passed", words: "Somebody has looked at this and allowed it." },
  REVIEW_FAILED: { heading: "Review not passed", words: "Somebody has looked at this and did not allow it." },
};

/** What the last page says after the person went away from the others. */
export const CANCELLED: Ending = { heading: "Cancelled", words: "Nothing was confirmed. You may close this page." };

/** Tells how an action stands, and leads back to the app. */
export function endScreen(tenant: Tenant, action: Action, options: { ending?: Ending; problem?: string } = {}): Html {
  const { ending = endingOf(action.state), problem } = options;
  const { token, url, isAllowed } = wayBack(tenant, action);
  const way =
    url === undefined
      ? ""
      : isAllowed
        ? html`<p><a class="button main" href="${url}" data-link="back">Back to the app</a></p>`
        : html`<p class="note">${notAllowed(action.redirectUrl ?? url)}</p>`;
  return pageOf({ heading: ending.heading, problem, token, content: html`<p>${ending.words}</p>${way}` });
}

/** Tells that a token is worth nothing. */
export function unusableScreen(reason: "invalid" | "expired"): Html {
  return reason === "expired"
    ? pageOf({ heading: "This page has expired", problem: "It took too long. Go back to the app and start again." })
    : pageOf({
        heading: "This link is not valid",
        problem: "Its token is missing, incomplete or of another emulator, or its action is gone. Go back to the app and start again.",
      });
}

/** Tells that the link of a message leads nowhere. */
export function deadLinkScreen(): Html {
  return pageOf({
    heading: "This link does not work any more",
    problem: "It was used, it has expired, or it was never valid. Go back to the app and start again.",
  });
}

/** Tells why a request is refused. */
export function refusedScreen(problem: string): Html {
  return pageOf({ heading: "Refused", problem });
}

function endingOf(state: string): Ending {
  const known = new Map(Object.entries(ENDINGS)).get(state);
  return known ?? { heading: "Nothing to confirm", words: `The action is ${state}, so there is nothing to confirm.` };
}

function notAllowed(redirectUrl: string): string {
  const scope = redirectScope(redirectUrl);
  return scope === undefined
    ? "The redirectUrl of this action is no address to send people to, so there is no way back from here."
    : `The way back leads to ${scope}, where the emulator sends nobody. To change that, add ${scope} to allowedRedirects.`;
}
