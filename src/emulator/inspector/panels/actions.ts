import { html } from "hono/html";
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
  linkOut,
  list,
  panel,
  timeOfDay,
} from "../components.ts";
import { type InspectorView, inspectorUrl, MAX_ROWS } from "../inspector-view.ts";
import { sentence, toneOf } from "../labels.ts";
import { isAllowedWithoutMethod, type Step } from "../steps.ts";
import { type ActionTimeline, timelinesOf } from "../timeline.ts";
import { trackCommand } from "./connect.ts";

/** Renders the actions and their timelines. */
export function actionsPanel(view: InspectorView): Html {
  const { actions } = view.tenant.state;
  const rows = timelinesOf(view.tenant).map((timeline, index) => actionRow(view, timeline, index === 0));
  const hidden = Math.max(0, actions.size - MAX_ROWS);
  return panel({
    id: "actions",
    heading: "Actions",
    count: actions.size,
    content: rows.length > 0 ? list(rows, rows.length + hidden) : nothing(view),
  });
}

function nothing(view: InspectorView): Html {
  const isEmpty = view.tenant.state.users.size === 0;
  return empty(
    "Nothing has been tracked yet. Track an action to see its timeline:",
    html`${trackCommand(view)}${isEmpty ? html`<p class="soft">Or explore sample data:</p>${button(view, "sample", "Load the sample")}` : ""}`,
  );
}

function actionRow(view: InspectorView, timeline: ActionTimeline, isNewest: boolean): Html {
  const { key, actionCode, userId, createdAt, action, challenges, steps } = timeline;
  const state = action ? chip(sentence(action.state), toneOf(action.state), true) : chip("Not claimed", "plain", true);
  return html`<li data-key="${key}"><details class="item" data-key="timeline ${key}"${isNewest ? html` open` : ""}>
<summary><strong class="cut">${actionCode}</strong><span class="soft cut">${userId ?? "no user yet"}</span>
<span class="end wide">${state}<span class="soft small">${ago(createdAt, view.tenant.clock.milliseconds)}</span></span></summary>
<div class="inside"><ol class="timeline">${steps.map(stepRow)}</ol>
${actionButtons(view, timeline)}
${fold(`data ${key}`, "Data", json({ ...action, challenges }, `The data of ${actionCode}`))}</div>
</details></li>`;
}

function stepRow({ tone, text, note, code, url, at }: Step): Html {
  return html`<li class="step ${tone}"><span class="wrap">${text}${note ? html` <span class="note">${note}</span>` : ""}</span>
${code ? copyable(code, "code") : ""}${url ? linkOut(url, "Open the link") : ""}${at ? timeOfDay(at) : ""}</li>`;
}

/** Renders what can be done with an action that waits. */
function actionButtons(view: InspectorView, { key, action }: ActionTimeline): Html | string {
  const page = inspectorUrl(view, "/_inspector/open", { action: key });
  if (action && isAllowedWithoutMethod(action))
    return html`<p><a class="button" href="${page}" target="_blank" rel="noopener">Open the page to enroll</a></p>`;
  switch (action?.state) {
    case "CHALLENGE_REQUIRED":
      return html`<p><a class="button main" href="${page}" target="_blank" rel="noopener">Open the challenge page</a></p>`;
    case "REVIEW_REQUIRED":
      return form(
        view,
        "review",
        { action: key },
        html`<div class="row"><button name="state" value="REVIEW_SUCCEEDED">Approve</button><button name="state" value="REVIEW_FAILED">Reject</button></div>`,
      );
    default:
      return "";
  }
}
