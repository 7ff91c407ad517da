import { html } from "hono/html";
import type { StepUp } from "../domain/step-up.ts";
import type { Html } from "./layout.ts";
import { type PageContext, pathOf } from "./page-context.ts";

/**
 * Renders a form that sends the token in its body. The query parameters of the client stay in its URL.
 * @param name Identifies the form for programs, in `data-form`.
 */
export function form(
  { tenant, token, query }: PageContext,
  name: string,
  path: string,
  fields: Readonly<Record<string, string>>,
  content: Html,
): Html {
  const parameters = new URLSearchParams(query).toString();
  return html`<form method="post" action="${pathOf(tenant)}${path}${parameters && `?${parameters}`}" data-form="${name}">
${hiddenFields({ token, ...fields })}
${content}
</form>`;
}

/** Renders hidden fields of a form. */
export function hiddenFields(fields: Readonly<Record<string, string>>): Html[] {
  return Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}

/** Renders the attribute that focuses a field. Browsers ignore `autofocus` in the frame of a popup, where a script does it. */
export function focusAttribute({ appOrigin }: PageContext): Html {
  return appOrigin === undefined ? html`autofocus` : html`data-focus`;
}

/** Returns the attributes by which programs find the action and the user of a page. */
export function subjectOf({ action, user }: StepUp): { action: string; user: string } {
  return { action: action.actionCode, user: user.userId };
}
