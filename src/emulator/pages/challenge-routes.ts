import { ENROLLMENT_STATES } from "../domain/authenticators.ts";
import { isOpen } from "../domain/codes.ts";
import { cancel, choicesOf, enterCode, simulateDevice, startChallenge } from "../domain/step-up.ts";
import type { FormFields } from "../http/form.ts";
import type { Challenge } from "../state/rows.ts";
import { CANCELLED, endScreen, SKIPPED } from "./endings.ts";
import { wordsOf } from "./methods.ts";
import { goOn, goOnFrom } from "./onward.ts";
import { addressOf, addressOfEnd, challengeOf, isWaiting, renewed, type Ticket } from "./page-context.ts";
import type { Routes } from "./routes.ts";
import { chooseScreen, enterScreen } from "./screens.ts";
import { startScreen } from "./start.ts";

const UNKNOWN_CHALLENGE = { words: "There is no such challenge. Choose once more how to confirm." };
const NOT_OFFERED = { words: "This way is not open to you. Choose another." };
const NOT_ANSWERED = { words: "It is not confirmed yet." };
const WRONG_CODE = { words: "This code is wrong or has expired." };
const EXPIRED_CODE = { words: "This code has expired. Have another one sent." };
const EXPIRED_LINK = { words: "The link has expired. Have another one sent." };
const TOO_LATE = { words: "This took too long. Choose once more." };
const TOO_MANY_CODES = { words: "Too many codes were tried." };

/** The pages on which a challenge is passed. */
export function mountChallenge({ onGet, onPost }: Routes): void {
  onGet("/", (context, ticket) => context.html(startScreen(ticket)));

  onPost("/start", async (context, ticket, { method = "", again }) => {
    if (!isWaiting(ticket)) return goOn(context, ticket);
    const { tenant, stepUp } = ticket;
    const isOffered = choicesOf(tenant, stepUp).some(({ verificationMethod }) => verificationMethod === method);
    if (!isOffered) return context.html(chooseScreen(ticket, NOT_OFFERED), 400);
    const { challengeId } = await startChallenge(tenant, stepUp, method);
    return context.redirect(addressOf(ticket, "/enter", enterSlots(challengeId, again)), 303);
  });

  onGet("/enter", (context, ticket) => {
    const { challenge: challengeId, answered, again } = context.req.query();
    const challenge = challengeOf(ticket, challengeId);
    if (isOver(ticket, challenge)) return challenge ? goOnFrom(context, ticket, challenge) : goOn(context, ticket);
    if (!challenge) return context.html(startScreen(ticket, UNKNOWN_CHALLENGE), 400);
    if (answered === undefined)
      return context.html(enterScreen(ticket, challenge, { isSentAgain: again !== undefined }));
    const problem = isOpen(ticket.tenant, challenge) ? NOT_ANSWERED : EXPIRED_LINK;
    return context.html(enterScreen(ticket, challenge, { problem }));
  });

  onPost("/enter", async (context, ticket, fields) => {
    const challenge = challengeOf(ticket, fields.challenge);
    if (isOver(ticket, challenge)) return goOn(context, ticket);
    if (!challenge) return context.html(startScreen(ticket, UNKNOWN_CHALLENGE), 400);
    const { tenant, stepUp } = ticket;
    const code = (fields.code ?? "").replaceAll(/\s/g, "");
    const result = await enterCode(tenant, stepUp, challenge.challengeId, code);
    if (result === "VERIFIED") return goOnFrom(context, ticket, challenge);
    const now = renewed(ticket);
    if (result === "CODE_INVALID_OR_EXPIRED") {
      // The same code may have passed it while a webhook was asked for this one.
      if (isOver(now, challengeOf(now, challenge.challengeId) ?? challenge)) return goOnFrom(context, now, challenge);
      if (isOpen(tenant, challenge)) return context.html(enterScreen(now, challenge, { problem: WRONG_CODE }), 422);
      const { isSent } = wordsOf(challenge.verificationMethod);
      return context.html(
        isSent ? enterScreen(now, challenge, { problem: EXPIRED_CODE }) : startScreen(now, TOO_LATE),
        422,
      );
    }
    const screen = isWaiting(now) || challenge.isEnrollment ? startScreen : endOf;
    return context.html(screen(now, TOO_MANY_CODES), 422);
  });

  onPost("/simulate", async (context, ticket, fields) => {
    const challenge = challengeOf(ticket, fields.challenge);
    if (isOver(ticket, challenge)) return goOn(context, ticket);
    const isApproved = isApproval(fields);
    if (!challenge || isApproved === undefined) return context.html(startScreen(ticket, UNKNOWN_CHALLENGE), 400);
    await simulateDevice(ticket.tenant, ticket.stepUp, challenge.challengeId, isApproved);
    return goOnFrom(context, ticket, challenge);
  });

  onPost("/cancel", (context, ticket) => {
    const { state } = ticket.stepUp.action;
    if (state !== "CHALLENGE_REQUIRED" && state !== "ALLOW") return goOn(context, ticket);
    cancel(ticket.tenant, ticket.stepUp);
    const address = addressOfEnd(ticket);
    if (address !== addressOf(ticket, "/end")) return context.redirect(address, 303);
    const ending = isWaiting(ticket) ? CANCELLED : SKIPPED;
    return context.html(endScreen(ticket, { ending, closes: "without token" }));
  });

  onGet("/end", (context, ticket) => {
    if (isWaiting(ticket)) return context.redirect(addressOf(ticket, ""), 303);
    const isGood = ["ALLOW", "CHALLENGE_SUCCEEDED"].includes(ticket.stepUp.action.state);
    return context.html(endScreen(ticket, isGood ? { closes: "with token" } : {}));
  });
}

/** What the page of a challenge is told by its address. */
export function enterSlots(challenge: string, again: string | undefined): Record<string, string> {
  return { challenge, ...(again !== undefined && { again: "true" }) };
}

const endOf = (ticket: Ticket, problem: { words: string }) => endScreen(ticket, { problem });

/** Whether there is nothing left to do on the page of a challenge, however it was answered. */
function isOver(ticket: Ticket, challenge: Challenge | undefined): boolean {
  if (!challenge?.isEnrollment) return !isWaiting(ticket);
  const isAnswered = challenge.verifiedAt !== undefined || challenge.claimedAt !== undefined;
  return isAnswered || !ENROLLMENT_STATES.includes(ticket.stepUp.action.state);
}

/** What a form answers; undefined when it does not. */
export function isApproval({ answer }: FormFields): boolean | undefined {
  return answer === "approve" || answer === "deny" ? answer === "approve" : undefined;
}
