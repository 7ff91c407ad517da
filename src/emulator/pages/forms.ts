import { html } from "hono/html";
import type { StepUp } from "../domain/step-up.ts";
import type { Html } from "./layout.ts";
import { pathOf, type PageContext } from "./page-context.ts";

/**
 * A form that carries the token in its body; what clients added stays in its address.
 * @param name What programs know it by: `data-form`.
 */
export function form(
  { tenant, token, added }: PageContext,
  name: string,
  path: string,
  slots: Readonly<Record<string, string>>,
  content: Html,
): Html {
  const query = new URLSearchParams(added).toString();
  return html`<form method="post" action="${pathOf(tenant)}${path}${query && `?${query}`}" data-form="${name}">
${hidden({ token, ...slots })}
${content}
</form>`;
}

/** Fields that nobody fills in. */
export function hidden(slots: Readonly<Record<string, string>>): Html[] {
  return Object.entries(slots).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}

/** Gives a field the focus. Browsers refuse to do so by themselves in the frame of a popup, where the script of the page does. */
export function focused({ app }: PageContext): Html {
  return app === undefined ? html`autofocus` : html`data-focus`;
}

/** What all pages for a step-up are about. */
export function aboutOf({ action, user }: StepUp): { action: string; user: string } {
  return { action: action.actionCode, user: user.userId };
}
