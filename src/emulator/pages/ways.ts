import { html } from "hono/html";
import { form } from "./forms.ts";
import type { Html } from "./layout.ts";
import { addressOf, areSettingsOpen, isEnrolled, isWaiting, type Ticket } from "./page-context.ts";

/** The way off a page on which something is asked: back to the settings where they are open, and otherwise to the app. */
export function leaving(ticket: Ticket): Html {
  if (areSettingsOpen(ticket) && isEnrolled(ticket)) {
    return html`<a href="${addressOf(ticket, "/settings")}" data-link="settings">Back to the settings</a>`;
  }
  return form(ticket, "cancel", "/cancel", {}, html`<button>${isWaiting(ticket) ? "Cancel" : "Not now"}</button>`);
}

/** The way out of a popup, by its script. */
export function closing(app: string | undefined): Html {
  return app === undefined ? html`` : html`<button class="main" type="button" data-close hidden>Close</button>`;
}
