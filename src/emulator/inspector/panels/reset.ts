import { html } from "hono/html";
import { confirmed, type Html, panel } from "../components.ts";
import type { InspectorView } from "../inspector-view.ts";

/** Renders the forms that delete all data or load the sample. */
export function resetPanel(view: InspectorView): Html {
  return panel({
    id: "reset",
    heading: "Reset",
    content: html`<div class="body">
${confirmed(view, "reset", "Delete everything", "Delete everything", {}, "Deletes all data. Time, failures and webhook URLs are reset, too.")}
${confirmed(view, "sample", "Load the sample", "Replace everything by the sample")}
</div>`,
  });
}
