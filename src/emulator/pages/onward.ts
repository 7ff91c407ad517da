import { lacksRecoveryCodes, readRecoveryCodes } from "../domain/enrollment.ts";
import { returnUrlOf } from "../domain/step-up.ts";
import type { Challenge } from "../state/rows.ts";
import { codesScreen, enrollScreen } from "./enrollment-screens.ts";
import {
  addressOf,
  addressOfEnd,
  areSettingsOpen,
  isForced,
  isWaiting,
  mayEnroll,
  type PageContext,
  renewed,
  type Ticket,
} from "./page-context.ts";
import type { Answer } from "./routes.ts";
import { chooseScreen } from "./screens.ts";

const NOT_CONFIRMED = { words: "It was not confirmed. Try again, or choose another way." };
const NOT_SET_UP = { words: "It was not set up. Try again, or choose another way." };

// Where somebody goes from a page on which there is nothing left to do.

/** To the settings if they are open, to the app if the action was confirmed, and otherwise to the page that tells how it is. */
export function goOn(context: PageContext, before: Ticket): Response {
  const ticket = renewed(before);
  const { action } = ticket.stepUp;
  if (areSettingsOpen(ticket)) return context.redirect(addressOf(ticket, "/settings"), 303);
  const isConfirmed = action.state === "CHALLENGE_SUCCEEDED";
  const { token } = returnUrlOf(ticket.tenant, action);
  return context.redirect(isConfirmed ? addressOfEnd({ ...ticket, token }) : addressOf(ticket, "/end"), 303);
}

/** From a challenge that was answered. What was set up for the first time comes with recovery codes. */
export function goOnFrom(context: PageContext, before: Ticket, { challengeId, isEnrollment }: Challenge): Answer {
  const ticket = renewed(before);
  const { tenant, stepUp } = ticket;
  if (!isEnrollment) {
    if (isWaiting(ticket)) return context.html(chooseScreen(ticket, NOT_CONFIRMED), 422);
    const isAsked = isForced(ticket) && mayEnroll(ticket);
    return isAsked ? context.redirect(addressOf(ticket, "/enroll"), 303) : goOn(context, ticket);
  }
  const isPassed = tenant.state.challenges.get(challengeId)?.verifiedAt !== undefined;
  if (!isPassed && mayEnroll(ticket)) {
    return context.html(enrollScreen(ticket, NOT_SET_UP), 422);
  }
  if (!isPassed || !lacksRecoveryCodes(tenant, stepUp)) return goOn(context, ticket);
  // Codes are made by a form only, and never by looking at a page.
  if (context.req.method !== "POST") return context.redirect(addressOf(ticket, "/codes"), 303);
  return context.html(codesScreen(ticket, readRecoveryCodes(tenant, stepUp.user.userId)));
}
