import { html } from "hono/html";
import { form } from "./forms.ts";
import type { Html } from "./layout.ts";
import { areSettingsOpen, isChallengeRequired, isEnrolled, type PageContext, pageUrl } from "./page-context.ts";

/** Renders the link or button that leaves a page without finishing it: to the settings where they are open, else to the app. */
export function leaveLink(page: PageContext): Html {
  if (areSettingsOpen(page) && isEnrolled(page)) {
    return html`<a href="${pageUrl(page, "/settings")}" data-link="settings">Back to settings</a>`;
  }
  return form(
    page,
    "cancel",
    "/cancel",
    {},
    html`<button>${isChallengeRequired(page) ? "Cancel" : "Not now"}</button>`,
  );
}

/** Renders the button that closes a popup; nothing outside of one. The script of the popup shows it. */
export function closeButton(appOrigin: string | undefined): Html {
  return appOrigin === undefined ? html`` : html`<button class="main" type="button" data-close hidden>Close</button>`;
}
