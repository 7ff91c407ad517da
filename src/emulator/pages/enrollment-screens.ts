import { html } from "hono/html";
import { enrollableMethods } from "../domain/enrollment.ts";
import { aboutOf, focused, form } from "./forms.ts";
import { type Html, type Problem, pageOf } from "./layout.ts";
import { type Contact, textsOf } from "./method-texts.ts";
import { pageUrl, type PageContext } from "./page-context.ts";
import { leaveLink } from "./navigation.ts";

// The pages on which people set up how they will confirm actions.

/** Asks what to set up. */
export function enrollScreen(page: PageContext, problem?: Problem): Html {
  const { tenant, stepUp, app } = page;
  const methods = enrollableMethods(tenant, stepUp);
  return pageOf({
    screen: "enroll",
    heading: "Set up how to confirm",
    problem,
    about: aboutOf(stepUp),
    app,
    content: html`<p>Choose how <strong>${stepUp.user.userId}</strong> will confirm that it is them.</p>
${methods.map((method) => form(page, "enroll", "/enroll", { method }, html`<button class="choice"><span>${textsOf(method).name}</span></button>`))}
<div class="more">${leaveLink(page)}</div>`,
  });
}

/** What somebody has typed, if they have. */
export type Typed = Readonly<Partial<Record<Contact, string>>>;

/** Asks for a phone number or an address. */
export function contactScreen(page: PageContext, method: string, typed: Typed = {}, problem?: Problem): Html {
  const { stepUp, app } = page;
  const { name, contact = "email", way } = textsOf(method);
  return pageOf({
    screen: "contact",
    heading: name,
    problem,
    about: { ...aboutOf(stepUp), method },
    app,
    content: html`${form(
      page,
      "contact",
      "/enroll",
      { method },
      html`${contactField(contact, typed[contact] ?? knownContact(page, contact), problem !== undefined, focused(page))}
<button class="main">${way === "link" ? "Send the link" : "Send the code"}</button>`,
    )}
<div class="more">
<a href="${pageUrl(page, "/enroll")}" data-link="another">Another way</a>
${leaveLink(page)}
</div>`,
  });
}

const FIELDS = {
  phoneNumber: {
    label: "Phone number",
    hint: "In international form, such as +64 27 000 0000.",
    kind: html`type="tel" autocomplete="tel"`,
  },
  email: {
    label: "E-mail address",
    hint: "Such as jo@example.com.",
    kind: html`type="email" autocomplete="email" autocapitalize="none" spellcheck="false"`,
  },
} as const satisfies Record<Contact, { label: string; hint: string; kind: Html }>;

function contactField(contact: Contact, value: string, isWrong: boolean, focus: Html): Html {
  const { label, hint, kind } = FIELDS[contact];
  const state = isWrong ? html`aria-invalid="true" aria-describedby="problem hint"` : html`aria-describedby="hint"`;
  return html`<label for="${contact}">${label}</label>
<p class="hint" id="hint">${hint}</p>
<input id="${contact}" name="${contact}" ${kind} value="${value}" maxlength="254" required ${focus} ${state}>`;
}

/** What is known of a user already, or was told with the action. */
function knownContact({ stepUp: { user, action } }: PageContext, contact: Contact): string {
  return user[contact] ?? action[contact] ?? "";
}

/** Shows recovery codes, which is done once. */
export function codesScreen(page: PageContext, codes: readonly string[]): Html {
  return pageOf({
    screen: "codes",
    heading: "Save your recovery codes",
    about: aboutOf(page.stepUp),
    app: page.app,
    content: html`<p>With one of these codes you can confirm if you lose everything else. Each works once. They are not shown again.</p>
<ul class="codes" aria-label="Recovery codes">${codes.map((code) => html`<li data-code="${code}">${code}</li>\n`)}</ul>
${form(page, "saved", "/saved", {}, html`<button class="main">I have saved them</button>`)}`,
  });
}

/** Offers recovery codes to somebody who has confirmed in another window. */
export function codesOffer(page: PageContext): Html {
  return pageOf({
    screen: "codes",
    heading: "It is set up",
    about: aboutOf(page.stepUp),
    app: page.app,
    content: html`<p>You get recovery codes, with which you can confirm if you lose everything else. They are shown once.</p>
${form(page, "codes", "/codes", {}, html`<button class="main">Show them</button>`)}`,
  });
}
