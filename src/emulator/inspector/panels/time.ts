import { html } from "hono/html";
import { button, chip, form, type Html, panel } from "../components.ts";
import { type InspectorView, MIN_CLOCK_OFFSET } from "../inspector-view.ts";

/** Durations by which the buttons move the clock. */
const STEPS = ["1 min", "10 min", "1 hour", "1 day"];

/** Renders the clock of the tenant, and forms that move it. */
export function timePanel(view: InspectorView): Html {
  const { clock, state } = view.tenant;
  const { offset = 0 } = state.clock.value;
  const now = clock.now();
  const isMoved = clock.isFrozen || Math.abs(offset) >= MIN_CLOCK_OFFSET;
  const zone = -now.getTimezoneOffset() * 60_000;
  const day = now.toLocaleDateString("en-US", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZoneName: "short",
  });
  return panel({
    id: "time",
    heading: "Time",
    tools: clockState(clock.isFrozen, isMoved),
    content: html`<div class="body">
<div class="row"><time class="clock" id="clock" datetime="${now.toISOString()}"${clock.isFrozen ? "" : html` data-ahead="${offset + zone}"`}>${now.toTimeString().slice(0, 8)}</time><span class="soft">${day}</span></div>
<div class="row">${STEPS.map((by) => button(view, "advance", `+${by}`, { by }))}</div>
${form(view, "advance", {}, html`<div class="row"><label>Move by<input name="by" placeholder="16m, 3 days, -1h" required maxlength="40" autocomplete="off"></label><button>Move</button></div>`)}
${form(view, "set-time", {}, html`<div class="row"><label>Set to<input name="time" type="datetime-local" step="1" required></label><button>Set</button></div>`)}
<div class="row">${clock.isFrozen ? button(view, "unfreeze", "Unfreeze") : button(view, "freeze", "Freeze")}${isMoved ? button(view, "real-time", "Back to real time") : ""}</div>
</div>`,
  });
}

function clockState(isFrozen: boolean, isMoved: boolean): Html {
  if (isFrozen) return chip("frozen", "wait");
  return isMoved ? chip("moved", "other") : chip("real time", "good");
}
