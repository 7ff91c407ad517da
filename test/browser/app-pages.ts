import { html, raw } from "hono/html";

type Html = ReturnType<typeof html>;

function page(title: string, content: Html): string {
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>`);
}

/** The first page. */
export function startPage(): string {
  return page(
    "An app",
    html`<form method="post" action="/withdraw"><button>Withdraw</button></form>
<form method="post" action="/signup"><button>Sign up</button></form>
<form method="post" action="/settings"><button>Security settings</button></form>`,
  );
}

/** The page of the result, with everything that the app has received. */
export function outcomePage({ done, ...facts }: { done: boolean; [fact: string]: unknown }): string {
  const rows = Object.entries(facts).filter(([, value]) => value !== undefined);
  return page(
    done ? "Done" : "Not done",
    html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd data-fact="${name}">${String(value)}</dd>`)}</dl>`,
  );
}

/** A page with the official browser SDK in `window.authsignal`. */
export function sdkPage({ tenantId, apiUrl }: { tenantId: string; apiUrl: string }): string {
  const script = `
import { Authsignal } from "/authsignal.js";
window.expired = 0;
window.authsignal = new Authsignal({
  tenantId: ${JSON.stringify(tenantId)},
  baseUrl: ${JSON.stringify(apiUrl)},
  onTokenExpired: () => { window.expired += 1; },
});
const post = async (path, body) => {
  const response = await fetch(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  return response.json();
};
window.app = { track: (body = {}) => post("/api/track", body), validate: (token) => post("/api/validate", { token }) };

const result = document.querySelector("output");
for (const mode of ["popup", "window"]) {
  document.querySelector("#" + mode).addEventListener("click", async () => {
    const errors = [];
    const { url } = await window.app.track();
    const { token } = await window.authsignal.launch(url, { mode, onError: (error) => errors.push(error) });
    const validated = token === undefined ? undefined : await window.app.validate(token);
    result.textContent = JSON.stringify({ token, validated, errors });
  });
}`;
  return page(
    "An app with the browser SDK",
    html`<button id="popup">Withdraw in a popup</button>
<button id="window">Withdraw in a window</button>
<output></output>
<script type="module">${raw(script)}</script>`,
  );
}
