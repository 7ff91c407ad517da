import { html } from "hono/html";
import type { Authenticator, User } from "../../state/rows.ts";
import { ago, chip, copyable, empty, fold, type Html, json, list, named, panel } from "../components.ts";
import { type InspectorView, MAX_ROWS } from "../inspector-view.ts";
import { methodName } from "../labels.ts";
import { appCode } from "../steps.ts";
import { enrollCommand } from "./connect.ts";

/** Renders the users and their authenticators. */
export function usersPanel(view: InspectorView): Html {
  const { users } = view.tenant.state;
  const newest = [...users].slice(-MAX_ROWS).reverse();
  return panel({
    id: "users",
    heading: "Users",
    count: users.size,
    content:
      newest.length > 0
        ? list(
            newest.map((user) => userRow(view, user)),
            users.size,
          )
        : empty("There are no users. Track an action or enroll an authenticator to create one:", enrollCommand(view)),
  });
}

function userRow({ tenant }: InspectorView, user: User): Html {
  const { userId, displayName, email, phoneNumber } = user;
  const { state } = tenant;
  const authenticators = state.authenticators.of(userId);
  const devices = state.devices.of(userId);
  const sessions = state.sessions.of(userId);
  const recoveryCodes = state.recoveryCodes.of(userId);
  const unused = recoveryCodes.filter(({ usedAt }) => usedAt === undefined).length;
  const details = [displayName, email, phoneNumber].filter((one) => one !== undefined && one !== userId);
  const methods = new Set(authenticators.map(({ verificationMethod }) => verificationMethod));
  return html`<li data-key="${userId}"><details class="item" data-key="user ${userId}">
<summary><strong class="cut">${userId}</strong><span class="soft cut">${details.join(" · ")}</span>
<span class="end wide people">${methods.size === 0 ? chip("not enrolled") : [...methods].map((method) => chip(methodName(method)))}</span></summary>
<div class="inside">
${authenticators.length === 0 ? html`<p class="soft">No methods enrolled.</p>` : html`<ul>${authenticators.map((one) => authenticatorRow(tenant.clock.milliseconds, one))}</ul>`}
${methods.has("AUTHENTICATOR_APP") ? appCodeRow(appCode(tenant, userId)) : ""}
${recoveryCodes.length > 0 ? fold(`recovery ${userId}`, `${unused} of ${recoveryCodes.length} recovery codes unused`, html`<ul>${recoveryCodes.map(({ code, usedAt }) => html`<li>${usedAt ? html`<s class="soft">${code}</s>` : copyable(code, "recovery code")}</li>`)}</ul>`) : ""}
${sessions.length > 0 ? fold(`sessions ${userId}`, sessions.length === 1 ? "1 session" : `${sessions.length} sessions`, json(sessions, `The sessions of ${userId}`)) : ""}
${devices.length > 0 ? fold(`devices ${userId}`, devices.length === 1 ? "1 device" : `${devices.length} devices`, json(devices, `The devices of ${userId}`)) : ""}
${fold(`data of ${userId}`, "Data", json({ ...user, authenticators }, `The data of ${userId}`))}
</div></details></li>`;
}

function authenticatorRow(now: number, authenticator: Authenticator): Html {
  const { verificationMethod, phoneNumber, email, name, lastVerifiedAt } = authenticator;
  const used = lastVerifiedAt === undefined ? "never used" : html`used ${ago(lastVerifiedAt, now)}`;
  return html`<li class="pair"><span>${named(methodName(verificationMethod), verificationMethod)}</span> <span class="soft cut">${phoneNumber ?? email ?? name}</span><span class="soft small">${used}</span></li>`;
}

function appCodeRow(code: string | undefined): Html | string {
  return code === undefined ? "" : html`<p class="pair">The app shows ${copyable(code, "code of the app", "big")}</p>`;
}
