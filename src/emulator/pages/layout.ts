import { html, raw } from "hono/html";
import { pageStyle } from "../../../generated/emulator-assets.ts";
import { SCRIPT } from "./popup-script.ts";

/** A piece of a page whose texts are escaped. */
export type Html = ReturnType<typeof html>;

/** What went wrong. */
export interface Problem {
  readonly words: string;
  /** What the API calls it, which the app is told when the page is in a popup. */
  readonly code?: string | undefined;
  readonly status?: number | undefined;
}

/** What a page shows. */
export interface Page {
  /** What the page is for, as programs know it. */
  readonly screen: string;
  readonly heading: string;
  readonly problem?: Problem | undefined;
  readonly content?: Html | undefined;
  /** What the page is about, which programs find in its attributes. */
  readonly about?: Readonly<Partial<Record<"user" | "action" | "method" | "challenge", string>>> | undefined;
  /** The token with which the person leaves, where that is possible without a confirmation. */
  readonly token?: string | undefined;
  /** The address of the inspector, where somebody waits for a message. */
  readonly inspector?: string | undefined;
  /** The origin of the app in whose popup the page is. */
  readonly app?: string | undefined;
  /** Whether the popup closes by itself, and whether the app gets the token then. */
  readonly closes?: "with token" | "without token" | undefined;
}

const SHIELD = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#5b50e0" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round"><path d="M12 2.5 4.5 5.5v6c0 4.6 3.1 8.2 7.5 10 4.4-1.8 7.5-5.4 7.5-10v-6z"/><path d="m8.5 11.8 2.5 2.5 4.5-4.8"/></svg>`;
/** An icon of its own, so that browsers do not ask for one. */
const ICON = `data:image/svg+xml,${encodeURIComponent(SHIELD)}`;

/** A whole page. */
export function pageOf(page: Page): Html {
  const { screen, heading, problem, content, about = {}, token, inspector, app, closes } = page;
  const attributes = attributesOf({
    screen,
    ...about,
    token,
    app,
    closes: app && closes,
    code: app && problem?.code,
    status: app && problem?.status?.toString(),
  });
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${about.action === undefined ? heading : `${heading} – ${about.action}`}</title>
<link rel="icon" href="${ICON}">
<style>${raw(pageStyle)}</style>
</head>
<body${app === undefined ? "" : html` class="popup"`}>
<main${attributes}>
<h1>${heading}</h1>
${problem === undefined ? "" : html`<p role="alert" id="problem">${problem.words}</p>`}
${content}
</main>
<footer>
<p>A local emulator of Authsignal. Its messages go to its outbox, and to nobody else.</p>
${inspector === undefined ? "" : html`<a href="${inspector}" target="_blank" rel="noopener" data-link="inspector">See the message in the inspector</a>`}
</footer>
${app === undefined ? "" : html`<script>${raw(SCRIPT)}</script>`}
</body>
</html>`;
}

function attributesOf(values: Readonly<Record<string, string | undefined>>): Html[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [html` data-${name}="${value}"`],
  );
}
