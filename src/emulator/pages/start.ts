import { ENROLLMENT_STATES } from "../domain/authenticators.ts";
import { endScreen, NOTHING_TO_ADD, NOTHING_TO_SET_UP } from "./endings.ts";
import { enrollScreen } from "./enrollment-screens.ts";
import type { Html, Problem } from "./layout.ts";
import { areSettingsOpen, isEnrolled, isForced, isWaiting, mayEnroll, type Ticket } from "./page-context.ts";
import { chooseScreen } from "./screens.ts";
import { settingsScreen } from "./settings-screens.ts";

/** The page that the address from `track` leads to: what there is to do for the person now. */
export function startScreen(ticket: Ticket, problem?: Problem): Html {
  if (isWaiting(ticket)) return chooseScreen(ticket, problem);
  const isWanted = isForced(ticket) || !isEnrolled(ticket);
  if (isWanted && mayEnroll(ticket)) return enrollScreen(ticket, problem);
  if (areSettingsOpen(ticket)) return settingsScreen(ticket, problem);
  const isRefused = isWanted && ENROLLMENT_STATES.includes(ticket.stepUp.action.state);
  const ending = isEnrolled(ticket) ? NOTHING_TO_ADD : NOTHING_TO_SET_UP;
  return endScreen(ticket, { problem, ...(isRefused && { ending }) });
}
