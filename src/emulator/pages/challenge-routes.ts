import { ENROLLMENT_STATES } from "../domain/authenticators.ts";
import { isOpen } from "../domain/codes.ts";
import { cancel, choicesOf, enterCode, simulateDevice, startChallenge } from "../domain/step-up.ts";
import type { FormFields } from "../http/form.ts";
import type { Challenge } from "../state/rows.ts";
import { CANCELLED, endScreen, SKIPPED } from "./end-screens.ts";
import { textsOf } from "./method-texts.ts";
import { redirectToNext, respondToResult } from "./redirects.ts";
import { pageUrl, endUrl, challengeOf, isWaiting, refreshed, type PageContext } from "./page-context.ts";
import type { Routes } from "./routes.ts";
import { chooseScreen, enterScreen } from "./challenge-screens.ts";
import { startScreen } from "./start-screen.ts";

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
  onGet("/", (context, page) => context.html(startScreen(page)));

  onPost("/start", async (context, page, { method = "", again }) => {
    if (!isWaiting(page)) return redirectToNext(context, page);
    const { tenant, stepUp } = page;
    const isOffered = choicesOf(tenant, stepUp).some(({ verificationMethod }) => verificationMethod === method);
    if (!isOffered) return context.html(chooseScreen(page, NOT_OFFERED), 400);
    const { challengeId } = await startChallenge(tenant, stepUp, method);
    return context.redirect(pageUrl(page, "/enter", enterSlots(challengeId, again)), 303);
  });

  onGet("/enter", (context, page) => {
    const { challenge: challengeId, answered, again } = context.req.query();
    const challenge = challengeOf(page, challengeId);
    if (isOver(page, challenge)) return challenge ? respondToResult(context, page, challenge) : redirectToNext(context, page);
    if (!challenge) return context.html(startScreen(page, UNKNOWN_CHALLENGE), 400);
    if (answered === undefined)
      return context.html(enterScreen(page, challenge, { isSentAgain: again !== undefined }));
    const problem = isOpen(page.tenant, challenge) ? NOT_ANSWERED : EXPIRED_LINK;
    return context.html(enterScreen(page, challenge, { problem }));
  });

  onPost("/enter", async (context, page, fields) => {
    const challenge = challengeOf(page, fields.challenge);
    if (isOver(page, challenge)) return redirectToNext(context, page);
    if (!challenge) return context.html(startScreen(page, UNKNOWN_CHALLENGE), 400);
    const { tenant, stepUp } = page;
    const code = (fields.code ?? "").replaceAll(/\s/g, "");
    const result = await enterCode(tenant, stepUp, challenge.challengeId, code);
    if (result === "VERIFIED") return respondToResult(context, page, challenge);
    const now = refreshed(page);
    if (result === "CODE_INVALID_OR_EXPIRED") {
      // The same code may have passed it while a webhook was asked for this one.
      if (isOver(now, challengeOf(now, challenge.challengeId) ?? challenge)) return respondToResult(context, now, challenge);
      if (isOpen(tenant, challenge)) return context.html(enterScreen(now, challenge, { problem: WRONG_CODE }), 422);
      const { isSent } = textsOf(challenge.verificationMethod);
      return context.html(
        isSent ? enterScreen(now, challenge, { problem: EXPIRED_CODE }) : startScreen(now, TOO_LATE),
        422,
      );
    }
    const screen = isWaiting(now) || challenge.isEnrollment ? startScreen : endOf;
    return context.html(screen(now, TOO_MANY_CODES), 422);
  });

  onPost("/simulate", async (context, page, fields) => {
    const challenge = challengeOf(page, fields.challenge);
    if (isOver(page, challenge)) return redirectToNext(context, page);
    const isApproved = isApproval(fields);
    if (!challenge || isApproved === undefined) return context.html(startScreen(page, UNKNOWN_CHALLENGE), 400);
    await simulateDevice(page.tenant, page.stepUp, challenge.challengeId, isApproved);
    return respondToResult(context, page, challenge);
  });

  onPost("/cancel", (context, page) => {
    const { state } = page.stepUp.action;
    if (state !== "CHALLENGE_REQUIRED" && state !== "ALLOW") return redirectToNext(context, page);
    cancel(page.tenant, page.stepUp);
    const address = endUrl(page);
    if (address !== pageUrl(page, "/end")) return context.redirect(address, 303);
    const ending = isWaiting(page) ? CANCELLED : SKIPPED;
    return context.html(endScreen(page, { ending, closes: "without token" }));
  });

  onGet("/end", (context, page) => {
    if (isWaiting(page)) return context.redirect(pageUrl(page, ""), 303);
    const isGood = ["ALLOW", "CHALLENGE_SUCCEEDED"].includes(page.stepUp.action.state);
    return context.html(endScreen(page, isGood ? { closes: "with token" } : {}));
  });
}

/** What the page of a challenge is told by its address. */
export function enterSlots(challenge: string, again: string | undefined): Record<string, string> {
  return { challenge, ...(again !== undefined && { again: "true" }) };
}

const endOf = (page: PageContext, problem: { words: string }) => endScreen(page, { problem });

/** Whether there is nothing left to do on the page of a challenge, however it was answered. */
function isOver(page: PageContext, challenge: Challenge | undefined): boolean {
  if (!challenge?.isEnrollment) return !isWaiting(page);
  const isAnswered = challenge.verifiedAt !== undefined || challenge.claimedAt !== undefined;
  return isAnswered || !ENROLLMENT_STATES.includes(page.stepUp.action.state);
}

/** What a form answers; undefined when it does not. */
export function isApproval({ answer }: FormFields): boolean | undefined {
  return answer === "approve" || answer === "deny" ? answer === "approve" : undefined;
}
