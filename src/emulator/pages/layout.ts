import { html, raw } from "hono/html";

/** A piece of a page whose texts are escaped. */
export type Html = ReturnType<typeof html>;

/** What a page shows. */
export interface Page {
  readonly heading: string;
  /** What went wrong, if anything. */
  readonly problem?: string;
  readonly content?: Html;
  /** The token with which the person leaves, on the last page. */
  readonly token?: string;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2127; --soft: #5b6670; --line: #d0d7de; --desk: #f2f4f6; --paper: #fff;
  --accent: #0a5fb4; --on-accent: #fff; --bad: #a4141f; --bad-desk: #fdecec; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaee; --soft: #9ba6b1; --line: #3a434d; --desk: #0f1317; --paper: #191f25;
    --accent: #6cb2ff; --on-accent: #06213f; --bad: #ffb3b3; --bad-desk: #3a1a1d; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center; padding: 1rem;
  background: var(--desk); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 26rem; margin: auto 0 0; padding: clamp(1.25rem, 6vw, 2rem); background: var(--paper);
  border: 1px solid var(--line); border-radius: 0.75rem; overflow-wrap: anywhere; }
footer { width: 100%; max-width: 26rem; margin: 0 0 auto; padding: 1rem; color: var(--soft); font-size: 0.8125rem; text-align: center; }
h1 { margin: 0 0 0.75rem; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
main > :last-child:not(.more) { margin-bottom: 0; }
form { margin: 0 0 0.75rem; }
label { display: block; margin-bottom: 0.25rem; font-weight: 600; }
input, button, .button { width: 100%; min-height: 3rem; padding: 0.625rem 1rem; border: 1px solid var(--line);
  border-radius: 0.5rem; font: inherit; color: inherit; background: var(--paper); }
input { margin-bottom: 0.75rem; font-size: 1.25rem; letter-spacing: 0.08em; }
input[aria-invalid] { border-color: var(--bad); }
button, .button { display: block; text-align: center; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { border-color: var(--accent); }
button + button { margin-top: 0.75rem; }
.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }
.choice { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; text-align: start; font-weight: 600; }
.choice small { color: var(--soft); font-size: 0.875rem; font-weight: 400; line-height: 1.7; }
.more { display: flex; flex-wrap: wrap; justify-content: center; gap: 0 1.25rem; margin: 1.25rem 0 -0.5rem; }
.more form { margin: 0; }
.more a, .more button { display: inline-block; width: auto; min-height: 0; margin: 0; padding: 0.625rem 0; border: 0;
  background: none; color: var(--accent); font: inherit; text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[role="alert"] { padding: 0.625rem 0.875rem; border-radius: 0.5rem; background: var(--bad-desk); color: var(--bad); }
.note { padding: 0.625rem 0.875rem; border: 1px solid var(--line); border-radius: 0.5rem; font-size: 0.875rem; }
`;

/** A whole page. */
export function pageOf({ heading, problem, content, token }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${heading}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main${token === undefined ? "" : html` data-token="${token}"`}>
<h1>${heading}</h1>
${problem === undefined ? "" : html`<p role="alert" id="problem">${problem}</p>`}
${content}
</main>
<footer>A local emulator of Authsignal. Its messages go to its outbox, and to nobody else.</footer>
</body>
</html>`;
}
