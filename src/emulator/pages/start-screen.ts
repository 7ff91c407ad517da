import { ENROLLMENT_STATES } from "../domain/permissions.ts";
import { chooseScreen } from "./challenge-screens.ts";
import { endScreen, NOTHING_TO_ADD, NOTHING_TO_SET_UP } from "./end-screens.ts";
import { enrollScreen } from "./enrollment-screens.ts";
import type { Html, Problem } from "./layout.ts";
import {
  areSettingsOpen,
  isChallengeRequired,
  isEnrolled,
  isEnrollmentForced,
  mayEnroll,
  type PageContext,
} from "./page-context.ts";
import { settingsScreen } from "./settings-screens.ts";

/** Renders the page behind the URL that `track` returns: the next step of the user. */
export function startScreen(page: PageContext, problem?: Problem): Html {
  if (isChallengeRequired(page)) return chooseScreen(page, problem);
  const shouldEnroll = isEnrollmentForced(page) || !isEnrolled(page);
  if (shouldEnroll && mayEnroll(page)) return enrollScreen(page, problem);
  if (areSettingsOpen(page)) return settingsScreen(page, problem);
  const cannotEnroll = shouldEnroll && ENROLLMENT_STATES.includes(page.stepUp.action.state);
  const ending = isEnrolled(page) ? NOTHING_TO_ADD : NOTHING_TO_SET_UP;
  return endScreen(page, { problem, ...(cannotEnroll && { ending }) });
}
