import { html } from "hono/html";
import { enrollableMethods } from "../domain/enrollment.ts";
import { focusAttribute, form, subjectOf } from "./forms.ts";
import { type Html, type Problem, pageOf } from "./layout.ts";
import { type Contact, textsOf } from "./method-texts.ts";
import { leaveLink } from "./navigation.ts";
import { type PageContext, pageUrl } from "./page-context.ts";

// The pages on which a user enrolls a method.

/** Renders the choice of a method to enroll. */
export function enrollScreen(page: PageContext, problem?: Problem): Html {
  const { tenant, stepUp, appOrigin } = page;
  const methods = enrollableMethods(tenant, stepUp);
  return pageOf({
    screen: "enroll",
    heading: "Set up how to confirm it's you",
    problem,
    subject: subjectOf(stepUp),
    appOrigin,
    content: html`<p>Choose a method for <strong>${stepUp.user.userId}</strong>.</p>
${methods.map((method) => form(page, "enroll", "/enroll", { method }, html`<button class="choice"><span>${textsOf(method).name}</span></button>`))}
<div class="more">${leaveLink(page)}</div>`,
  });
}

/** Contact that the user has entered before. */
export type EnteredContact = Readonly<Partial<Record<Contact, string>>>;

/** Renders the form for the phone number or email address of a method. */
export function contactScreen(
  page: PageContext,
  method: string,
  entered: EnteredContact = {},
  problem?: Problem,
): Html {
  const { stepUp, appOrigin } = page;
  const { name, contact = "email", kind } = textsOf(method);
  const value = entered[contact] ?? knownContact(page, contact);
  return pageOf({
    screen: "contact",
    heading: name,
    problem,
    subject: { ...subjectOf(stepUp), method },
    appOrigin,
    content: html`${form(
      page,
      "contact",
      "/enroll",
      { method },
      html`${contactField(contact, value, problem !== undefined, focusAttribute(page))}
<button class="main">${kind === "link" ? "Send the link" : "Send the code"}</button>`,
    )}
<div class="more">
<a href="${pageUrl(page, "/enroll")}" data-link="another">Use another method</a>
${leaveLink(page)}
</div>`,
  });
}

const FIELDS = {
  phoneNumber: {
    label: "Phone number",
    hint: "With the country code, for example +64 27 000 0000.",
    attributes: html`type="tel" autocomplete="tel"`,
  },
  email: {
    label: "Email address",
    hint: "For example jo@example.com.",
    attributes: html`type="email" autocomplete="email" autocapitalize="none" spellcheck="false"`,
  },
} as const satisfies Record<Contact, { label: string; hint: string; attributes: Html }>;

function contactField(contact: Contact, value: string, isInvalid: boolean, focus: Html): Html {
  const { label, hint, attributes } = FIELDS[contact];
  const state = isInvalid ? html`aria-invalid="true" aria-describedby="problem hint"` : html`aria-describedby="hint"`;
  return html`<label for="${contact}">${label}</label>
<p class="hint" id="hint">${hint}</p>
<input id="${contact}" name="${contact}" ${attributes} value="${value}" maxlength="254" required ${focus} ${state}>`;
}

/** Returns the contact of the user, or the one that was tracked with the action. */
function knownContact({ stepUp: { user, action } }: PageContext, contact: Contact): string {
  return user[contact] ?? action[contact] ?? "";
}

/** Renders the recovery codes of a user. They are shown once. */
export function codesScreen(page: PageContext, codes: readonly string[]): Html {
  return pageOf({
    screen: "codes",
    heading: "Save your recovery codes",
    subject: subjectOf(page.stepUp),
    appOrigin: page.appOrigin,
    content: html`<p>If you lose your other methods, confirm with a recovery code. Each code works once. The codes are not shown again.</p>
<ul class="codes" aria-label="Recovery codes">${codes.map((code) => html`<li data-code="${code}">${code}</li>\n`)}</ul>
${form(page, "saved", "/saved", {}, html`<button class="main">I have saved them</button>`)}`,
  });
}

/** Renders the button that creates recovery codes, for a user who has confirmed the enrollment in another window. */
export function codesOffer(page: PageContext): Html {
  return pageOf({
    screen: "codes",
    heading: "Your method is set up",
    subject: subjectOf(page.stepUp),
    appOrigin: page.appOrigin,
    content: html`<p>You also get recovery codes, in case you lose your other methods. They are shown once.</p>
${form(page, "codes", "/codes", {}, html`<button class="main">Show recovery codes</button>`)}`,
  });
}
