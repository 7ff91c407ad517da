import { html } from "hono/html";
import { choicesOf, type StepUp } from "../domain/step-up.ts";
import { basePathOf } from "../http/origin.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { closedWayOf } from "./end-screens.ts";
import { aboutOf, focused, form, hidden } from "./forms.ts";
import { type Html, type Problem, pageOf } from "./layout.ts";
import { type MethodTexts, textsOf } from "./method-texts.ts";
import { pageUrl, pathOf, type PageContext } from "./page-context.ts";
import { appSetupOf } from "./app-setup.ts";
import { leaveLink } from "./navigation.ts";

// The pages on which something is confirmed. A program finds its way by `data-form` and `data-link`.

/** Asks how to confirm. */
export function chooseScreen(page: PageContext, problem?: Problem): Html {
  const choices = choicesOf(page.tenant, page.stepUp);
  const buttons = choices.map(({ verificationMethod: method, recipient }) =>
    form(
      page,
      "choose",
      "/start",
      { method },
      html`<button class="choice"><span>${textsOf(method).name}${recipient === undefined ? "" : html` <small>${recipient}</small>`}</span></button>`,
    ),
  );
  return pageOf({
    screen: "choose",
    heading: "Confirm that it is you",
    problem,
    about: aboutOf(page.stepUp),
    app: page.app,
    content: html`${what(page.stepUp)}
${closedWayOf(page)}
${choices.length > 0 ? html`<p>How do you want to confirm it?</p>` : html`<p>You have not set up any way to confirm it.</p>`}
${buttons}
<div class="more">${leaveLink(page)}</div>`,
  });
}

/**
 * Asks for what the method of a challenge needs, be it to confirm an action or to set the method up.
 * @param news.isSentAgain Whether the message was just sent once more.
 */
export function enterScreen(
  page: PageContext,
  challenge: Challenge,
  { problem, isSentAgain = false }: { problem?: Problem | undefined; isSentAgain?: boolean | undefined } = {},
): Html {
  const { verificationMethod: method, challengeId, isEnrollment = false } = challenge;
  const words = textsOf(method);
  const setUp = isEnrollment ? appSetupOf(challenge) : undefined;
  return pageOf({
    screen: "enter",
    heading: setUp?.heading ?? words.heading,
    problem,
    about: { ...aboutOf(page.stepUp), method, challenge: challengeId },
    app: page.app,
    ...(words.isSent && { inspector: inspectorOf(page) }),
    content: html`${setUp?.content ?? html`<p>${words.task(recipientOf(page, challenge))}</p>`}
${isSentAgain ? html`<p role="status" class="note">It was sent again.</p>` : ""}
${asking(page, challenge, words, problem !== undefined)}
<div class="more">
${words.isSent ? resending(page, challenge) : ""}
<a href="${pageUrl(page, isEnrollment ? "/enroll" : "")}" data-link="another">Another way</a>
${leaveLink(page)}
</div>`,
  });
}

/** Asks whoever opened the link of a message. */
export function linkScreen(tenant: Tenant, key: string, { challenge, stepUp }: LinkOfMessage, problem?: Problem): Html {
  const { verificationMethod: method, isEnrollment = false } = challenge;
  return pageOf({
    screen: "link",
    heading: "Is it you?",
    problem,
    about: { ...aboutOf(stepUp), method },
    content: html`${isEnrollment ? html`<p>Somebody sets up <strong>${textsOf(method).name}</strong> for <strong>${stepUp.user.userId}</strong>.</p>` : what(stepUp)}
<p>Confirm it only if you have asked for it yourself.</p>
<form method="post" action="${pathOf(tenant)}/link" data-form="answer">
${hidden({ tenant: tenant.tenantId, key })}
<button class="main" name="answer" value="approve">Confirm</button>
<button name="answer" value="deny">Deny</button>
</form>`,
  });
}

interface LinkOfMessage {
  readonly challenge: Challenge;
  readonly stepUp: StepUp;
}

/** Where the inspector shows the messages of a tenant. */
function inspectorOf({ tenant: { origin, tenantId } }: PageContext): string {
  return `${basePathOf(origin)}/?${new URLSearchParams({ tenant: tenantId })}#outbox`;
}

/** Whom the message of a challenge has gone to. Whoever sets something up has typed it themselves. */
function recipientOf({ tenant, stepUp }: PageContext, challenge: Challenge): string | undefined {
  const { isEnrollment, verificationMethod, phoneNumber, email } = challenge;
  if (isEnrollment) return phoneNumber ?? email;
  return choicesOf(tenant, stepUp).find((one) => one.verificationMethod === verificationMethod)?.recipient;
}

function resending(page: PageContext, challenge: Challenge): Html {
  const { verificationMethod: method, challengeId, isEnrollment, phoneNumber, email } = challenge;
  const button = html`<button>Send again</button>`;
  if (!isEnrollment) return form(page, "resend", "/start", { method, again: "true", challenge: challengeId }, button);
  const contact = { ...(phoneNumber !== undefined && { phoneNumber }), ...(email !== undefined && { email }) };
  return form(page, "resend", "/enroll", { method, again: "true", ...contact }, button);
}

function asking(
  page: PageContext,
  { verificationMethod, challengeId, otpUri }: Challenge,
  { way }: MethodTexts,
  isWrong: boolean,
): Html {
  const slots = { challenge: challengeId };
  // The focus would scroll a QR code away, which comes first.
  const focus = otpUri === undefined || isWrong ? focused(page) : html``;
  switch (way) {
    case "code":
      return form(page, "enter", "/enter", slots, codeField(verificationMethod, isWrong, focus));
    case "link":
      return html`<p><a class="button main" href="${pageUrl(page, "/enter", { ...slots, answered: "true" })}" data-link="continue">Continue</a></p>`;
    case "device":
      return form(
        page,
        "answer",
        "/simulate",
        slots,
        html`<button class="main" name="answer" value="approve">Confirm (simulated)</button>
<button name="answer" value="deny">Deny (simulated)</button>`,
      );
  }
}

function codeField(verificationMethod: string, isWrong: boolean, focus: Html): Html {
  const isRecovery = verificationMethod === "RECOVERY_CODE";
  const kind = isRecovery
    ? html`autocomplete="off" autocapitalize="none" spellcheck="false"`
    : html`autocomplete="one-time-code" inputmode="numeric"`;
  const state = isWrong ? html` aria-invalid="true" aria-describedby="problem"` : "";
  return html`<label for="code">${isRecovery ? "Recovery code" : "Code"}</label>
<input id="code" name="code" type="text" ${kind} maxlength="64" required ${focus}${state}>
<button class="main">Confirm</button>`;
}

function what({ action, user }: StepUp): Html {
  return html`<p>The action <strong>${action.actionCode}</strong> of <strong>${user.userId}</strong> needs to be confirmed.</p>`;
}
