import { html } from "hono/html";
import type { Delivery } from "../../state/rows.ts";
import { EVENT_TYPES, WEBHOOK_EVENTS } from "../../webhooks/events.ts";
import {
  ago,
  button,
  chip,
  copyable,
  empty,
  fold,
  form,
  type Html,
  json,
  list,
  panel,
  type Tone,
  timeOfDay,
} from "../components.ts";
import { type InspectorView, MAX_ROWS } from "../inspector-view.ts";

/** Renders the deliveries to webhooks, and a form for their URLs. */
export function webhooksPanel(view: InspectorView): Html {
  const { webhooks, state } = view.tenant;
  const { url, urls = {} } = webhooks.configuration;
  const isConfigured = url !== undefined || Object.keys(urls).length > 0;
  const newest = [...state.deliveries].slice(-MAX_ROWS).reverse();
  return panel({
    id: "webhooks",
    heading: "Webhooks",
    count: state.deliveries.size,
    content: html`${
      newest.length > 0
        ? list(
            newest.map((delivery) => deliveryRow(view, delivery)),
            state.deliveries.size,
          )
        : nothing(view, isConfigured)
    }
<div class="body">${isConfigured ? sampleForm(view) : ""}${fold("webhook urls", "Webhook URLs", urlsForm(view), !isConfigured)}</div>`,
  });
}

function nothing({ tenant }: InspectorView, isConfigured: boolean): Html {
  if (isConfigured) return empty("Nothing has been sent yet. Send a sample to test your handler.");
  const lines = `import { Webhook } from "authsignal-ts";

const webhook = new Webhook("${tenant.apiSecretKey}");
const event = await webhook.constructEventFromRequest(request);`;
  return empty(
    "No event has a URL, so none is sent. Enter the URL of your handler below. Events are signed with the secret key:",
    copyable(lines, "code of a handler", "block"),
  );
}

const TONES: { readonly [State in Delivery["state"]]: Tone } = { delivered: "good", failed: "bad", pending: "wait" };

function deliveryRow(view: InspectorView, delivery: Delivery): Html {
  const { deliveryId, type, url, body, createdAt, attempts, nextAttemptAt, state } = delivery;
  const now = view.tenant.clock.milliseconds;
  const last = attempts.at(-1);
  return html`<li data-key="${deliveryId}"><details class="item" data-key="delivery ${deliveryId}">
<summary>${chip(state, TONES[state])}<span class="text"><span class="cut"><strong>${type}</strong> <span class="soft">${last ? outcomeOf(last) : ""}</span></span>${
    state === "pending" && nextAttemptAt !== undefined
      ? html`<span class="soft small">next attempt ${ago(nextAttemptAt, now)}</span>`
      : ""
  }</span><span class="end"><span class="soft small">${ago(createdAt, now)}</span></span></summary>
<div class="inside">
<dl class="facts small"><dt>To</dt><dd class="wrap"><code>${url}</code></dd><dt>If it fails</dt><dd>${WEBHOOK_EVENTS[type].onFailure}</dd><dt>Id</dt><dd>${copyable(deliveryId, "delivery id")}</dd></dl>
<h3>${attempts.length === 1 ? "1 attempt" : `${attempts.length} attempts`}</h3>
<ol class="timeline">${attempts.map(attemptRow)}</ol>
<h3>Body</h3>${json(parsed(body), "The body of the delivery")}
${button(view, "redeliver", "Deliver again", { delivery: deliveryId })}
</div></details></li>`;
}

function attemptRow(attempt: Delivery["attempts"][number]): Html {
  const { at, duration, response } = attempt;
  return html`<li class="step ${isDelivered(attempt) ? "good" : "bad"}"><span class="wrap">${outcomeOf(attempt)} <span class="note">after ${Math.round(duration)} ms</span>${
    response ? html`<br><code class="soft">${response}</code>` : ""
  }</span>${timeOfDay(at)}</li>`;
}

function outcomeOf({ status, error }: Delivery["attempts"][number]): string {
  return [status, error].filter((one) => one !== undefined).join(", ") || "no response";
}

function isDelivered({ status = 0, error }: Delivery["attempts"][number]): boolean {
  return error === undefined && status >= 200 && status < 300;
}

function sampleForm(view: InspectorView): Html {
  const choices = EVENT_TYPES.map((type) => html`<option>${type}</option>`);
  return html`${form(view, "send-sample", {}, html`<div class="row"><label>Event<select name="type">${choices}</select></label><button>Send a sample</button></div>`)}
${button(view, "flush-logs", "Send pending log records now")}`;
}

function urlsForm(view: InspectorView): Html {
  const { url = "", urls = {} } = view.tenant.webhooks.configuration;
  const field = (name: string, label: string, value: string, placeholder: string) =>
    html`<label>${label}<input name="${name}" type="url" value="${value}" placeholder="${placeholder}" maxlength="2000" autocomplete="off" spellcheck="false"></label>`;
  const single = html`<div class="grid">${EVENT_TYPES.map((type) => field(type, type, urls[type] ?? "", "same as all events"))}</div>`;
  return form(
    view,
    "set-webhooks",
    {},
    html`${field("url", "All events", url, "http://localhost:3000/webhooks")}
${fold("webhook single urls", "URLs of single events", single, Object.keys(urls).length > 0)}
<button>Save</button>`,
    true,
  );
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
