import { html } from "hono/html";
import type { Message } from "../../state/rows.ts";
import { ago, chip, confirmed, copyable, empty, type Html, linkOut, list, panel } from "../components.ts";
import { type InspectorView, MAX_ROWS } from "../inspector-view.ts";
import { CHANNELS } from "../labels.ts";

/** Renders the messages that a real tenant would have sent, with their codes and links. */
export function outboxPanel(view: InspectorView): Html {
  const { messages } = view.tenant.state;
  const newest = [...messages].slice(-MAX_ROWS).reverse();
  return panel({
    id: "outbox",
    heading: "Outbox",
    count: messages.size,
    tools: messages.size > 0 ? confirmed(view, "clear-outbox", "Clear", "Delete all messages") : undefined,
    content:
      newest.length > 0
        ? list(
            newest.map((message) => messageRow(view, message)),
            messages.size,
          )
        : empty(
            "No message has been sent. Codes and links appear here when a user chooses a method on a challenge page.",
          ),
  });
}

function messageRow(view: InspectorView, message: Message): Html {
  const { messageId, channel, to, code, url, userId, action, locale, createdAt } = message;
  const details = [action, userId, locale].flatMap((one) => (one === undefined ? [] : ` · ${one}`));
  return html`<li class="line" data-key="${messageId}">
<div class="pair high">${code ? copyable(code, "code", "big") : ""}${url ? linkOut(url, "Open the link", "button") : ""}
<span class="end">${messageState(view, message)}<span class="soft small">${ago(createdAt, view.tenant.clock.milliseconds)}</span></span></div>
<p class="soft small wrap"><span title="${channel}">${CHANNELS[channel]}</span> to ${to}${details}</p>
</li>`;
}

/** Renders whether the code or link of a message can still be used. */
function messageState({ tenant }: InspectorView, { challengeId = "" }: Message): Html | string {
  const challenge = tenant.state.challenges.get(challengeId);
  if (!challenge) return "";
  if (challenge.verifiedAt) return chip("used", "good");
  if (challenge.claimedAt) return chip("denied", "bad");
  return tenant.isPast(challenge.expiresAt) ? chip("expired", "bad") : chip("waiting", "wait");
}
