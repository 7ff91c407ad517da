import { html } from "hono/html";
import { confirmed, type Html, panel } from "../parts.ts";
import type { View } from "../view.ts";

/** Starts again. */
export function resetPanel(view: View): Html {
  return panel({
    id: "reset",
    heading: "Start again",
    content: html`<div class="body">
${confirmed(view, "reset", "Empty everything", "Empty everything", {}, "Deletes everything; time, failures and webhook URLs are as at the start.")}
${confirmed(view, "sample", "Load the sample", "Put the sample in the place of everything")}
</div>`,
  });
}
