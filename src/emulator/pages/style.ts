/** How the challenge pages look. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #14171b; --soft: #58626d; --line: #dcdfe4; --edge: #858f9a; --desk: #f5f6f8; --paper: #fff;
  --accent: #4338ca; --on-accent: #fff; --bad: #a3151f; --bad-desk: #fdeaea; --good: #0a6338; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9ebee; --soft: #9ba5b0; --line: #2e343c; --edge: #6d7783; --desk: #0b0d10; --paper: #13161b;
    --accent: #aab4ff; --on-accent: #12153a; --bad: #ffa3a3; --bad-desk: #3a171a; --good: #72dda0; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; align-items: center; padding: 1rem;
  background: var(--desk); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { width: 100%; max-width: 26rem; margin: auto 0 0; padding: clamp(1.25rem, 6vw, 2rem); background: var(--paper);
  border: 1px solid var(--line); border-radius: 1rem; overflow-wrap: anywhere; }
footer { width: 100%; max-width: 26rem; margin: 0 0 auto; padding: 0.75rem 1rem 0; color: var(--soft); font-size: 0.8125rem; text-align: center; }
footer p { margin: 0; }
.popup { min-height: 0; padding: 0; background: var(--paper); }
.popup main { max-width: none; border: 0; border-radius: 0; }
.popup footer { max-width: none; padding: 0.5rem 1rem 1rem; }
h1 { margin: 0 0 0.75rem; font-size: 1.375rem; font-weight: 650; line-height: 1.25; letter-spacing: -0.01em; text-wrap: balance; }
p { margin: 0 0 1rem; }
main > :last-child:not(.more) { margin-bottom: 0; }
form { margin: 0 0 0.75rem; }
label { display: block; margin-bottom: 0.25rem; font-weight: 600; }
input, button, .button { width: 100%; min-height: 3rem; padding: 0.625rem 1rem; border: 1px solid var(--edge);
  border-radius: 0.625rem; font: inherit; color: inherit; background: var(--paper); }
input { margin-bottom: 0.75rem; font-size: 1.125rem; }
input[name="code"] { font-size: 1.25rem; letter-spacing: 0.08em; }
input[aria-invalid] { border-color: var(--bad); }
::placeholder { color: var(--soft); opacity: 1; }
button, .button { display: block; text-align: center; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { border-color: var(--accent); }
button + button { margin-top: 0.75rem; }
.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }
.risky { border-color: var(--bad); color: var(--bad); font-weight: 600; }
.choice { display: flex; align-items: center; gap: 1rem; text-align: start; font-weight: 600; }
.choice span { display: flex; flex: 1; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem; min-width: 0; }
.choice::after { content: "\\203a" / ""; color: var(--soft); font-size: 1.25rem; line-height: 1; }
.choice small, .hint, li small { color: var(--soft); font-size: 0.875rem; font-weight: 400; }
.hint { margin: 0 0 0.5rem; }
.more { display: flex; flex-wrap: wrap; justify-content: center; gap: 0 1.25rem; margin: 1.25rem 0 -0.5rem; }
.more form { margin: 0; }
.more a, .more button, .quiet, footer a { display: inline-block; width: auto; min-width: 2.75rem; min-height: 2.75rem; margin: 0;
  padding: 0.625rem 0; border: 0; background: none; color: var(--accent); font: inherit; text-align: center; text-decoration: underline;
  text-underline-offset: 0.2em; text-decoration-thickness: from-font; }
footer a { padding: 0.75rem 0; color: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[role="alert"] { padding: 0.625rem 0.875rem; border-radius: 0.625rem; background: var(--bad-desk); color: var(--bad); }
.note { padding: 0.625rem 0.875rem; border: 1px solid var(--line); border-radius: 0.625rem; font-size: 0.875rem; }
.qr { display: block; width: 100%; max-width: 13rem; height: auto; margin: 0 auto 1rem; padding: 0.75rem; border-radius: 0.625rem; background: #fff; color: #000; }
.secret, .codes { font: 600 1rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; -webkit-user-select: all; user-select: all; }
.codes { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 0.25rem 1rem; margin: 0 0 1rem; padding: 0.875rem 1rem;
  border: 1px dashed var(--edge); border-radius: 0.625rem; list-style: none; text-align: center; }
.rows { margin: 0 0 1rem; padding: 0; list-style: none; border-block-end: 1px solid var(--line); }
.rows li { display: flex; align-items: center; gap: 1rem; padding: 0.5rem 0; border-block-start: 1px solid var(--line); }
.rows div { flex: 1; min-width: 0; }
.rows b { display: block; font-weight: 600; }
`;
