import { html } from "hono/html";
import type { Fault } from "../../state/rows.ts";
import { OPERATIONS } from "../../tenant/faults.ts";
import { button, chip, form, type Html, panel } from "../components.ts";
import type { InspectorView } from "../inspector-view.ts";

/** What can go wrong, and what each choice is called. */
export const FAILURES: readonly { readonly name: string; readonly words: string; readonly fault: Fault }[] = [
  { name: "500", words: "500 Internal Server Error", fault: { status: 500 } },
  { name: "503", words: "503 Service Unavailable", fault: { status: 503 } },
  { name: "429", words: "429 Too Many Requests", fault: { status: 429, retryAfter: 1 } },
  { name: "401", words: "401 Unauthorized", fault: { status: 401 } },
  { name: "404", words: "404 Not Found", fault: { status: 404 } },
  { name: "reset", words: "Connection reset", fault: { connection: "reset" } },
  { name: "cut", words: "Answer cut off, although it was done", fault: { connection: "cut" } },
  { name: "slow", words: "Answer 5 s late", fault: { latency: 5_000 } },
];

/** Lets the next calls fail. */
export function faultsPanel(view: InspectorView): Html {
  const faults = view.tenant.faults.list();
  return panel({
    id: "faults",
    heading: "Fail the next call",
    tools: faults.length > 0 ? button(view, "clear-faults", "Stop") : undefined,
    content: html`${faults.length === 0 ? "" : html`<ul class="list" data-key="faults to come">${faults.map(faultRow)}</ul>`}
<div class="body">${form(
      view,
      "add-fault",
      {},
      html`<label>Call<select name="operation"><option value="">any</option>${OPERATIONS.map((name) => html`<option>${name}</option>`)}</select></label>
<div class="row"><label>Failure<select name="failure">${FAILURES.map(({ name, words }) => html`<option value="${name}">${words}</option>`)}</select></label>
<label class="narrow">Times<input name="times" type="number" min="1" max="1000" value="1" required></label></div>
<button>Let it fail</button>`,
      true,
    )}</div>`,
  });
}

function faultRow({ operations, times, ...how }: Fault): Html {
  return html`<li class="line pair"><span class="wrap"><strong>${operations?.join(", ") ?? "any call"}</strong> <span class="soft">${wordsOf(how)}</span></span>${chip(times === undefined ? "until stopped" : `${times} to come`, "wait")}</li>`;
}

function wordsOf({ status, connection, latency, probability }: Fault): string {
  const words = [
    status === undefined ? "" : `status ${status}`,
    connection === undefined ? "" : `connection ${connection}`,
    latency === undefined ? "" : `${latency} ms late`,
    probability === undefined ? "" : `${Math.round(probability * 100)} % of the time`,
  ];
  return words.filter((one) => one !== "").join(", ") || "in another way";
}
