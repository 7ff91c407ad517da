import { ENROLLMENT_STATES } from "../domain/authenticators.ts";
import { endScreen, NOTHING_TO_ADD, NOTHING_TO_SET_UP } from "./end-screens.ts";
import { enrollScreen } from "./enrollment-screens.ts";
import type { Html, Problem } from "./layout.ts";
import { areSettingsOpen, isEnrolled, isForced, isWaiting, mayEnroll, type PageContext } from "./page-context.ts";
import { chooseScreen } from "./challenge-screens.ts";
import { settingsScreen } from "./settings-screens.ts";

/** The page that the address from `track` leads to: what there is to do for the person now. */
export function startScreen(page: PageContext, problem?: Problem): Html {
  if (isWaiting(page)) return chooseScreen(page, problem);
  const isWanted = isForced(page) || !isEnrolled(page);
  if (isWanted && mayEnroll(page)) return enrollScreen(page, problem);
  if (areSettingsOpen(page)) return settingsScreen(page, problem);
  const isRefused = isWanted && ENROLLMENT_STATES.includes(page.stepUp.action.state);
  const ending = isEnrolled(page) ? NOTHING_TO_ADD : NOTHING_TO_SET_UP;
  return endScreen(page, { problem, ...(isRefused && { ending }) });
}
