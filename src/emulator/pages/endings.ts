import { html } from "hono/html";
import { wayBack } from "../operations/step-up.ts";
import { redirectScope } from "../settings.ts";
import type { Action } from "../tenant/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { type Html, pageOf } from "./layout.ts";

/** What the last page says. */
export interface Ending {
  readonly heading: string;
  readonly words: string;
}

const ENDINGS = new Map<string, Ending>(
  Object.entries({
    CHALLENGE_SUCCEEDED: { heading: "Confirmed", words: "This is confirmed. You may close this page." },
    CHALLENGE_FAILED: {
      heading: "Not confirmed",
      words: "This was not confirmed. To try once more, start again in the app.",
    },
    ALLOW: { heading: "Nothing to confirm", words: "This is allowed without a confirmation." },
    BLOCK: { heading: "Blocked", words: "This is not allowed, and a confirmation would not change that." },
    REVIEW_REQUIRED: {
      heading: "Under review",
      words: "Somebody will look at this before it goes on. You need not do anything.",
    },
    REVIEW_SUCCEEDED: { heading: "Review passed", words: "Somebody has looked at this and allowed it." },
    REVIEW_FAILED: { heading: "Review not passed", words: "Somebody has looked at this and did not allow it." },
  }),
);

/** What the last page says after the person went away from the others. */
export const CANCELLED: Ending = { heading: "Cancelled", words: "Nothing was confirmed. You may close this page." };

/** Tells how an action stands, and leads back to the app. */
export function endScreen(tenant: Tenant, action: Action, options: { ending?: Ending; problem?: string } = {}): Html {
  const { ending = endingOf(action.state), problem } = options;
  const { token, url, isAllowed } = wayBack(tenant, action);
  return pageOf({
    heading: ending.heading,
    problem,
    token,
    content: html`<p>${ending.words}</p>
${url === undefined ? "" : wayOut(url, isAllowed)}`,
  });
}

function endingOf(state: string): Ending {
  return (
    ENDINGS.get(state) ?? {
      heading: "Nothing to confirm",
      words: `The action is ${state}, so there is nothing to confirm.`,
    }
  );
}

function wayOut(url: string, isAllowed: boolean): Html {
  if (isAllowed) return html`<p><a class="button main" href="${url}" data-link="back">Back to the app</a></p>`;
  const scope = redirectScope(url);
  return html`<p class="note">The way back leads to ${scope}, where the emulator sends nobody unless you add ${scope} to allowedRedirects (--allow-redirect).</p>`;
}
