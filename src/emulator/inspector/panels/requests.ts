import { html } from "hono/html";
import { fieldOf } from "../../../platform/fields.ts";
import type { LoggedRequest } from "../../state/rows.ts";
import { ago, chip, confirmed, copyable, empty, type Html, json, list, panel, type Tone } from "../components.ts";
import { type InspectorView, MAX_ROWS } from "../inspector-view.ts";
import { readCommand } from "./connect.ts";

/** Renders the requests to the API and their responses. */
export function requestsPanel(view: InspectorView): Html {
  const { requests } = view.tenant;
  const now = Date.now();
  const rows = requests.newest(MAX_ROWS).map((request) => requestRow(request, now));
  return panel({
    id: "requests",
    heading: "Requests",
    count: requests.size,
    tools: rows.length > 0 ? confirmed(view, "clear-requests", "Clear", "Delete the log") : undefined,
    content:
      rows.length > 0 ? list(rows, requests.size) : empty("No request has been sent yet. Try one:", readCommand(view)),
  });
}

function requestRow(request: LoggedRequest, now: number): Html {
  const { requestId, receivedAt, method, path, operation, body, answer, problem, violation, fault, duration } = request;
  const reason = problem ?? rejectionOf(answer);
  return html`<li data-key="${requestId}"><details class="item" data-key="request ${requestId}">
<summary>${badge(request)}<span class="text"><span class="cut"><strong>${operation ?? "no operation"}</strong> <code class="soft">${method} ${path}</code></span>${
    reason ? html`<span class="problem small">${reason}</span>` : ""
  }</span>
<span class="end">${fault ? chip("fault", "other") : ""}<span class="soft small">${ago(receivedAt, now)}</span></span></summary>
<div class="inside">
<dl class="facts small">
<dt>Request</dt><dd class="wrap"><code>${method} ${path}</code></dd>
<dt>Operation</dt><dd>${operation ?? "none: not in the spec"}</dd>
<dt>${fault ? "Fault" : "Check"}</dt><dd class="wrap">${checkResult(request)}</dd>
<dt>Took</dt><dd>${duration} ms</dd>
<dt>Id</dt><dd>${copyable(requestId, "request id")}</dd>
</dl>
${body === undefined ? "" : html`<h3>Body</h3>${json(body, "The body of the request")}`}
${answer === undefined ? "" : html`<h3>Response</h3>${json(answer, "The body of the response")}`}
${violation === undefined ? "" : html`<p class="problem wrap">${violation}</p>`}
</div></details></li>`;
}

/** Returns why a response with a success status rejects a token or a code. */
function rejectionOf(response: unknown): string | undefined {
  const reason = (...fields: string[]) =>
    fields.map((field) => fieldOf(response, field)).find((value) => value !== undefined) ?? "no reason is given";
  if (fieldOf(response, "isValid") === false) return `Not valid: ${reason("error", "state")}`;
  return fieldOf(response, "isVerified") === false ? `Not verified: ${reason("failureReason")}` : undefined;
}

/** Renders the result of the check against the spec, or the fault. */
function checkResult({ operation, problem, violation, fault, connection, status }: LoggedRequest): Html {
  if (violation !== undefined)
    return html`<span class="problem">The response does not match the spec: a defect of the emulator</span>`;
  if (problem !== undefined) return html`<span class="problem">${problem}</span>`;
  if (fault) return html`${FAULTS[connection ?? "none"]}`;
  if (operation === undefined) return html`Not in the spec`;
  return status === 0 ? html`The client did not wait for the response` : html`Request and response match the spec`;
}

const FAULTS = {
  none: "Failed as configured",
  reset: "Connection closed without a response, as configured",
  cut: "Connection closed within the response, as configured",
  empty: "Response without a body, as configured",
} as const;

/** Renders the status of a response, and what of it was not sent. */
function badge({ status, connection }: LoggedRequest): Html {
  switch (connection) {
    case "reset":
      return chip("reset", "wait");
    case "cut":
      return chip(`${status}, cut off`, "wait");
    case "empty":
      return chip(`${status}, empty`, "wait");
    default:
      return chip(status === 0 ? "no response" : status, toneOf(status));
  }
}

function toneOf(status: number): Tone {
  if (status >= 200 && status < 300) return "good";
  return status >= 400 || status === 0 ? "bad" : "plain";
}
