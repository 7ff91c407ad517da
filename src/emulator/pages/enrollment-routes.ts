import { enrollableMethods, lacksRecoveryCodes, removeAuthenticator, startEnrollment } from "../domain/enrollment.ts";
import { readRecoveryCodes } from "../domain/recovery-codes.ts";
import { enterParameters } from "./challenge-routes.ts";
import { codesOffer, codesScreen, contactScreen, enrollScreen } from "./enrollment-screens.ts";
import { textsOf } from "./method-texts.ts";
import { areSettingsOpen, mayEnroll, pageUrl } from "./page-context.ts";
import { redirectToNext } from "./redirects.ts";
import type { Routes } from "./routes.ts";
import { removeScreen, settingsScreen } from "./settings-screens.ts";

/** Registers the pages on which a user enrolls a method. */
export function mountEnrollment({ onGet, onPost }: Routes): void {
  onGet("/enroll", (context, page) =>
    mayEnroll(page) ? context.html(enrollScreen(page)) : context.redirect(pageUrl(page, ""), 303),
  );

  onPost("/enroll", async (context, page, { method = "", again, phoneNumber, email }) => {
    const { tenant, stepUp } = page;
    const isOffered = enrollableMethods(tenant, stepUp).includes(method);
    const { contact } = textsOf(method);
    const hasContact = contact === undefined || { phoneNumber, email }[contact] !== undefined;
    if (isOffered && !hasContact) return context.redirect(pageUrl(page, "/contact", { method }), 303);
    const { challengeId } = await startEnrollment(tenant, stepUp, { verificationMethod: method, phoneNumber, email });
    return context.redirect(pageUrl(page, "/enter", enterParameters(challengeId, again)), 303);
  });

  onGet("/contact", (context, page) => {
    const { method = "" } = context.req.query();
    const isOffered = enrollableMethods(page.tenant, page.stepUp).includes(method);
    if (isOffered && textsOf(method).contact !== undefined) return context.html(contactScreen(page, method));
    return context.redirect(pageUrl(page, mayEnroll(page) ? "/enroll" : ""), 303);
  });

  onGet("/codes", (context, page) =>
    lacksRecoveryCodes(page.tenant, page.stepUp) ? context.html(codesOffer(page)) : redirectToNext(context, page),
  );

  onPost("/codes", (context, page) => {
    const { tenant, stepUp } = page;
    if (!lacksRecoveryCodes(tenant, stepUp)) return redirectToNext(context, page);
    return context.html(codesScreen(page, readRecoveryCodes(tenant, stepUp.user.userId)));
  });

  onPost("/saved", (context, page) => redirectToNext(context, page));
}

/** Registers the settings. */
export function mountSettings({ onGet, onPost }: Routes): void {
  onGet("/settings", (context, page) =>
    areSettingsOpen(page) ? context.html(settingsScreen(page)) : context.redirect(pageUrl(page, ""), 303),
  );

  onGet("/remove", (context, page) => {
    const { tenant, stepUp } = page;
    if (!areSettingsOpen(page)) return context.redirect(pageUrl(page, ""), 303);
    const row = tenant.state.authenticators.get(context.req.query("authenticator") ?? "");
    const isOwn = row?.userId === stepUp.user.userId;
    return isOwn ? context.html(removeScreen(page, row)) : context.html(settingsScreen(page, REMOVED), 404);
  });

  onPost("/remove", (context, page, { authenticator = "" }) => {
    removeAuthenticator(page.tenant, page.stepUp, authenticator);
    return context.redirect(pageUrl(page, "/settings"), 303);
  });
}

const REMOVED = { text: "This method was already removed." };
