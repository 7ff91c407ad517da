import { createHash } from "node:crypto";

/** How the inspector looks. Colours have meanings: good, bad, waiting, and what somebody else decides. */
export const STYLE = `
:root { color-scheme: light dark; --desk: #f5f6f8; --paper: #fff; --sunk: #f5f6f8; --ink: #14171b; --soft: #58626d;
  --line: #e2e5ea; --edge: #c9cfd6; --accent: #4338ca; --on-accent: #fff; --accent-desk: #eeedfb;
  --good: #0a6338; --good-desk: #e0f4e8; --bad: #a3151f; --bad-desk: #fdeaea; --wait: #834600; --wait-desk: #fdf0d9;
  --other: #5a2aad; --other-desk: #f0e9fc; }
@media (prefers-color-scheme: dark) {
  :root { --desk: #0b0d10; --paper: #13161b; --sunk: #1b1f25; --ink: #e9ebee; --soft: #9ba5b0; --line: #262b32;
    --edge: #3c434c; --accent: #aab4ff; --on-accent: #12153a; --accent-desk: #1f2340; --good: #72dda0;
    --good-desk: #11301f; --bad: #ffa3a3; --bad-desk: #3a171a; --wait: #f6c171; --wait-desk: #33250f;
    --other: #cbb3ff; --other-desk: #281e40; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 4.5rem; }
body { margin: 0; background: var(--desk); color: var(--ink); font: 0.875rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
  font-variant-numeric: tabular-nums; }
h1, h2, h3, p, ul, ol, dl, dd, pre, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 0.9375rem; font-weight: 650; letter-spacing: -0.005em; }
h2 { font-size: 0.9375rem; font-weight: 650; letter-spacing: -0.005em; }
h3 { font-size: 0.8125rem; font-weight: 600; }
a { color: var(--accent); text-underline-offset: 0.2em; text-decoration-thickness: from-font; }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.9em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 0.25rem; }
.soft { color: var(--soft); }
.small { font-size: 0.8125rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: fixed; z-index: 3; inset: 0.5rem auto auto 0.5rem; width: auto; height: auto; padding: 0.5rem 0.75rem;
  clip-path: none; background: var(--paper); }

.top { position: sticky; z-index: 2; top: 0; display: flex; align-items: center; gap: 0.5rem 1rem; padding: 0.625rem clamp(1rem, 2vw, 1.75rem);
  background: var(--paper); border-bottom: 1px solid var(--line); }
.brand { display: flex; align-items: center; gap: 0.625rem; white-space: nowrap; }
.brand svg { flex: none; color: var(--accent); }
.top nav { display: flex; gap: 0.25rem; min-width: 0; margin-inline-end: auto; overflow-x: auto; scrollbar-width: none; }
.top nav a { padding: 0.25rem 0.5rem; border-radius: 0.375rem; color: var(--soft); text-decoration: none; white-space: nowrap; }
.top nav a:hover { background: var(--sunk); color: var(--ink); }
.state strong { color: var(--ink); }
.state { display: flex; align-items: center; gap: 0.375rem; color: var(--soft); font-size: 0.8125rem; white-space: nowrap; }
#live { display: none; }
.js #live { display: flex; }
.js .refresh { display: none; }
#live::before { content: ""; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: var(--edge); }
#live[data-live="on"]::before { background: var(--good); }
#live[data-live="off"]::before { background: var(--wait); }

main { max-width: 118rem; margin: 0 auto; padding: 1rem clamp(0.75rem, 2vw, 1.75rem) 3rem; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.column { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; align-content: start; min-width: 0; }
.notes:empty { display: none; }
.notes { margin-bottom: 1rem; }
@media (min-width: 62rem) {
  .columns { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .column.controls { display: block; grid-column: 1 / -1; columns: 2; column-gap: 1rem; }
  .column.controls > * { break-inside: avoid; margin-bottom: 1rem; }
}
@media (min-width: 92rem) {
  .columns { grid-template-columns: minmax(0, 6fr) minmax(0, 5fr) minmax(20rem, 4fr); }
  .column.controls { display: grid; grid-column: auto; }
  .column.controls > * { margin-bottom: 0; }
}
@media (max-width: 75.99rem) {
  .top { flex-wrap: wrap; row-gap: 0.25rem; }
  .brand { margin-inline-end: auto; }
  .top nav { order: 9; flex: 1 0 100%; flex-wrap: wrap; margin: 0 -0.5rem; }
  html { scroll-padding-top: 6rem; }
}

.panel { min-width: 0; background: var(--paper); border: 1px solid var(--line); border-radius: 0.75rem; overflow: clip; }
.panel > header { display: flex; align-items: center; gap: 0.5rem; min-height: 3rem; padding: 0.5rem 1rem; }
.panel > header > .tools { margin-inline-start: auto; text-align: end; }
.count { color: var(--soft); font-size: 0.8125rem; }
.body { padding: 0 1rem 1rem; }
.list + .body, .empty + .body, .rest + .body { padding-top: 0.75rem; border-top: 1px solid var(--line); }
.body > * + * { margin-top: 0.75rem; }
.list { max-height: min(75vh, 52rem); overflow-y: auto; border-top: 1px solid var(--line); }
.list > li + li { border-top: 1px solid var(--line); }
.rest { padding: 0.625rem 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.8125rem; }
.line { padding: 0.625rem 1rem; }
.empty { padding: 1.25rem 1rem; border-top: 1px solid var(--line); }
.empty > * + * { margin-top: 0.625rem; }

summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:focus-visible { outline-offset: -2px; }
.fold > summary { display: inline-flex; align-items: center; gap: 0.375rem; color: var(--soft); font-size: 0.8125rem; }
.fold > summary:hover { color: var(--ink); }
.fold > summary::before, .item > summary::before { content: ""; flex: none; width: 0.375rem; height: 0.375rem; margin-inline-end: 0.125rem;
  border: solid currentColor; border-width: 0 1.5px 1.5px 0; color: var(--soft); transform: rotate(-45deg); transition: transform 0.12s; }
.fold[open] > summary::before, .item[open] > summary::before { transform: rotate(45deg); }
.fold > :not(summary) { margin-top: 0.625rem; }
.item > summary { display: flex; align-items: center; gap: 0.5rem; padding: 0.625rem 1rem; min-width: 0; }
.item > summary:hover { background: var(--sunk); }
.item > summary .end { display: flex; align-items: center; gap: 0.5rem; margin-inline-start: auto; white-space: nowrap; }
.item > .inside { padding: 0.25rem 1rem 1rem 1.875rem; }
.inside > * + * { margin-top: 0.75rem; }
.text { min-width: 0; }
.text > .cut { display: block; }
.text > .problem { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 3; }
.item > summary > strong { flex: none; max-width: 60%; }
.cut { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.wrap { overflow-wrap: anywhere; }
strong { font-weight: 600; }

.chip { display: inline-flex; align-items: center; gap: 0.375rem; flex: none; padding: 0.0625rem 0.5rem; border-radius: 1rem;
  background: var(--sunk); color: var(--soft); font-size: 0.75rem; font-weight: 550; line-height: 1.5; white-space: nowrap; }
.chip.good { background: var(--good-desk); color: var(--good); }
.chip.bad { background: var(--bad-desk); color: var(--bad); }
.chip.wait { background: var(--wait-desk); color: var(--wait); }
.chip.other { background: var(--other-desk); color: var(--other); }
.chip.dot::before { content: ""; width: 0.375rem; height: 0.375rem; border-radius: 50%; background: currentColor; }
.problem { color: var(--bad); }
.js .notes { margin: 0; position: fixed; z-index: 4; inset: auto 1rem 1rem auto; max-width: min(36rem, calc(100vw - 2rem)); }
.js .alert { box-shadow: 0 8px 24px rgb(0 0 0 / 0.18); }
.alert > button { display: none; }
.js .alert > button { display: inline-flex; border-color: currentColor; background: none; color: inherit; }
.alert { display: flex; align-items: flex-start; justify-content: space-between; gap: 1rem; overflow-wrap: anywhere; padding: 0.75rem 1rem; border: 1px solid currentColor; border-radius: 0.75rem; background: var(--bad-desk); color: var(--bad); }

.story { position: relative; }
.step { position: relative; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.125rem 0.75rem; padding: 0.1875rem 0 0.1875rem 1.25rem; }
.step::before { content: ""; position: absolute; z-index: 1; inset: 0.625rem auto auto 0; width: 0.5rem; height: 0.5rem; border-radius: 50%;
  background: var(--edge); box-shadow: 0 0 0 3px var(--paper); }
.step:not(:last-child)::after { content: ""; position: absolute; inset: 0.875rem auto -0.5rem 0.1875rem; width: 2px; background: var(--line); }
.step.good::before { background: var(--good); }
.step.bad::before { background: var(--bad); }
.step.wait::before { background: var(--wait); }
.step.other::before { background: var(--other); }
.step > time { margin-inline-start: auto; color: var(--soft); font-size: 0.8125rem; }
.step .copy > code { font-size: 1rem; font-weight: 600; letter-spacing: 0.05em; }
.step .note { color: var(--soft); }

.copy { display: inline-flex; align-items: center; gap: 0.375rem; max-width: 100%; min-width: 0; vertical-align: bottom; }
.copy > code { overflow-wrap: anywhere; }
.copy.big > code { font-size: 1.25rem; font-weight: 600; letter-spacing: 0.06em; line-height: 1.2; }
.copy > button { display: none; flex: none; }
.js .copy { cursor: copy; }
.js .copy > button { display: inline-flex; }
.copy.block { display: flex; align-items: flex-start; justify-content: space-between; padding: 0.625rem 0.75rem; border: 1px solid var(--line);
  border-radius: 0.5rem; background: var(--sunk); }
.copy.block > code { white-space: pre-wrap; }
pre { max-height: 24rem; padding: 0.625rem 0.75rem; overflow: auto; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--sunk);
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.78125rem; line-height: 1.55; }

button, .button, input, select, textarea { font: inherit; color: inherit; }
button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 2rem; padding: 0.25rem 0.75rem; border: 1px solid var(--edge);
  border-radius: 0.5rem; background: var(--paper); font-weight: 500; text-decoration: none; white-space: nowrap; cursor: pointer; }
button:hover, .button:hover { border-color: var(--accent); }
button.main, .button.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
button.tiny { min-height: 1.5rem; padding: 0 0.5rem; border-radius: 0.375rem; color: var(--soft); font-size: 0.75rem; }
button.tiny:hover { color: var(--ink); }
button.danger { border-color: var(--bad); color: var(--bad); }
.copy > button { min-width: 3.625rem; }
[data-copied] > button { border-color: var(--good); color: var(--good); }
[data-copied] > button > span { display: none; }
[data-copied] > button::after { content: "Copied"; }
input, select, textarea { width: 100%; min-width: 0; min-height: 2rem; padding: 0.25rem 0.5rem; border: 1px solid var(--edge); border-radius: 0.5rem; background: var(--paper); }
textarea { min-height: 4rem; resize: vertical; }
::placeholder { color: var(--soft); opacity: 1; }
label { display: block; min-width: 0; color: var(--soft); font-size: 0.8125rem; }
label > input, label > select, label > textarea { display: block; margin-top: 0.125rem; color: var(--ink); font-size: 0.875rem; }
.row { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem; }
.row > label { flex: 1 1 7rem; }
.row > label.narrow { flex: 0 1 5rem; }
.row > form { display: inline-flex; }
.row > .fold[open] { flex-basis: 100%; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 0.5rem; }
form.stack > * + * { margin-top: 0.625rem; }
.clock { font-size: 1.75rem; font-weight: 600; letter-spacing: -0.02em; line-height: 1.1; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); align-items: baseline; gap: 0.375rem 1rem; }
.facts dt { color: var(--soft); }
.facts dd { min-width: 0; }
.pair { display: flex; align-items: center; gap: 0.5rem; min-width: 0; }
.pair > :last-child:not(:only-child) { margin-inline-start: auto; }
.pair.high { justify-content: space-between; align-items: flex-start; }
.pair .end { display: flex; align-items: center; gap: 0.5rem; white-space: nowrap; }
.item > summary > .people { display: flex; flex: none; flex-wrap: wrap; justify-content: flex-end; gap: 0.25rem 0.375rem; max-width: 60%; }
.menu { position: relative; }
.menu > summary { display: inline-flex; align-items: center; gap: 0.375rem; padding: 0.25rem 0.625rem; border: 1px solid var(--line); border-radius: 0.5rem; max-width: 14rem; }
.menu > div { position: absolute; z-index: 3; inset: calc(100% + 0.25rem) 0 auto auto; width: max-content; max-width: min(24rem, 80vw); max-height: 60vh;
  overflow-y: auto; padding: 0.375rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--paper); box-shadow: 0 8px 24px rgb(0 0 0 / 0.14); }
.menu a { display: block; padding: 0.375rem 0.625rem; border-radius: 0.5rem; color: inherit; text-decoration: none; }
.menu a:hover, .menu a[aria-current] { background: var(--sunk); }
@media (max-width: 40rem) {
  .top nav { flex-wrap: nowrap; padding-inline-end: 2rem; mask-image: linear-gradient(to right, #000 calc(100% - 2.5rem), transparent); }
  .brand { min-width: 0; }
  .brand h1 { white-space: normal; }
  .top .word { display: none; }
  .list { max-height: none; }
  .item > summary:has(> .wide) { flex-wrap: wrap; }
  .item > summary > .wide { flex-basis: 100%; justify-content: space-between; max-width: none; padding-inline-start: 1rem; }
  .item > summary > .people { justify-content: flex-start; }
  .body > .fold + .fold, .row > .fold { margin-top: 0; }
  button, .button, input, select, summary { min-height: 2.75rem; }
  .step a { display: inline-flex; align-items: center; min-height: 2.75rem; }
  button.tiny { min-height: 2rem; }
}
@media (prefers-reduced-motion: no-preference) {
  .js [data-new] { animation: arrive 1.6s ease-out; }
  html { scroll-behavior: smooth; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@keyframes arrive { from { background: var(--accent-desk); } }
`;

/** How a policy names the style. */
export const STYLE_HASH = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;
