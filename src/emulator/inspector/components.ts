import { html } from "hono/html";
import { type InspectorView, inspectorUrl } from "./inspector-view.ts";

// Components that several panels share.

/** HTML whose texts are escaped. */
export type Html = ReturnType<typeof html>;

/** The meaning of a color: `wait` waits for the user, `other` for another decision. */
export type Tone = "good" | "bad" | "wait" | "other" | "plain";

/** Renders a short text with a color. */
export function chip(text: string | number, tone: Tone = "plain", isDotted = false): Html {
  return html`<span class="chip ${tone}${isDotted ? " dot" : ""}">${text}</span>`;
}

/** Renders a name, and the constant of the API for it. */
export function named(text: string, constant: string): Html {
  return text === constant ? html`${text}` : html`${text} <code class="soft small">${constant}</code>`;
}

/** Renders a text with a button that copies it. @param what Names the text for screen readers. */
export function copyable(text: string, what: string, look: "small" | "big" | "block" = "small"): Html {
  return html`<span class="copy ${look}" data-copy="${text}"><code>${text}</code><button type="button" class="tiny"><span>Copy<span class="hidden"> ${what}</span></span></button></span>`;
}

/** Renders a link that opens in a new tab. A URL other than http(s) is shown as text, because it could run a script. */
export function linkOut(url: string, text: string, look = ""): Html {
  if (!/^https?:\/\//i.test(url)) return html`<code class="wrap">${url}</code>`;
  return html`<a class="${look}" href="${url}" target="_blank" rel="noopener">${text}</a>`;
}

/** Renders the age of a time. @param now In milliseconds. */
export function ago(time: string, now: number): Html {
  return html`<time datetime="${time}" title="${time}">${ageOf(now - Date.parse(time))}</time>`;
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

function ageOf(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => Math.abs(milliseconds) >= length) ?? ["s", 1_000];
  const count = Math.floor(Math.abs(milliseconds) / length);
  if (unit === "s" && count < 5) return "now";
  return milliseconds < 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

/** Renders the time of day, in the time zone of this machine. */
export function timeOfDay(time: string): Html {
  return html`<time datetime="${time}" title="${time}">${new Date(time).toTimeString().slice(0, 8)}</time>`;
}

/** Maximum length of JSON that is shown, in characters. */
const MAX_JSON = 20_000;

/** Renders a value as JSON. The keyboard can scroll it. @param what Names the value for screen readers. */
export function json(value: unknown, what: string): Html {
  const text = JSON.stringify(value, undefined, 2) ?? "nothing";
  const shown =
    text.length > MAX_JSON ? `${text.slice(0, MAX_JSON)}\n… and ${text.length - MAX_JSON} more characters` : text;
  return html`<pre tabindex="0" role="group" aria-label="${what}">${shown}</pre>`;
}

/** Renders a section that can be opened. @param key Identifies it on the page, so that it stays open when the page changes. */
export function fold(key: string, text: string | Html, content: Html, isOpen = false): Html {
  return html`<details class="fold" data-key="${key}"${isOpen ? html` open` : ""}><summary>${text}</summary><div>${content}</div></details>`;
}

/** Renders a form with hidden fields. @param name Its name in `forms.ts`. */
export function form(
  view: InspectorView,
  name: string,
  fields: Readonly<Record<string, string>>,
  content: Html,
  isStacked = false,
): Html {
  const hidden = Object.entries({ tenant: view.tenant.tenantId, ...fields });
  return html`<form method="post" action="${inspectorUrl(view, `/_inspector/${name}`)}" data-form="${name}"${isStacked ? html` class="stack"` : ""}>
${hidden.map(([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`)}${content}</form>`;
}

/** Renders a form that is one button. */
export function button(
  view: InspectorView,
  name: string,
  text: string,
  fields: Readonly<Record<string, string>> = {},
): Html {
  return form(view, name, fields, html`<button>${text}</button>`);
}

/** Renders a button that deletes something, after a confirmation. @param note Explains what else is deleted. */
export function confirmed(
  view: InspectorView,
  name: string,
  text: string,
  confirmation: string,
  fields: Readonly<Record<string, string>> = {},
  note?: string,
): Html {
  const key = [name, ...Object.values(fields)].join(" ");
  const confirm = form(view, name, fields, html`<button class="danger">${confirmation}</button>`);
  return html`<details class="fold confirm" data-key="${key}"><summary>${text}</summary><div>${note === undefined ? "" : html`<p class="soft">${note}</p>`}${confirm}</div></details>`;
}

/** Renders a part of the page with a heading. */
export function panel({
  id,
  heading,
  count,
  tools,
  content,
}: {
  readonly id: string;
  readonly heading: string;
  readonly count?: number | undefined;
  readonly tools?: Html | undefined;
  readonly content: Html;
}): Html {
  return html`<section class="panel" id="${id}" aria-labelledby="${id}-heading">
<header><h2 id="${id}-heading">${heading}</h2>${count === undefined ? "" : html`<span class="count">${count}</span>`}${tools === undefined ? "" : html`<div class="tools">${tools}</div>`}</header>
${content}
</section>`;
}

/** Renders rows, and the number of those that are not shown. */
export function list(rows: readonly Html[], total: number): Html {
  const rest = total - rows.length;
  return html`<ul class="list">${rows}</ul>${rest > 0 ? html`<p class="rest">and ${rest} more</p>` : ""}`;
}

/** Renders the text of a panel without rows. */
export function empty(text: string, content: Html | string = ""): Html {
  return html`<div class="empty"><p class="soft">${text}</p>${content}</div>`;
}
