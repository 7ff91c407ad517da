import { STATES_OF_ENROLMENT } from "../operations/enrolled.ts";
import { endScreen, NOTHING_TO_ADD, NOTHING_TO_SET_UP } from "./endings.ts";
import { enrolScreen } from "./enrolment-screens.ts";
import type { Html, Problem } from "./layout.ts";
import { chooseScreen } from "./screens.ts";
import { settingsScreen } from "./settings-screens.ts";
import { areSettingsOpen, isEnrolled, isForced, isWaiting, mayEnrol, type Ticket } from "./ticket.ts";

/** The page that the address from `track` leads to: what there is to do for the person now. */
export function startScreen(ticket: Ticket, problem?: Problem): Html {
  if (isWaiting(ticket)) return chooseScreen(ticket, problem);
  const isWanted = isForced(ticket) || !isEnrolled(ticket);
  if (isWanted && mayEnrol(ticket)) return enrolScreen(ticket, problem);
  if (areSettingsOpen(ticket)) return settingsScreen(ticket, problem);
  const isRefused = isWanted && STATES_OF_ENROLMENT.includes(ticket.stepUp.action.state);
  const ending = isEnrolled(ticket) ? NOTHING_TO_ADD : NOTHING_TO_SET_UP;
  return endScreen(ticket, { problem, ...(isRefused && { ending }) });
}
