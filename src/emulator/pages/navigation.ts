import { html } from "hono/html";
import { form } from "./forms.ts";
import type { Html } from "./layout.ts";
import { pageUrl, areSettingsOpen, isEnrolled, isWaiting, type PageContext } from "./page-context.ts";

/** The way off a page on which something is asked: back to the settings where they are open, and otherwise to the app. */
export function leaveLink(page: PageContext): Html {
  if (areSettingsOpen(page) && isEnrolled(page)) {
    return html`<a href="${pageUrl(page, "/settings")}" data-link="settings">Back to the settings</a>`;
  }
  return form(page, "cancel", "/cancel", {}, html`<button>${isWaiting(page) ? "Cancel" : "Not now"}</button>`);
}

/** The way out of a popup, by its script. */
export function closeButton(app: string | undefined): Html {
  return app === undefined ? html`` : html`<button class="main" type="button" data-close hidden>Close</button>`;
}
