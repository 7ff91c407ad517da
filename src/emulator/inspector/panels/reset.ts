import { html } from "hono/html";
import { confirmed, type Html, panel } from "../components.ts";
import type { InspectorView } from "../inspector-view.ts";

/** Starts again. */
export function resetPanel(view: InspectorView): Html {
  return panel({
    id: "reset",
    heading: "Start again",
    content: html`<div class="body">
${confirmed(view, "reset", "Empty everything", "Empty everything", {}, "Deletes everything; time, failures and webhook URLs are as at the start.")}
${confirmed(view, "sample", "Load the sample", "Put the sample in the place of everything")}
</div>`,
  });
}
