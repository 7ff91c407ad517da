import { html } from "hono/html";
import { button, chip, form, type Html, panel } from "../components.ts";
import { SMALL_OFFSET, type InspectorView } from "../inspector-view.ts";

/** How far the buttons move the clock. */
const STEPS = ["1 min", "10 min", "1 hour", "1 day"];

/** Shows the time of the tenant, and moves it. */
export function timePanel(view: InspectorView): Html {
  const { clock, state } = view.tenant;
  const { offset = 0 } = state.clock.value;
  const now = clock.now();
  const isMoved = clock.isFrozen || Math.abs(offset) >= SMALL_OFFSET;
  const zone = -now.getTimezoneOffset() * 60_000;
  const day = now.toLocaleDateString("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZoneName: "short",
  });
  const standing = clock.isFrozen
    ? chip("stands still", "wait")
    : isMoved
      ? chip("moved", "other")
      : chip("real time", "good");
  return panel({
    id: "time",
    heading: "Time",
    tools: standing,
    content: html`<div class="body">
<div class="row"><time class="clock" id="clock" datetime="${now.toISOString()}"${clock.isFrozen ? "" : html` data-ahead="${offset + zone}"`}>${now.toTimeString().slice(0, 8)}</time><span class="soft">${day}</span></div>
<div class="row">${STEPS.map((by) => button(view, "advance", `+${by}`, { by }))}</div>
${form(view, "advance", {}, html`<div class="row"><label>Move on by<input name="by" placeholder="16m, 3 days, -1h" required maxlength="40" autocomplete="off"></label><button>Move</button></div>`)}
${form(view, "set-time", {}, html`<div class="row"><label>Set to<input name="time" type="datetime-local" step="1" required></label><button>Set</button></div>`)}
<div class="row">${clock.isFrozen ? button(view, "unfreeze", "Let it run") : button(view, "freeze", "Freeze")}${isMoved ? button(view, "real-time", "Back to real time") : ""}</div>
</div>`,
  });
}
