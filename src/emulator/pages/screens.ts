import { html } from "hono/html";
import { choicesOf, type StepUp } from "../operations/step-up.ts";
import { basePathOf } from "../origin.ts";
import type { Challenge } from "../tenant/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { type Html, pageOf } from "./layout.ts";
import { type MethodWords, wordsOf } from "./methods.ts";
import { addressOf, type Ticket } from "./ticket.ts";

// The pages on which something is asked. A program finds its way by `data-form` and `data-link`.

/** Asks how to confirm. */
export function chooseScreen(ticket: Ticket, problem?: string): Html {
  const choices = choicesOf(ticket.tenant, ticket.stepUp);
  const buttons = choices.map(({ verificationMethod: method, recipient }) =>
    form(
      ticket,
      "choose",
      { method },
      html`<button class="choice">${wordsOf(method).name}${recipient === undefined ? "" : html` <small>${recipient}</small>`}</button>`,
    ),
  );
  return pageOf({
    heading: "Confirm that it is you",
    problem,
    content: html`${what(ticket.stepUp)}
${choices.length > 0 ? html`<p>How do you want to confirm it?</p>` : html`<p>You have not set up any way to confirm it.</p>`}
${buttons}
<div class="more">${form(ticket, "cancel", {}, html`<button>Cancel</button>`)}</div>`,
  });
}

/** Asks for what the method of a challenge needs. */
export function enterScreen(ticket: Ticket, challenge: Challenge, problem?: string): Html {
  const { verificationMethod: method, challengeId } = challenge;
  const words = wordsOf(method);
  const choice = choicesOf(ticket.tenant, ticket.stepUp).find((one) => one.verificationMethod === method);
  return pageOf({
    heading: words.heading,
    problem,
    content: html`<p>${words.task(choice?.recipient)}</p>
${asking(ticket, challenge, words, problem !== undefined)}
<div class="more">
${words.isSent ? form(ticket, "resend", { method, challenge: challengeId }, html`<button>Send again</button>`) : ""}
<a href="${addressOf(ticket, "")}" data-link="another">Another way</a>
${form(ticket, "cancel", {}, html`<button>Cancel</button>`)}
</div>`,
  });
}

/** Asks whoever opened the link of a message. */
export function linkScreen({ tenantId, origin }: Tenant, key: string, stepUp: StepUp): Html {
  return pageOf({
    heading: "Is it you?",
    content: html`${what(stepUp)}
<p>Confirm it only if you have asked for it yourself.</p>
<form method="post" action="${basePathOf(origin())}/challenge/link" data-form="answer">
${hidden({ tenant: tenantId, key })}
<button class="main" name="answer" value="approve">Confirm</button>
<button name="answer" value="deny">Deny</button>
</form>`,
  });
}

function asking(
  ticket: Ticket,
  { verificationMethod, challengeId }: Challenge,
  { way }: MethodWords,
  isWrong: boolean,
): Html {
  const slots = { challenge: challengeId };
  switch (way) {
    case "code":
      return form(ticket, "enter", slots, codeField(verificationMethod, isWrong));
    case "link":
      return html`<p><a class="button main" href="${addressOf(ticket, "/enter", { ...slots, answered: "true" })}" data-link="continue">Continue</a></p>`;
    case "device":
      return form(
        ticket,
        "answer",
        slots,
        html`<button class="main" name="answer" value="approve">Confirm (simulated)</button>
<button name="answer" value="deny">Fail (simulated)</button>`,
      );
  }
}

function codeField(verificationMethod: string, isWrong: boolean): Html {
  const isRecovery = verificationMethod === "RECOVERY_CODE";
  const kind = isRecovery
    ? html`autocomplete="off" autocapitalize="none" spellcheck="false"`
    : html`autocomplete="one-time-code" inputmode="numeric"`;
  const state = isWrong ? html` aria-invalid="true" aria-describedby="problem"` : "";
  return html`<label for="code">${isRecovery ? "Recovery code" : "Code"}</label>
<input id="code" name="code" type="text" ${kind} maxlength="64" required autofocus${state}>
<button class="main">Confirm</button>`;
}

/** Where each form goes. */
const TARGETS = {
  choose: "/start",
  resend: "/start",
  enter: "/enter",
  answer: "/simulate",
  cancel: "/cancel",
} as const;

/** A form that carries the token in its body; what clients added stays in its address. */
function form(
  { tenant, token, added }: Ticket,
  name: keyof typeof TARGETS,
  slots: Readonly<Record<string, string>>,
  content: Html,
): Html {
  const query = new URLSearchParams(added).toString();
  const action = `${basePathOf(tenant.origin())}/challenge${TARGETS[name]}${query && `?${query}`}`;
  return html`<form method="post" action="${action}" data-form="${name}">
${hidden({ token, ...slots })}
${content}
</form>`;
}

function hidden(slots: Readonly<Record<string, string>>): Html[] {
  return Object.entries(slots).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}

function what({ action, user }: StepUp): Html {
  return html`<p>The action <strong>${action.actionCode}</strong> of <strong>${user.userId}</strong> needs to be confirmed.</p>`;
}
