import { html } from "hono/html";
import type { Rule } from "../../state/rows.ts";
import { button, chip, confirmed, fold, form, type Html, json, panel } from "../components.ts";
import type { InspectorView } from "../inspector-view.ts";
import { toneOf } from "../labels.ts";

const OUTCOMES = ["CHALLENGE", "ALLOW", "BLOCK", "REVIEW"];

/** Renders the rules that decide actions, and forms that change them. */
export function rulesPanel(view: InspectorView): Html {
  const { rules, state, settings } = view.tenant;
  const rows = rules.list();
  const queued = state.outcomes.value;
  return panel({
    id: "rules",
    heading: "Rules",
    count: rows.length,
    content: html`${queued.length === 0 ? "" : html`<div class="rest pair" data-key="queue"><span>Next ${queued.map(({ action = "any action", outcome }) => html`<span class="wrap">${action}</span> ${chip(outcome, toneOf(outcome))} `)}</span>${button(view, "clear-queue", "Clear")}</div>`}
<ol class="list">${rows.map((rule) => ruleRow(view, rule))}
<li class="line pair"><span class="soft">anything else</span>${chip(settings.defaultOutcome, toneOf(settings.defaultOutcome))}</li></ol>
<div class="body"><datalist id="codes">${codesOf(view).map((code) => html`<option value="${code}"></option>`)}</datalist>
${form(
  view,
  "set-outcome",
  {},
  html`<div class="row"><label>Action<input name="action" list="codes" required maxlength="64" placeholder="withdraw" autocomplete="off"></label>
<label>Outcome${outcomes()}</label></div>
<div class="row"><button class="main" name="how" value="always">Set</button><button name="how" value="next">Next time only</button></div>`,
  true,
)}
${fold("new rule", "Add a rule with conditions", ruleForm(view))}</div>`,
  });
}

function ruleRow(
  view: InspectorView,
  { ruleId, name, description, action, userId, where, output, outcome, hasFunction }: Rule,
): Html {
  const isNamed = name !== `${action ?? "any action"} is ${outcome}`;
  const conditions = {
    ...(userId !== undefined && { userId }),
    ...(where !== undefined && { where }),
    ...(output !== undefined && { output }),
  };
  return html`<li class="line" data-key="${ruleId}">
<div class="pair"><strong class="wrap">${action ?? "any action"}</strong>${hasFunction ? chip("function") : ""}${chip(outcome, toneOf(outcome))}</div>
${isNamed ? html`<p class="wrap">${name}</p>` : ""}${description === undefined ? "" : html`<p class="soft wrap">${description}</p>`}
<div class="row">${Object.keys(conditions).length === 0 ? "" : fold(`rule ${ruleId}`, "Conditions", json(conditions, `The conditions of ${name}`))}
${confirmed(view, "remove-rule", "Remove", `Remove ${name}`, { rule: ruleId })}</div></li>`;
}

function ruleForm(view: InspectorView): Html {
  return form(
    view,
    "add-rule",
    {},
    html`<div class="row"><label>Name<input name="name" maxlength="200" placeholder="New payee" autocomplete="off"></label><label>Outcome${outcomes()}</label></div>
<div class="row"><label>Action<input name="action" list="codes" maxlength="64" placeholder="any" autocomplete="off"></label>
<label>User<input name="userId" maxlength="200" placeholder="any" autocomplete="off"></label></div>
<label>Where, as JSON<textarea name="where" rows="3" spellcheck="false" placeholder='{ "custom": { "isNewPayee": true } }'></textarea></label>
<button>Add the rule</button>`,
    true,
  );
}

function outcomes(): Html {
  return html`<select name="outcome">${OUTCOMES.map((outcome) => html`<option>${outcome}</option>`)}</select>`;
}

/** Returns the action codes of the latest actions and of the rules. */
function codesOf({ tenant: { state } }: InspectorView): string[] {
  const tracked = [...state.actions].slice(-200).map(({ actionCode }) => actionCode);
  const ruled = state.rules.value.flatMap(({ action }) => action ?? []);
  return [...new Set([...ruled, ...tracked])].sort().slice(0, 50);
}
