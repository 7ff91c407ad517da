import { html, raw } from "hono/html";
import { version } from "../../../generated/version.ts";
import type { Html } from "./components.ts";
import { type InspectorView, inspectorUrl, nameOf } from "./inspector-view.ts";
import { actionsPanel } from "./panels/actions.ts";
import { connectPanel } from "./panels/connect.ts";
import { faultsPanel } from "./panels/faults.ts";
import { outboxPanel } from "./panels/outbox.ts";
import { requestsPanel } from "./panels/requests.ts";
import { resetPanel } from "./panels/reset.ts";
import { rulesPanel } from "./panels/rules.ts";
import { timePanel } from "./panels/time.ts";
import { usersPanel } from "./panels/users.ts";
import { webhooksPanel } from "./panels/webhooks.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** The panels in the navigation. */
const PANELS = ["actions", "requests", "outbox", "users", "webhooks", "rules", "time", "faults", "connect"];

/** An inline icon, so that browsers do not request /favicon.ico. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round"><path d="M12 2.5 4.5 5.5v6c0 4.6 3.1 8.2 7.5 10 4.4-1.8 7.5-5.4 7.5-10v-6z"/><path d="m8.5 11.8 2.5 2.5 4.5-4.8"/></svg>`;
const ICON_URL = `data:image/svg+xml,${encodeURIComponent(ICON.replace("currentColor", "#5b50e0"))}`;

/** Renders the inspector. */
export function page(view: InspectorView): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Authsignal emulator</title>
<link rel="icon" href="${ICON_URL}">
<style>${raw(STYLE)}</style>
</head>
<body>
<a class="hidden skip" href="#actions">Go to the actions</a>
${top(view)}
<main>
<div class="notes" id="notes">${view.problem === undefined ? "" : html`<div class="alert"><p role="alert">${view.problem}</p><button type="button" class="tiny" data-close>Close</button></div>`}</div>
<div class="columns">
<div class="column">${actionsPanel(view)}${requestsPanel(view)}</div>
<div class="column">${outboxPanel(view)}${usersPanel(view)}</div>
<div class="column controls">${webhooksPanel(view)}${rulesPanel(view)}${timePanel(view)}${faultsPanel(view)}${connectPanel(view)}${resetPanel(view)}</div>
</div>
</main>
<p class="hidden" role="status" id="announcement"></p>
<script>${raw(SCRIPT)}</script>
</body>
</html>`;
}

function top(view: InspectorView): Html {
  return html`<header class="top">
<div class="brand">${raw(ICON.replace("<svg", '<svg aria-hidden="true"'))}<h1>Authsignal emulator</h1><span class="soft small word">${version}</span></div>
<nav aria-label="Parts of this page">${PANELS.map((id) => html`<a href="#${id}">${id === "faults" ? "Failures" : id.charAt(0).toUpperCase() + id.slice(1)}</a>`)}</nav>
<a class="refresh" href="${inspectorUrl(view)}">Refresh</a>
<span class="state" id="live" data-source="${inspectorUrl(view, "/_inspector/live")}">Connecting</span>
${menu(view)}
</header>`;
}

/** Maximum number of tenants in the menu. */
const MAX_TENANTS = 50;

/** Renders the menu of tenants, or the name of the only one. */
function menu(view: InspectorView): Html {
  const { tenant, tenants } = view;
  if (tenants.length === 1)
    return html`<span class="state"><span class="word">Tenant</span><strong>${nameOf(tenant)}</strong></span>`;
  const choices = tenants
    .slice(0, MAX_TENANTS)
    .map(
      (one) =>
        html`<a href="${inspectorUrl({ ...view, tenant: one })}"${one === tenant ? html` aria-current="page"` : ""}><span class="wrap">${nameOf(one)}</span> <span class="soft small">${one.state.actions.size === 1 ? "1 action" : `${one.state.actions.size} actions`}</span></a>`,
    );
  return html`<details class="menu fold" data-key="tenants"><summary><span class="word soft">Tenant</span><span class="cut">${nameOf(tenant)}</span></summary><div>${choices}</div></details>`;
}
