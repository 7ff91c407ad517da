import { html } from "hono/html";
import { returnUrlOf } from "../domain/step-up.ts";
import { redirectScope } from "../tenant/settings.ts";
import { aboutOf } from "./forms.ts";
import { type Html, type Page, type Problem, pageOf } from "./layout.ts";
import type { PageContext } from "./page-context.ts";
import { closeButton } from "./navigation.ts";

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

/** The same where there was nothing to confirm, but something to set up. */
export const SKIPPED: Ending = {
  heading: "Nothing set up",
  words: "You can do this another time. You may close this page.",
};

/** The same where the client wants somebody to set up more who may not. */
export const NOTHING_TO_ADD: Ending = {
  heading: "Nothing to set up",
  words:
    "Another way to confirm cannot be added here. An app allows it when it tracks the action with the scope add:authenticators, or with redirectToSettings.",
};

/** The same where there is no method that people may set up by themselves. */
export const NOTHING_TO_SET_UP: Ending = {
  heading: "Nothing to set up",
  words: "You have not set up any way to confirm, and none is offered here.",
};

/** The same where the app has used what was confirmed. */
const USED: Ending = {
  heading: "Confirmed",
  words: "This was confirmed, and the app has used it already. To do it once more, start again in the app.",
};

/** How the last page is shown. */
export interface EndOptions {
  readonly ending?: Ending | undefined;
  readonly problem?: Problem | undefined;
  /** Whether a popup closes by itself, and whether the app gets the token then. By default it waits to be closed. */
  readonly closes?: Page["closes"] | undefined;
}

/** Tells how an action stands, and leads back to the app. */
export function endScreen(
  { tenant, stepUp, app }: Pick<PageContext, "tenant" | "stepUp" | "app">,
  { ending = endingOf(stepUp.action.state), problem, closes }: EndOptions = {},
): Html {
  const { token, url, isAllowed } = returnUrlOf(tenant, stepUp.action);
  return pageOf({
    screen: "end",
    heading: ending.heading,
    problem,
    about: aboutOf(stepUp),
    token,
    app,
    closes,
    content: html`<p>${ending.words}</p>
${app === undefined && url !== undefined ? wayOut(url, isAllowed) : closeButton(app)}`,
  });
}

/** Tells how an action stands whose token was used. There is no token to go back with. */
export function usedTokenScreen({ stepUp, app }: PageContext): Html {
  const { heading, words } = stepUp.action.state === "CHALLENGE_SUCCEEDED" ? USED : endingOf(stepUp.action.state);
  const content = html`<p>${words}</p>${closeButton(app)}`;
  return pageOf({ screen: "end", heading, about: aboutOf(stepUp), app, content });
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
  return closedWay(url);
}

/** Says early that there will be no way back to the app; nothing where there is one, or none is wanted. */
export function closedWayOf({ tenant, stepUp, app }: PageContext): Html {
  const { url, isAllowed } = returnUrlOf(tenant, stepUp.action);
  return app === undefined && url !== undefined && !isAllowed ? closedWay(url) : html``;
}

function closedWay(url: string): Html {
  const scope = redirectScope(url);
  return html`<p class="note">The way back leads to ${scope}, where the emulator sends nobody unless you add ${scope} to allowedRedirects (--allow-redirect).</p>`;
}
