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
import { isLetThrough, type Step, type Story, storiesOf } from "../timeline.ts";
import { addressOf, MOST_ROWS, type InspectorView } from "../inspector-view.ts";
import { sentence, toneOf } from "../labels.ts";
import { trackCommand } from "./connect.ts";

/** Shows what users did, and how each of it went. */
export function actionsPanel(view: InspectorView): Html {
  const { actions } = view.tenant.state;
  const stories = storiesOf(view.tenant);
  const rows = stories.map((story, index) => storyRow(view, story, index === 0));
  const hidden = Math.max(0, actions.size - MOST_ROWS);
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
    "Nothing has been tracked yet. Track an action, and its story appears here:",
    html`${trackCommand(view)}${isEmpty ? html`<p class="soft">Or look around first:</p>${button(view, "sample", "Load the sample")}` : ""}`,
  );
}

function storyRow(view: InspectorView, story: Story, isNewest: boolean): Html {
  const { key, actionCode, userId, createdAt, action, challenges, steps } = story;
  const state = action ? chip(sentence(action.state), toneOf(action.state), true) : chip("Not claimed", "plain", true);
  return html`<li data-key="${key}"><details class="item" data-key="story ${key}"${isNewest ? html` open` : ""}>
<summary><strong class="cut">${actionCode}</strong><span class="soft cut">${userId ?? "nobody yet"}</span>
<span class="end wide">${state}<span class="soft small">${ago(createdAt, view.tenant.clock.milliseconds)}</span></span></summary>
<div class="inside"><ol class="story">${steps.map(stepRow)}</ol>
${decisions(view, story)}
${fold(`data ${key}`, "Data", json({ ...action, challenges }, `The data of ${actionCode}`))}</div>
</details></li>`;
}

function stepRow({ tone, words, note, code, url, at }: Step): Html {
  return html`<li class="step ${tone}"><span class="wrap">${words}${note ? html` <span class="note">${note}</span>` : ""}</span>
${code ? copyable(code, "code") : ""}${url ? linkOut(url, "Open the link") : ""}${at ? timeOfDay(at) : ""}</li>`;
}

/** What may be done with an action that waits. */
function decisions(view: InspectorView, { key, action }: Story): Html | string {
  const page = addressOf(view, "/_inspector/open", { action: key });
  if (action && isLetThrough(action))
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
