import { html } from "hono/html";
import { copyable, fold, type Html, panel } from "../components.ts";
import type { InspectorView } from "../inspector-view.ts";

/** Renders what an app needs to use the emulator. */
export function connectPanel(view: InspectorView): Html {
  const { apiSecretKey, callConnectSecretKey, tenantId, origin } = view.tenant;
  const facts = [
    ["API URL", `${origin}/v1`],
    ["Secret key", apiSecretKey],
    ["Tenant id", tenantId],
  ] as const;
  return panel({
    id: "connect",
    heading: "Connect",
    content: html`<div class="body">
<dl class="facts small">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${copyable(value, name)}</dd>`)}</dl>
${fold("connect server", "On your server", copyable(serverSnippet(view), "code for your server", "block"))}
${fold("connect browser", "In the browser, with @authsignal/browser", copyable(browserSnippet(view), "code for the browser", "block"))}
${fold("connect curl", "On the command line", trackCommand(view))}
${fold("connect calls", "Call Connect", html`<dl class="facts small"><dt>URL</dt><dd>${copyable(origin, "URL of Call Connect")}</dd><dt>Secret key</dt><dd>${copyable(callConnectSecretKey, "key of Call Connect")}</dd></dl>`)}
</div>`,
  });
}

function serverSnippet({ tenant: { apiSecretKey, origin } }: InspectorView): string {
  return `import { Authsignal } from "authsignal-ts";

const authsignal = new Authsignal({
  apiSecretKey: "${apiSecretKey}",
  apiUrl: "${origin}/v1",
});`;
}

function browserSnippet({ tenant: { tenantId, origin } }: InspectorView): string {
  return `import { Authsignal } from "@authsignal/browser";

const authsignal = new Authsignal({
  tenantId: "${tenantId}",
  baseUrl: "${origin}/v1",
});`;
}

/** Renders a command that tracks an action of the oldest user. */
export function trackCommand({ tenant: { apiSecretKey, origin, state } }: InspectorView): Html {
  const [user] = state.users;
  const command = `curl -u ${apiSecretKey}: \\
  ${origin}/v1/users/${encodeURIComponent(user?.userId ?? "jo")}/actions/withdraw \\
  -H 'content-type: application/json' -d '{}'`;
  return copyable(command, "command", "block");
}

/** Renders a command that enrolls a phone number. */
export function enrollCommand({ tenant: { apiSecretKey, origin } }: InspectorView): Html {
  const command = `curl -u ${apiSecretKey}: \\
  ${origin}/v1/users/jo/authenticators \\
  -H 'content-type: application/json' \\
  -d '{"verificationMethod":"SMS","phoneNumber":"+64270000000"}'`;
  return copyable(command, "command", "block");
}

/** Renders a command that reads a user. */
export function readCommand({ tenant: { apiSecretKey, origin } }: InspectorView): Html {
  return copyable(`curl -u ${apiSecretKey}: ${origin}/v1/users/jo`, "command", "block");
}
