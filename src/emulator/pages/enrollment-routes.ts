import {
  enrollableMethods,
  lacksRecoveryCodes,
  readRecoveryCodes,
  removeAuthenticator,
  startEnrollment,
} from "../domain/enrollment.ts";
import { enterSlots } from "./challenge-routes.ts";
import { codesOffer, codesScreen, contactScreen, enrollScreen } from "./enrollment-screens.ts";
import { wordsOf } from "./methods.ts";
import { goOn } from "./onward.ts";
import { addressOf, areSettingsOpen, mayEnroll } from "./page-context.ts";
import type { Routes } from "./routes.ts";
import { removeScreen, settingsScreen } from "./settings-screens.ts";

/** The pages on which something is set up. */
export function mountEnrollment({ onGet, onPost }: Routes): void {
  onGet("/enroll", (context, ticket) =>
    mayEnroll(ticket) ? context.html(enrollScreen(ticket)) : context.redirect(addressOf(ticket, ""), 303),
  );

  onPost("/enroll", async (context, ticket, { method = "", again, phoneNumber, email }) => {
    const { tenant, stepUp } = ticket;
    const isOffered = enrollableMethods(tenant, stepUp).includes(method);
    const { contact } = wordsOf(method);
    const isKnown = contact === undefined || { phoneNumber, email }[contact] !== undefined;
    if (isOffered && !isKnown) return context.redirect(addressOf(ticket, "/contact", { method }), 303);
    const { challengeId } = await startEnrollment(tenant, stepUp, { verificationMethod: method, phoneNumber, email });
    return context.redirect(addressOf(ticket, "/enter", enterSlots(challengeId, again)), 303);
  });

  onGet("/contact", (context, ticket) => {
    const { method = "" } = context.req.query();
    const isOffered = enrollableMethods(ticket.tenant, ticket.stepUp).includes(method);
    if (isOffered && wordsOf(method).contact !== undefined) return context.html(contactScreen(ticket, method));
    return context.redirect(addressOf(ticket, mayEnroll(ticket) ? "/enroll" : ""), 303);
  });

  onGet("/codes", (context, ticket) =>
    lacksRecoveryCodes(ticket.tenant, ticket.stepUp) ? context.html(codesOffer(ticket)) : goOn(context, ticket),
  );

  onPost("/codes", (context, ticket) => {
    const { tenant, stepUp } = ticket;
    if (!lacksRecoveryCodes(tenant, stepUp)) return goOn(context, ticket);
    return context.html(codesScreen(ticket, readRecoveryCodes(tenant, stepUp.user.userId)));
  });

  onPost("/saved", (context, ticket) => goOn(context, ticket));
}

/** The settings. */
export function mountSettings({ onGet, onPost }: Routes): void {
  onGet("/settings", (context, ticket) =>
    areSettingsOpen(ticket) ? context.html(settingsScreen(ticket)) : context.redirect(addressOf(ticket, ""), 303),
  );

  onGet("/remove", (context, ticket) => {
    const { tenant, stepUp } = ticket;
    if (!areSettingsOpen(ticket)) return context.redirect(addressOf(ticket, ""), 303);
    const row = tenant.state.authenticators.get(context.req.query("authenticator") ?? "");
    const isTheirs = row?.userId === stepUp.user.userId;
    return isTheirs ? context.html(removeScreen(ticket, row)) : context.html(settingsScreen(ticket, GONE), 404);
  });

  onPost("/remove", (context, ticket, { authenticator = "" }) => {
    removeAuthenticator(ticket.tenant, ticket.stepUp, authenticator);
    return context.redirect(addressOf(ticket, "/settings"), 303);
  });
}

const GONE = { words: "This has been removed already." };
