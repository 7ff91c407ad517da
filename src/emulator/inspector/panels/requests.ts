import { html } from "hono/html";
import type { LoggedRequest } from "../../state/rows.ts";
import { ago, chip, confirmed, copyable, empty, type Html, json, list, panel, type Tone } from "../components.ts";
import { MOST_ROWS, type InspectorView } from "../inspector-view.ts";
import { readCommand } from "./connect.ts";

/** Shows what was asked of the API, and what it said. */
export function requestsPanel(view: InspectorView): Html {
  const { requests } = view.tenant;
  const now = Date.now();
  const rows = requests.newest(MOST_ROWS).map((request) => requestRow(request, now));
  return panel({
    id: "requests",
    heading: "Requests",
    count: requests.size,
    tools: rows.length > 0 ? confirmed(view, "clear-requests", "Clear", "Empty the log") : undefined,
    content:
      rows.length > 0
        ? list(rows, requests.size)
        : empty("Nothing has been asked yet. Say hello to the API:", readCommand(view)),
  });
}

function requestRow(request: LoggedRequest, now: number): Html {
  const { requestId, receivedAt, method, path, operation, body, answer, problem, violation, fault, duration } = request;
  const reason = problem ?? noteIn(answer);
  return html`<li data-key="${requestId}"><details class="item" data-key="request ${requestId}">
<summary>${badge(request)}<span class="text"><span class="cut"><strong>${operation ?? "no operation"}</strong> <code class="soft">${method} ${path}</code></span>${
    reason ? html`<span class="problem small">${reason}</span>` : ""
  }</span>
<span class="end">${fault ? chip("fault", "other") : ""}<span class="soft small">${ago(receivedAt, now)}</span></span></summary>
<div class="inside">
<dl class="facts small">
<dt>Request</dt><dd class="wrap"><code>${method} ${path}</code></dd>
<dt>Operation</dt><dd>${operation ?? "none: this is not in the spec"}</dd>
<dt>${fault ? "Fault" : "Check"}</dt><dd class="wrap">${verdict(request)}</dd>
<dt>Took</dt><dd>${duration} ms</dd>
<dt>Id</dt><dd>${copyable(requestId, "request id")}</dd>
</dl>
${body === undefined ? "" : html`<h3>Body</h3>${json(body, "The body of the request")}`}
${answer === undefined ? "" : html`<h3>Answer</h3>${json(answer, "The body of the answer")}`}
${violation === undefined ? "" : html`<p class="problem wrap">${violation}</p>`}
</div></details></li>`;
}

/** What an answer says that is a success and yet says no. */
function noteIn(answer: unknown): string | undefined {
  const { isValid, isVerified, error, state, failureReason } = Object(answer);
  if (isValid === false) return `Not valid: ${error ?? state ?? "no reason is given"}`;
  return isVerified === false ? `Not verified: ${failureReason ?? "no reason is given"}` : undefined;
}

/** Whether a request was what the spec says, and why it was refused. */
function verdict({ operation, problem, violation, fault, connection, status }: LoggedRequest): Html {
  if (violation !== undefined)
    return html`<span class="problem">The answer is not what the spec says, a defect of the emulator</span>`;
  if (problem !== undefined) return html`<span class="problem">${problem}</span>`;
  if (fault) return html`${FAULTS[connection ?? "none"]}`;
  if (operation === undefined) return html`Not in the spec`;
  return status === 0
    ? html`Whoever asked did not wait for the answer`
    : html`Request and answer are what the spec says`;
}

const FAULTS = {
  none: "It was told to go wrong",
  reset: "It was told to end the connection without an answer",
  cut: "It was told to end the connection inside of the answer",
  empty: "It was told to answer without a body",
} as const;

/** The status of an answer, and what of it never came. */
function badge({ status, connection }: LoggedRequest): Html {
  switch (connection) {
    case "reset":
      return chip("reset", "wait");
    case "cut":
      return chip(`${status}, cut off`, "wait");
    case "empty":
      return chip(`${status}, empty`, "wait");
    default:
      return chip(status === 0 ? "no answer" : status, toneOf(status));
  }
}

function toneOf(status: number): Tone {
  if (status >= 200 && status < 300) return "good";
  return status >= 400 || status === 0 ? "bad" : "plain";
}
