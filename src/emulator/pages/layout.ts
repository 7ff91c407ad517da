import { html, raw } from "hono/html";
import { pageStyle } from "../../../generated/emulator-assets.ts";
import { SCRIPT } from "./popup-script.ts";

/** HTML whose texts are escaped. */
export type Html = ReturnType<typeof html>;

/** An error that a page shows. */
export interface Problem {
  readonly text: string;
  /** Error code of the API, which is sent to the app when the page is in a popup. */
  readonly code?: string | undefined;
  readonly status?: number | undefined;
}

/** The content of a page. */
export interface Page {
  /** Identifies the kind of page for programs. */
  readonly screen: string;
  readonly heading: string;
  readonly problem?: Problem | undefined;
  readonly content?: Html | undefined;
  /** Subject of the page, which programs find in its attributes. */
  readonly subject?: Readonly<Partial<Record<"user" | "action" | "method" | "challenge", string>>> | undefined;
  /** The token that goes back to the app, on pages that the user may leave without a challenge. */
  readonly token?: string | undefined;
  /** URL of the inspector, on pages that wait for a message. */
  readonly inspector?: string | undefined;
  /** Origin of the app that shows the page in a popup. */
  readonly appOrigin?: string | undefined;
  /** Whether a popup closes at once, and whether the app gets the token then. */
  readonly closes?: "with token" | "without token" | undefined;
}

const SHIELD = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#5b50e0" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round"><path d="M12 2.5 4.5 5.5v6c0 4.6 3.1 8.2 7.5 10 4.4-1.8 7.5-5.4 7.5-10v-6z"/><path d="m8.5 11.8 2.5 2.5 4.5-4.8"/></svg>`;
/** An inline icon, so that browsers do not request /favicon.ico. */
const ICON = `data:image/svg+xml,${encodeURIComponent(SHIELD)}`;

/** Renders a whole page. */
export function pageOf(page: Page): Html {
  const { screen, heading, problem, content, subject = {}, token, inspector, appOrigin, closes } = page;
  const attributes = attributesOf({
    screen,
    ...subject,
    token,
    app: appOrigin,
    closes: appOrigin && closes,
    code: appOrigin && problem?.code,
    status: appOrigin && problem?.status?.toString(),
  });
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${subject.action === undefined ? heading : `${heading} – ${subject.action}`}</title>
<link rel="icon" href="${ICON}">
<style>${raw(pageStyle)}</style>
</head>
<body${appOrigin === undefined ? "" : html` class="popup"`}>
<main${attributes}>
<h1>${heading}</h1>
${problem === undefined ? "" : html`<p role="alert" id="problem">${problem.text}</p>`}
${content}
</main>
<footer>
<p>Local Authsignal emulator. Messages go to its outbox only.</p>
${inspector === undefined ? "" : html`<a href="${inspector}" target="_blank" rel="noopener" data-link="inspector">See the message in the inspector</a>`}
</footer>
${appOrigin === undefined ? "" : html`<script>${raw(SCRIPT)}</script>`}
</body>
</html>`;
}

function attributesOf(values: Readonly<Record<string, string | undefined>>): Html[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [html` data-${name}="${value}"`],
  );
}
