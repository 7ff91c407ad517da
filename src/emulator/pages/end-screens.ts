import { html } from "hono/html";
import { returnUrlOf } from "../domain/return-url.ts";
import { redirectScope } from "../tenant/settings.ts";
import { subjectOf } from "./forms.ts";
import { type Html, type Page, type Problem, pageOf } from "./layout.ts";
import { closeButton } from "./navigation.ts";
import type { PageContext } from "./page-context.ts";

/** The texts of the last page. */
export interface Ending {
  readonly heading: string;
  readonly text: string;
}

const ENDINGS = new Map<string, Ending>(
  Object.entries({
    CHALLENGE_SUCCEEDED: { heading: "Confirmed", text: "This action is confirmed. You can close this page." },
    CHALLENGE_FAILED: {
      heading: "Not confirmed",
      text: "This action was not confirmed. To try again, start again in the app.",
    },
    ALLOW: { heading: "Nothing to confirm", text: "This action is allowed without confirmation." },
    BLOCK: { heading: "Blocked", text: "This action is not allowed. You cannot confirm it." },
    REVIEW_REQUIRED: { heading: "Under review", text: "This action is waiting for a review. You can close this page." },
    REVIEW_SUCCEEDED: { heading: "Review passed", text: "This action was reviewed and is allowed." },
    REVIEW_FAILED: { heading: "Review not passed", text: "This action was reviewed and is not allowed." },
  }),
);

/** Shown after the user has canceled. */
export const CANCELED: Ending = { heading: "Canceled", text: "Nothing was confirmed. You can close this page." };

/** Shown after the user has declined to enroll a method. */
export const SKIPPED: Ending = {
  heading: "Nothing set up",
  text: "You can do this later. You can close this page.",
};

/** Shown when the client requests an enrollment that the user may not do. */
export const NOTHING_TO_ADD: Ending = {
  heading: "Nothing to set up",
  text: "You cannot add a method here. To allow it, the app tracks the action with the scope add:authenticators, or with redirectToSettings.",
};

/** Shown when users may not enroll any method. */
export const NOTHING_TO_SET_UP: Ending = {
  heading: "Nothing to set up",
  text: "You have not set up a method, and none is available here.",
};

/** Shown when the app has already used the token of a confirmed action. */
const USED: Ending = {
  heading: "Confirmed",
  text: "This action was confirmed, and the app has used the confirmation. To do it again, start again in the app.",
};

/** Options of the last page. */
export interface EndOptions {
  readonly ending?: Ending | undefined;
  readonly problem?: Problem | undefined;
  /** Whether a popup closes at once, and whether the app gets the token then. By default the user closes it. */
  readonly closes?: Page["closes"] | undefined;
}

/** Renders the last page: the state of the action, and the link back to the app. */
export function endScreen(
  { tenant, stepUp, appOrigin }: Pick<PageContext, "tenant" | "stepUp" | "appOrigin">,
  { ending = endingOf(stepUp.action.state), problem, closes }: EndOptions = {},
): Html {
  const { token, url, isAllowed } = returnUrlOf(tenant, stepUp.action);
  return pageOf({
    screen: "end",
    heading: ending.heading,
    problem,
    subject: subjectOf(stepUp),
    token,
    appOrigin,
    closes,
    content: html`<p>${ending.text}</p>
${appOrigin === undefined && url !== undefined ? returnLink(url, isAllowed) : closeButton(appOrigin)}`,
  });
}

/** Renders the last page for a token that the app has used. It has no link back, which would need a new token. */
export function usedTokenScreen({ stepUp, appOrigin }: PageContext): Html {
  const { heading, text } = stepUp.action.state === "CHALLENGE_SUCCEEDED" ? USED : endingOf(stepUp.action.state);
  const content = html`<p>${text}</p>${closeButton(appOrigin)}`;
  return pageOf({ screen: "end", heading, subject: subjectOf(stepUp), appOrigin, content });
}

/** Renders a warning if the return URL of the action is not allowed. The first page shows it, before the user does any work. */
export function returnWarning({ tenant, stepUp, appOrigin }: PageContext): Html {
  const { url, isAllowed } = returnUrlOf(tenant, stepUp.action);
  return appOrigin === undefined && url !== undefined && !isAllowed ? redirectWarning(url) : html``;
}

function endingOf(state: string): Ending {
  return (
    ENDINGS.get(state) ?? {
      heading: "Nothing to confirm",
      text: `The action is ${state}, so there is nothing to confirm.`,
    }
  );
}

function returnLink(url: string, isAllowed: boolean): Html {
  if (isAllowed) return html`<p><a class="button main" href="${url}" data-link="back">Back to the app</a></p>`;
  return redirectWarning(url);
}

function redirectWarning(url: string): Html {
  const scope = redirectScope(url);
  return html`<p class="note">The emulator does not redirect to ${scope}. To allow it, add ${scope} to allowedRedirects (--allow-redirect).</p>`;
}
