import { html } from "hono/html";
import type { StepUp } from "../domain/step-up.ts";
import { choicesOf } from "../domain/step-up-challenges.ts";
import { basePathOf } from "../http/origin.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { appSetupOf } from "./app-setup.ts";
import { returnWarning } from "./end-screens.ts";
import { focusAttribute, form, hiddenFields, subjectOf } from "./forms.ts";
import { type Html, type Problem, pageOf } from "./layout.ts";
import { type MethodTexts, textsOf } from "./method-texts.ts";
import { leaveLink } from "./navigation.ts";
import { type PageContext, pageUrl, pathOf } from "./page-context.ts";

// The pages on which a user passes a challenge. Programs find the forms and links by `data-form` and `data-link`.

/** Renders the choice of a method. */
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
    heading: choices.length > 0 ? "Choose how you want to confirm it's you" : "Confirm it's you",
    problem,
    subject: subjectOf(page.stepUp),
    appOrigin: page.appOrigin,
    content: html`${subjectParagraph(page.stepUp)}
${returnWarning(page)}
${choices.length > 0 ? buttons : html`<p>You have not set up a method yet.</p>`}
<div class="more">${leaveLink(page)}</div>`,
  });
}

/** Options of the page on which a challenge is passed. */
export interface EnterOptions {
  readonly problem?: Problem | undefined;
  /** Whether the message was just sent again. */
  readonly isResent?: boolean | undefined;
}

/** Renders the page on which a challenge is passed, to confirm an action or to enroll a method. */
export function enterScreen(
  page: PageContext,
  challenge: Challenge,
  { problem, isResent = false }: EnterOptions = {},
): Html {
  const { verificationMethod: method, challengeId, isEnrollment = false } = challenge;
  const texts = textsOf(method);
  const appSetup = isEnrollment ? appSetupOf(challenge) : undefined;
  return pageOf({
    screen: "enter",
    heading: appSetup?.heading ?? texts.heading,
    problem,
    subject: { ...subjectOf(page.stepUp), method, challenge: challengeId },
    appOrigin: page.appOrigin,
    ...(texts.isSent && { inspector: outboxUrl(page) }),
    content: html`${appSetup?.content ?? html`<p>${texts.task(recipientOf(page, challenge))}</p>`}
${isResent ? html`<p role="status" class="note">Sent again.</p>` : ""}
${confirmationForm(page, challenge, texts, problem !== undefined)}
<div class="more">
${texts.isSent ? resendForm(page, challenge) : ""}
<a href="${pageUrl(page, isEnrollment ? "/enroll" : "")}" data-link="another">Use another method</a>
${leaveLink(page)}
</div>`,
  });
}

/** Renders the page behind the link of a message. */
export function linkScreen(tenant: Tenant, key: string, { challenge, stepUp }: MessageLink, problem?: Problem): Html {
  const { verificationMethod: method, isEnrollment = false } = challenge;
  return pageOf({
    screen: "link",
    heading: "Is it you?",
    problem,
    subject: { ...subjectOf(stepUp), method },
    content: html`${isEnrollment ? html`<p>Set up <strong>${textsOf(method).name}</strong> for <strong>${stepUp.user.userId}</strong>.</p>` : subjectParagraph(stepUp)}
<p>Confirm only if you requested this.</p>
<form method="post" action="${pathOf(tenant)}/link" data-form="answer">
${hiddenFields({ tenant: tenant.tenantId, key })}
<button class="main" name="answer" value="approve">Confirm</button>
<button name="answer" value="deny">Deny</button>
</form>`,
  });
}

interface MessageLink {
  readonly challenge: Challenge;
  readonly stepUp: StepUp;
}

/** Returns the URL at which the inspector shows the messages of a tenant. */
function outboxUrl({ tenant: { origin, tenantId } }: PageContext): string {
  return `${basePathOf(origin)}/?${new URLSearchParams({ tenant: tenantId })}#outbox`;
}

/** Returns the recipient of the message. It is masked, unless the user has just entered it to enroll a method. */
function recipientOf({ tenant, stepUp }: PageContext, challenge: Challenge): string | undefined {
  const { isEnrollment, verificationMethod, phoneNumber, email } = challenge;
  if (isEnrollment) return phoneNumber ?? email;
  return choicesOf(tenant, stepUp).find((one) => one.verificationMethod === verificationMethod)?.recipient;
}

function resendForm(page: PageContext, challenge: Challenge): Html {
  const { verificationMethod: method, challengeId, isEnrollment, phoneNumber, email } = challenge;
  const button = html`<button>Send again</button>`;
  if (!isEnrollment) return form(page, "resend", "/start", { method, again: "true", challenge: challengeId }, button);
  const contact = { ...(phoneNumber !== undefined && { phoneNumber }), ...(email !== undefined && { email }) };
  return form(page, "resend", "/enroll", { method, again: "true", ...contact }, button);
}

function confirmationForm(
  page: PageContext,
  { verificationMethod, challengeId, otpUri }: Challenge,
  { kind }: MethodTexts,
  isInvalid: boolean,
): Html {
  const fields = { challenge: challengeId };
  // Focus on the field would scroll the QR code above it out of view.
  const focus = otpUri === undefined || isInvalid ? focusAttribute(page) : html``;
  switch (kind) {
    case "code":
      return form(page, "enter", "/enter", fields, codeField(verificationMethod, isInvalid, focus));
    case "link":
      return html`<p><a class="button main" href="${pageUrl(page, "/enter", { ...fields, answered: "true" })}" data-link="continue">Continue</a></p>`;
    case "device":
      return form(
        page,
        "answer",
        "/simulate",
        fields,
        html`<button class="main" name="answer" value="approve">Confirm (simulated)</button>
<button name="answer" value="deny">Deny (simulated)</button>`,
      );
  }
}

function codeField(verificationMethod: string, isInvalid: boolean, focus: Html): Html {
  const isRecovery = verificationMethod === "RECOVERY_CODE";
  const attributes = isRecovery
    ? html`autocomplete="off" autocapitalize="none" spellcheck="false"`
    : html`autocomplete="one-time-code" inputmode="numeric"`;
  const state = isInvalid ? html` aria-invalid="true" aria-describedby="problem"` : "";
  return html`<label for="code">${isRecovery ? "Recovery code" : "Code"}</label>
<input id="code" name="code" type="text" ${attributes} maxlength="64" required ${focus}${state}>
<button class="main">Confirm</button>`;
}

function subjectParagraph({ action, user }: StepUp): Html {
  return html`<p>Confirm the action <strong>${action.actionCode}</strong> of <strong>${user.userId}</strong>.</p>`;
}
