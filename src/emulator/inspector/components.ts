import { html } from "hono/html";
import { addressOf, type InspectorView } from "./inspector-view.ts";

// Small pieces that several panels have in common.

/** A piece of a page whose texts are escaped. */
export type Html = ReturnType<typeof html>;

/** What a colour means: `other` waits for somebody other than the user. */
export type Tone = "good" | "bad" | "wait" | "other" | "plain";

/** A word with a colour. */
export function chip(words: string | number, tone: Tone = "plain", isDotted = false): Html {
  return html`<span class="chip ${tone}${isDotted ? " dot" : ""}">${words}</span>`;
}

/** Words, and what the API calls the same thing. */
export function named(words: string, constant: string): Html {
  return words === constant ? html`${words}` : html`${words} <code class="soft small">${constant}</code>`;
}

/** A text to copy by a click. @param what What it is, for those who do not see it. */
export function copyable(text: string, what: string, look: "small" | "big" | "block" = "small"): Html {
  return html`<span class="copy ${look}" data-copy="${text}"><code>${text}</code><button type="button" class="tiny"><span>Copy<span class="hidden"> ${what}</span></span></button></span>`;
}

/** A link out of the page, unless it would run something. */
export function linkOut(url: string, words: string, look = ""): Html {
  if (!/^https?:\/\//i.test(url)) return html`<code class="wrap">${url}</code>`;
  return html`<a class="${look}" href="${url}" target="_blank" rel="noopener">${words}</a>`;
}

/** How long ago something was. @param now In milliseconds. */
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

/** A time of the day, as the clocks of this machine show it. */
export function timeOfDay(time: string): Html {
  return html`<time datetime="${time}" title="${time}">${new Date(time).toTimeString().slice(0, 8)}</time>`;
}

/** The longest JSON that is shown, in characters. */
const MOST_JSON = 20_000;

/** A value as JSON. It can be scrolled with the keyboard. */
export function json(value: unknown, what: string): Html {
  const text = JSON.stringify(value, undefined, 2) ?? "nothing";
  const shown =
    text.length > MOST_JSON ? `${text.slice(0, MOST_JSON)}\n… and ${text.length - MOST_JSON} more characters` : text;
  return html`<pre tabindex="0" role="group" aria-label="${what}">${shown}</pre>`;
}

/** Something to open. @param key Names it among all that can be opened, so that it stays open when the page changes. */
export function fold(key: string, words: string | Html, content: Html, isOpen = false): Html {
  return html`<details class="fold" data-key="${key}"${isOpen ? html` open` : ""}><summary>${words}</summary><div>${content}</div></details>`;
}

/** A form, with what it is about. @param name What it does; `actions.ts` has them all. */
export function form(
  view: InspectorView,
  name: string,
  slots: Readonly<Record<string, string>>,
  content: Html,
  isStacked = false,
): Html {
  const hidden = Object.entries({ tenant: view.tenant.tenantId, ...slots });
  return html`<form method="post" action="${addressOf(view, `/_inspector/${name}`)}" data-form="${name}"${isStacked ? html` class="stack"` : ""}>
${hidden.map(([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`)}${content}</form>`;
}

/** A form that is one button. */
export function button(view: InspectorView, name: string, words: string, slots: Readonly<Record<string, string>> = {}): Html {
  return form(view, name, slots, html`<button>${words}</button>`);
}

/** A button that takes something away, and asks before. @param note What else it does. */
export function confirmed(
  view: InspectorView,
  name: string,
  words: string,
  question: string,
  slots: Readonly<Record<string, string>> = {},
  note?: string,
): Html {
  const key = [name, ...Object.values(slots)].join(" ");
  const really = form(view, name, slots, html`<button class="danger">${question}</button>`);
  return html`<details class="fold confirm" data-key="${key}"><summary>${words}</summary><div>${note === undefined ? "" : html`<p class="soft">${note}</p>`}${really}</div></details>`;
}

/** One part of the page, under a heading. */
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

/** Rows, and how many there are beside them. */
export function list(rows: readonly Html[], total: number): Html {
  const rest = total - rows.length;
  return html`<ul class="list">${rows}</ul>${rest > 0 ? html`<p class="rest">and ${rest} more</p>` : ""}`;
}

/** What to say where there is nothing yet. */
export function empty(words: string, content: Html | string = ""): Html {
  return html`<div class="empty"><p class="soft">${words}</p>${content}</div>`;
}
