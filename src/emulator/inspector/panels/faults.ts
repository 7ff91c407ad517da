import { html } from "hono/html";
import type { Fault } from "../../state/rows.ts";
import { OPERATIONS } from "../../tenant/faults.ts";
import { button, chip, form, type Html, panel } from "../components.ts";
import { FAILURES } from "../failures.ts";
import type { InspectorView } from "../inspector-view.ts";

/** Renders the faults of the next calls, and a form that adds one. */
export function faultsPanel(view: InspectorView): Html {
  const faults = view.tenant.faults.list();
  return panel({
    id: "faults",
    heading: "Fail the next call",
    tools: faults.length > 0 ? button(view, "clear-faults", "Clear") : undefined,
    content: html`${faults.length === 0 ? "" : html`<ul class="list" data-key="next faults">${faults.map(faultRow)}</ul>`}
<div class="body">${form(
      view,
      "add-fault",
      {},
      html`<label>Call<select name="operation"><option value="">any</option>${OPERATIONS.map((name) => html`<option>${name}</option>`)}</select></label>
<div class="row"><label>Failure<select name="failure">${FAILURES.map(({ name, text }) => html`<option value="${name}">${text}</option>`)}</select></label>
<label class="narrow">Times<input name="times" type="number" min="1" max="1000" value="1" required></label></div>
<button>Add the failure</button>`,
      true,
    )}</div>`,
  });
}

function faultRow({ operations, times, ...how }: Fault): Html {
  return html`<li class="line pair"><span class="wrap"><strong>${operations?.join(", ") ?? "any call"}</strong> <span class="soft">${textOf(how)}</span></span>${chip(times === undefined ? "until cleared" : `${times} left`, "wait")}</li>`;
}

function textOf({ status, connection, latency, probability }: Fault): string {
  const texts = [
    status === undefined ? "" : `status ${status}`,
    connection === undefined ? "" : `connection ${connection}`,
    latency === undefined ? "" : `${latency} ms delay`,
    probability === undefined ? "" : `${Math.round(probability * 100)} % of the time`,
  ];
  return texts.filter((one) => one !== "").join(", ") || "another fault";
}
