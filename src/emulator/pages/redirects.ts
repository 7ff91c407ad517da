import { lacksRecoveryCodes } from "../domain/enrollment.ts";
import { readRecoveryCodes } from "../domain/recovery-codes.ts";
import { returnUrlOf } from "../domain/return-url.ts";
import type { Challenge } from "../state/rows.ts";
import { chooseScreen } from "./challenge-screens.ts";
import { codesScreen, enrollScreen } from "./enrollment-screens.ts";
import {
  areSettingsOpen,
  endUrl,
  type HonoContext,
  isChallengeRequired,
  isEnrollmentForced,
  mayEnroll,
  type PageContext,
  pageUrl,
  reload,
} from "./page-context.ts";

// Responses of pages on which the user has nothing left to do.

const NOT_CONFIRMED = { text: "Not confirmed. Try again, or use another method." };
const NOT_ENROLLED = { text: "Not set up. Try again, or use another method." };

/** Redirects to the settings if they are open, to the app if the action was confirmed, and otherwise to the last page. */
export function redirectToNext(context: HonoContext, before: PageContext): Response {
  const page = reload(before);
  const { action } = page.stepUp;
  if (areSettingsOpen(page)) return context.redirect(pageUrl(page, "/settings"), 303);
  const isConfirmed = action.state === "CHALLENGE_SUCCEEDED";
  const { token } = returnUrlOf(page.tenant, action);
  return context.redirect(isConfirmed ? endUrl({ ...page, token }) : pageUrl(page, "/end"), 303);
}

/** Responds to a challenge that was passed or denied: by the next page, or by the same choice again. */
export function respondToResult(
  context: HonoContext,
  before: PageContext,
  challenge: Challenge,
): Response | Promise<Response> {
  const page = reload(before);
  if (challenge.isEnrollment) return respondToEnrollment(context, page, challenge);
  if (isChallengeRequired(page)) return context.html(chooseScreen(page, NOT_CONFIRMED), 422);
  const mustEnroll = isEnrollmentForced(page) && mayEnroll(page);
  return mustEnroll ? context.redirect(pageUrl(page, "/enroll"), 303) : redirectToNext(context, page);
}

/** Responds to an enrollment. After the first enrollment of a user, the recovery codes are shown. */
function respondToEnrollment(
  context: HonoContext,
  page: PageContext,
  { challengeId }: Challenge,
): Response | Promise<Response> {
  const { tenant, stepUp } = page;
  const isPassed = tenant.state.challenges.get(challengeId)?.verifiedAt !== undefined;
  if (!isPassed && mayEnroll(page)) return context.html(enrollScreen(page, NOT_ENROLLED), 422);
  if (!isPassed || !lacksRecoveryCodes(tenant, stepUp)) return redirectToNext(context, page);
  // A GET changes nothing, so recovery codes are created by a form only.
  if (context.req.method !== "POST") return context.redirect(pageUrl(page, "/codes"), 303);
  return context.html(codesScreen(page, readRecoveryCodes(tenant, stepUp.user.userId)));
}
