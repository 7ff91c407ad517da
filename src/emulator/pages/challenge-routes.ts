import { isOpen } from "../domain/challenges.ts";
import { ENROLLMENT_STATES } from "../domain/permissions.ts";
import { cancel, choicesOf, enterCode, simulateDevice, startChallenge } from "../domain/step-up-challenges.ts";
import type { FormFields } from "../http/form.ts";
import type { Challenge } from "../state/rows.ts";
import { chooseScreen, enterScreen } from "./challenge-screens.ts";
import { CANCELED, endScreen, SKIPPED } from "./end-screens.ts";
import type { Html } from "./layout.ts";
import { textsOf } from "./method-texts.ts";
import { challengeOf, endUrl, isChallengeRequired, type PageContext, pageUrl, reload } from "./page-context.ts";
import { redirectToNext, respondToResult } from "./redirects.ts";
import type { Routes } from "./routes.ts";
import { startScreen } from "./start-screen.ts";

const UNKNOWN_CHALLENGE = { text: "This challenge no longer exists. Choose a method again." };
const NOT_OFFERED = { text: "This method is not available. Choose another one." };
const NOT_CONFIRMED_YET = { text: "Not confirmed yet." };
const WRONG_CODE = { text: "This code is wrong or has expired." };
const EXPIRED_CODE = { text: "This code has expired. Send a new one." };
const EXPIRED_LINK = { text: "The link has expired. Send a new one." };
const TOO_LATE = { text: "This took too long. Choose a method again." };
const TOO_MANY_CODES = { text: "Too many wrong codes were entered." };

/** Registers the pages on which a user passes a challenge. */
export function mountChallenge({ onGet, onPost }: Routes): void {
  onGet("/", (context, page) => context.html(startScreen(page)));

  onPost("/start", async (context, page, { method = "", again }) => {
    if (!isChallengeRequired(page)) return redirectToNext(context, page);
    const { tenant, stepUp } = page;
    const isOffered = choicesOf(tenant, stepUp).some(({ verificationMethod }) => verificationMethod === method);
    if (!isOffered) return context.html(chooseScreen(page, NOT_OFFERED), 400);
    const { challengeId } = await startChallenge(tenant, stepUp, method);
    return context.redirect(pageUrl(page, "/enter", enterParameters(challengeId, again)), 303);
  });

  onGet("/enter", (context, page) => {
    const { challenge: challengeId, answered, again } = context.req.query();
    const challenge = challengeOf(page, challengeId);
    if (isOver(page, challenge)) {
      return challenge ? respondToResult(context, page, challenge) : redirectToNext(context, page);
    }
    if (!challenge) return context.html(startScreen(page, UNKNOWN_CHALLENGE), 400);
    if (answered === undefined) {
      return context.html(enterScreen(page, challenge, { isResent: again !== undefined }));
    }
    const problem = isOpen(page.tenant, challenge) ? NOT_CONFIRMED_YET : EXPIRED_LINK;
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
    const current = reload(page);
    if (result === "MAX_ATTEMPTS_EXCEEDED") return context.html(exhaustedScreen(current, challenge), 422);
    // While a webhook was called for this request, another request may have passed the challenge with the same code.
    if (isOver(current, challengeOf(current, challenge.challengeId) ?? challenge)) {
      return respondToResult(context, current, challenge);
    }
    return context.html(wrongCodeScreen(current, challenge), 422);
  });

  onPost("/simulate", async (context, page, fields) => {
    const challenge = challengeOf(page, fields.challenge);
    if (isOver(page, challenge)) return redirectToNext(context, page);
    const decision = decisionOf(fields);
    if (!challenge || !decision) return context.html(startScreen(page, UNKNOWN_CHALLENGE), 400);
    await simulateDevice(page.tenant, page.stepUp, challenge.challengeId, decision === "approve");
    return respondToResult(context, page, challenge);
  });

  onPost("/cancel", (context, page) => {
    const { state } = page.stepUp.action;
    if (state !== "CHALLENGE_REQUIRED" && state !== "ALLOW") return redirectToNext(context, page);
    cancel(page.tenant, page.stepUp);
    const url = endUrl(page);
    if (url !== pageUrl(page, "/end")) return context.redirect(url, 303);
    const ending = isChallengeRequired(page) ? CANCELED : SKIPPED;
    return context.html(endScreen(page, { ending, closes: "without token" }));
  });

  onGet("/end", (context, page) => {
    if (isChallengeRequired(page)) return context.redirect(pageUrl(page, ""), 303);
    const isAllowed = ["ALLOW", "CHALLENGE_SUCCEEDED"].includes(page.stepUp.action.state);
    return context.html(endScreen(page, isAllowed ? { closes: "with token" } : {}));
  });
}

/** Returns the query of the page on which a challenge is passed. */
export function enterParameters(challenge: string, again: string | undefined): Record<string, string> {
  return { challenge, ...(again !== undefined && { again: "true" }) };
}

/** Reads the decision of a form with the buttons Confirm and Deny; undefined when the form has no decision. */
export function decisionOf({ answer }: FormFields): "approve" | "deny" | undefined {
  return answer === "approve" || answer === "deny" ? answer : undefined;
}

/** Whether a challenge is passed or denied, or its action no longer requires a challenge. */
function isOver(page: PageContext, challenge: Challenge | undefined): boolean {
  if (!challenge?.isEnrollment) return !isChallengeRequired(page);
  const isFinished = challenge.verifiedAt !== undefined || challenge.claimedAt !== undefined;
  return isFinished || !ENROLLMENT_STATES.includes(page.stepUp.action.state);
}

function wrongCodeScreen(page: PageContext, challenge: Challenge): Html {
  if (isOpen(page.tenant, challenge)) return enterScreen(page, challenge, { problem: WRONG_CODE });
  const { isSent } = textsOf(challenge.verificationMethod);
  return isSent ? enterScreen(page, challenge, { problem: EXPIRED_CODE }) : startScreen(page, TOO_LATE);
}

function exhaustedScreen(page: PageContext, { isEnrollment = false }: Challenge): Html {
  const canContinue = isChallengeRequired(page) || isEnrollment;
  return canContinue ? startScreen(page, TOO_MANY_CODES) : endScreen(page, { problem: TOO_MANY_CODES });
}
