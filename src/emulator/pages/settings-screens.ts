import { html } from "hono/html";
import { enrollableMethods, removableMethods } from "../domain/enrollment.ts";
import { maskedContact, returnUrlOf } from "../domain/step-up.ts";
import type { Authenticator } from "../state/rows.ts";
import { aboutOf, form } from "./forms.ts";
import { type Html, type Problem, pageOf } from "./layout.ts";
import { textsOf } from "./method-texts.ts";
import { pageUrl, endUrl, type PageContext } from "./page-context.ts";

// The pages on which people see what they have set up, and remove it.

/** Shows what is set up. */
export function settingsScreen(page: PageContext, problem?: Problem): Html {
  const { tenant, stepUp, app } = page;
  const { userId } = stepUp.user;
  const removable = removableMethods(tenant, stepUp);
  const rows = tenant.state.authenticators.of(userId);
  const codes = tenant.state.recoveryCodes.of(userId);
  const left = codes.filter(({ usedAt }) => usedAt === undefined).length;
  return pageOf({
    screen: "settings",
    heading: "How you confirm",
    problem,
    about: aboutOf(stepUp),
    token: returnUrlOf(tenant, stepUp.action).token,
    app,
    content: html`${rows.length === 0 ? html`<p>You have not set up anything yet.</p>` : html`<ul class="rows">${rows.map((row) => item(page, row, removable.includes(row.verificationMethod)))}</ul>`}
${codes.length === 0 ? "" : html`<p class="hint" data-codes-left="${left}">${left === 1 ? "1 recovery code is left." : `${left} recovery codes are left.`}</p>`}
${enrollableMethods(tenant, stepUp).length === 0 ? "" : html`<p><a class="button" href="${pageUrl(page, "/enroll")}" data-link="add">Add another</a></p>`}
<p><a class="button main" href="${endUrl(page)}" data-link="done">Done</a></p>`,
  });
}

/** Asks whether to remove something. */
export function removeScreen(page: PageContext, row: Authenticator): Html {
  const { verificationMethod: method, userAuthenticatorId: authenticator } = row;
  const isLast = page.tenant.state.authenticators.of(row.userId).length === 1;
  const contact = maskedContact(row);
  return pageOf({
    screen: "remove",
    heading: `Remove ${textsOf(method).name}?`,
    about: { ...aboutOf(page.stepUp), method },
    app: page.app,
    content: html`<p>${contact === undefined ? "" : html`<strong>${contact}</strong><br>`}You will not be able to confirm with it any more.${isLast ? " It is the only one that you have." : ""}</p>
${form(page, "remove", "/remove", { authenticator }, html`<button class="risky">Remove</button>`)}
<div class="more"><a href="${pageUrl(page, "/settings")}" data-link="settings">Keep it</a></div>`,
  });
}

function item(page: PageContext, row: Authenticator, isRemovable: boolean): Html {
  const { verificationMethod: method, userAuthenticatorId: authenticator, createdAt } = row;
  const { name } = textsOf(method);
  const contact = maskedContact(row);
  const address = pageUrl(page, "/remove", { authenticator });
  return html`<li data-authenticator="${authenticator}" data-method="${method}">
<div><b>${name}</b><small>${contact === undefined ? "" : html`<span data-contact>${contact}</span>, `}added <time datetime="${createdAt}">${day(createdAt)}</time></small></div>
${isRemovable ? html`<a class="quiet" href="${address}" data-link="remove" aria-label="Remove ${name}${contact === undefined ? "" : ` ${contact}`}">Remove</a>` : ""}
</li>`;
}

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });

function day(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : DAY.format(date);
}
