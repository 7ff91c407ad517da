import { html } from "hono/html";
import { maskedContact } from "../domain/authenticators.ts";
import { enrollableMethods, removableMethods } from "../domain/enrollment.ts";
import { returnUrlOf } from "../domain/return-url.ts";
import type { Authenticator } from "../state/rows.ts";
import { form, subjectOf } from "./forms.ts";
import { type Html, type Problem, pageOf } from "./layout.ts";
import { textsOf } from "./method-texts.ts";
import { endUrl, type PageContext, pageUrl } from "./page-context.ts";

// The pages on which a user sees the enrolled methods, and removes them.

/** Renders the methods of the user. */
export function settingsScreen(page: PageContext, problem?: Problem): Html {
  const { tenant, stepUp, appOrigin } = page;
  const { userId } = stepUp.user;
  const removable = removableMethods(tenant, stepUp);
  const authenticators = tenant.state.authenticators.of(userId);
  const codes = tenant.state.recoveryCodes.of(userId);
  const unused = codes.filter(({ usedAt }) => usedAt === undefined).length;
  return pageOf({
    screen: "settings",
    heading: "Your methods",
    problem,
    subject: subjectOf(stepUp),
    token: returnUrlOf(tenant, stepUp.action).token,
    appOrigin,
    content: html`${authenticators.length === 0 ? html`<p>You have not set up a method yet.</p>` : html`<ul class="rows">${authenticators.map((row) => authenticatorRow(page, row, removable.includes(row.verificationMethod)))}</ul>`}
${codes.length === 0 ? "" : html`<p class="hint" data-codes-left="${unused}">${unused === 1 ? "1 recovery code left." : `${unused} recovery codes left.`}</p>`}
${enrollableMethods(tenant, stepUp).length === 0 ? "" : html`<p><a class="button" href="${pageUrl(page, "/enroll")}" data-link="add">Add a method</a></p>`}
<p><a class="button main" href="${endUrl(page)}" data-link="done">Done</a></p>`,
  });
}

/** Renders the question whether to remove a method. */
export function removeScreen(page: PageContext, authenticator: Authenticator): Html {
  const { verificationMethod: method, userAuthenticatorId, userId } = authenticator;
  const isLast = page.tenant.state.authenticators.of(userId).length === 1;
  const contact = maskedContact(authenticator);
  return pageOf({
    screen: "remove",
    heading: `Remove ${textsOf(method).name}?`,
    subject: { ...subjectOf(page.stepUp), method },
    appOrigin: page.appOrigin,
    content: html`<p>${contact === undefined ? "" : html`<strong>${contact}</strong><br>`}You will not be able to confirm with this method any more.${isLast ? " It is your only one." : ""}</p>
${form(page, "remove", "/remove", { authenticator: userAuthenticatorId }, html`<button class="risky">Remove</button>`)}
<div class="more"><a href="${pageUrl(page, "/settings")}" data-link="settings">Keep it</a></div>`,
  });
}

function authenticatorRow(page: PageContext, row: Authenticator, isRemovable: boolean): Html {
  const { verificationMethod: method, userAuthenticatorId: authenticator, createdAt } = row;
  const { name } = textsOf(method);
  const contact = maskedContact(row);
  const url = pageUrl(page, "/remove", { authenticator });
  return html`<li data-authenticator="${authenticator}" data-method="${method}">
<div><b>${name}</b><small>${contact === undefined ? "" : html`<span data-contact>${contact}</span>, `}added <time datetime="${createdAt}">${dayOf(createdAt)}</time></small></div>
${isRemovable ? html`<a class="quiet" href="${url}" data-link="remove" aria-label="Remove ${name}${contact === undefined ? "" : ` ${contact}`}">Remove</a>` : ""}
</li>`;
}

const DAY = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });

/** Formats a time as a day. An imported row may hold any text, which is shown as it is. */
function dayOf(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : DAY.format(date);
}
