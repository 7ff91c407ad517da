import { lacksRecoveryCodes, readRecoveryCodes } from "../domain/enrollment.ts";
import { returnUrlOf } from "../domain/step-up.ts";
import type { Challenge } from "../state/rows.ts";
import { codesScreen, enrollScreen } from "./enrollment-screens.ts";
import {
  pageUrl,
  endUrl,
  areSettingsOpen,
  isForced,
  isWaiting,
  mayEnroll,
  type HonoContext,
  refreshed,
  type PageContext,
} from "./page-context.ts";
import type { Answer } from "./routes.ts";
import { chooseScreen } from "./challenge-screens.ts";

const NOT_CONFIRMED = { words: "It was not confirmed. Try again, or choose another way." };
const NOT_SET_UP = { words: "It was not set up. Try again, or choose another way." };

// Where somebody goes from a page on which there is nothing left to do.

/** To the settings if they are open, to the app if the action was confirmed, and otherwise to the page that tells how it is. */
export function redirectToNext(context: HonoContext, before: PageContext): Response {
  const page = refreshed(before);
  const { action } = page.stepUp;
  if (areSettingsOpen(page)) return context.redirect(pageUrl(page, "/settings"), 303);
  const isConfirmed = action.state === "CHALLENGE_SUCCEEDED";
  const { token } = returnUrlOf(page.tenant, action);
  return context.redirect(isConfirmed ? endUrl({ ...page, token }) : pageUrl(page, "/end"), 303);
}

/** From a challenge that was answered. What was set up for the first time comes with recovery codes. */
export function respondToResult(context: HonoContext, before: PageContext, { challengeId, isEnrollment }: Challenge): Answer {
  const page = refreshed(before);
  const { tenant, stepUp } = page;
  if (!isEnrollment) {
    if (isWaiting(page)) return context.html(chooseScreen(page, NOT_CONFIRMED), 422);
    const isAsked = isForced(page) && mayEnroll(page);
    return isAsked ? context.redirect(pageUrl(page, "/enroll"), 303) : redirectToNext(context, page);
  }
  const isPassed = tenant.state.challenges.get(challengeId)?.verifiedAt !== undefined;
  if (!isPassed && mayEnroll(page)) {
    return context.html(enrollScreen(page, NOT_SET_UP), 422);
  }
  if (!isPassed || !lacksRecoveryCodes(tenant, stepUp)) return redirectToNext(context, page);
  // Codes are made by a form only, and never by looking at a page.
  if (context.req.method !== "POST") return context.redirect(pageUrl(page, "/codes"), 303);
  return context.html(codesScreen(page, readRecoveryCodes(tenant, stepUp.user.userId)));
}
