import { conflict, invalidRequest } from "../http/errors.ts";
import { isAllowedHost } from "../http/hosts.ts";
import { andThen, type MaybePromise } from "../http/maybe-promise.ts";
import { findAction, updateActionState } from "../server-api/actions.ts";
import type { Action, Authenticator, Challenge, User } from "../state/rows.ts";
import { configurationsOf, defaultMethod, enrolledMethods } from "../tenant/methods.ts";
import { redirectScope } from "../tenant/settings.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { ENROLLMENT_STATES } from "./authenticators.ts";
import {
  type CodeResult,
  checkCode,
  createOrResendChallenge,
  isCorrectCode,
  isOfAction,
  isOpen,
  markVerified,
  spendCode,
} from "./codes.ts";
import { completeEnrollment } from "./enrollment.ts";
import { LINK_METHODS } from "./messages.ts";
import { isWaiting } from "./permissions.ts";
import { withVerifyWebhook } from "./verification.ts";

// What a person does on the challenge pages.

/** A person who is asked to confirm an action. */
export interface StepUp {
  readonly action: Action;
  readonly user: User;
  /** What their token allows, separated by spaces. */
  readonly scope: string;
}

/** A way to confirm, and where its message goes, made hard to read. */
export interface Choice {
  readonly verificationMethod: string;
  readonly recipient: string | undefined;
}

const RECOVERY_CODE = "RECOVERY_CODE";
const CODE_METHODS = ["SMS", "WHATSAPP", "EMAIL_OTP", "AUTHENTICATOR_APP", RECOVERY_CODE];

/** Whose action a token is for; what is wrong when it cannot be used, which it also is when the action is gone. */
export function readStepUp(tenant: Tenant, token: string): StepUp | "invalid" | "expired" {
  const read = tenant.tokens.readAction(token);
  if (typeof read === "string") return read;
  const action = findAction(tenant, read);
  return (action && stepUpFor(tenant, action, read.scope)) ?? "invalid";
}

/** The ways to confirm that the user has enrolled, the default one first and a recovery code last. */
export function choicesOf(tenant: Tenant, { user: { userId } }: StepUp): Choice[] {
  const usual = defaultMethod(tenant, userId);
  const inactive = configurationsOf(tenant).filter(({ isActive }) => !isActive);
  const enrolled = enrolledMethods(tenant, userId).filter(
    (method) => !inactive.some(({ verificationMethod }) => verificationMethod === method),
  );
  const methods = enrolled.sort((one, other) => Number(other === usual) - Number(one === usual));
  const choices = methods.map((verificationMethod) => ({
    verificationMethod,
    recipient: maskedContact(authenticatorFor(tenant, userId, verificationMethod)),
  }));
  const hasRecoveryCode = tenant.state.recoveryCodes.of(userId).some(({ usedAt }) => usedAt === undefined);
  return hasRecoveryCode ? [...choices, { verificationMethod: RECOVERY_CODE, recipient: undefined }] : choices;
}

/** Starts a challenge, or goes on with the one that was started, and sends its message if the method has one. @throws HttpError when limits or delivery forbid it. */
export function startChallenge(tenant: Tenant, stepUp: StepUp, verificationMethod: string): MaybePromise<Challenge> {
  const { userId, actionCode, idempotencyKey, locale = stepUp.user.locale } = stepUp.action;
  requireWaiting(tenant, stepUp);
  if (!choicesOf(tenant, stepUp).some((choice) => choice.verificationMethod === verificationMethod)) {
    throw invalidRequest(`The user has not enrolled ${verificationMethod}.`);
  }
  const { email, phoneNumber, userAuthenticatorId } = authenticatorFor(tenant, userId, verificationMethod) ?? {};
  return createOrResendChallenge(tenant, {
    userId,
    userAuthenticatorId,
    action: actionCode,
    idempotencyKey,
    verificationMethod,
    email,
    phoneNumber,
    locale,
    ...(verificationMethod === "SMS" && { smsChannel: "DEFAULT" }),
  });
}

/** Tries a code; a right one makes the action succeed, and too many wrong ones make it fail. */
export function enterCode(tenant: Tenant, stepUp: StepUp, challengeId: string, code: string): MaybePromise<CodeResult> {
  const challenge = challengeOf(tenant, stepUp, challengeId);
  if (!CODE_METHODS.includes(challenge.verificationMethod)) {
    throw invalidRequest(`${challenge.verificationMethod} has no code to enter.`);
  }
  return tenant.state.transaction(() => {
    const result = checkCode(tenant, challenge, code);
    if (result === "VERIFIED") {
      return succeed<CodeResult>(tenant, stepUp, challenge, () => {
        const current = tenant.state.challenges.get(challengeId);
        if (!current || !isCorrectCode(tenant, current, code)) return "CODE_INVALID_OR_EXPIRED";
        spendCode(tenant, current.isEnrollment ? completeEnrollment(tenant, current) : current, code);
        return "VERIFIED";
      });
    }
    if (result === "MAX_ATTEMPTS_EXCEEDED") fail(tenant, stepUp, challenge);
    return result;
  });
}

/** Answers a challenge that has neither code nor link (PASSKEY, SECURITY_KEY, …), as if the device had. */
export function simulateDevice(
  tenant: Tenant,
  stepUp: StepUp,
  challengeId: string,
  isApproved: boolean,
): MaybePromise<StepUp> {
  const challenge = challengeOf(tenant, stepUp, challengeId);
  if ([...CODE_METHODS, ...LINK_METHODS].includes(challenge.verificationMethod)) {
    throw invalidRequest(`${challenge.verificationMethod} cannot be simulated.`);
  }
  return conclude(tenant, stepUp, challenge, isApproved);
}

/** Notes that a person left without an answer, where one is waited for. The action goes on waiting. */
export function cancel(tenant: Tenant, stepUp: StepUp): void {
  const { action } = renewed(tenant, stepUp);
  if (isWaiting(tenant, { ...stepUp, action })) tenant.state.actions.put({ ...action, cancelledAt: tenant.now() });
}

/** The challenge and the step-up of the link in a magic-link e-mail or a push; undefined when it is unknown, used or over. */
export function findLink(tenant: Tenant, key: string): { challenge: Challenge; stepUp: StepUp } | undefined {
  const challenge = tenant.state.challenges.find((one) => one.key === key);
  if (!challenge || challenge.userId === undefined || !LINK_METHODS.includes(challenge.verificationMethod))
    return undefined;
  if (!isOpen(tenant, challenge)) return undefined;
  const action = tenant.state.actions.get(challenge.userId, challenge.action, challenge.idempotencyKey);
  const stepUp = action && stepUpFor(tenant, action, action.scope);
  return stepUp && isWaitingFor(tenant, stepUp, challenge) ? { challenge, stepUp } : undefined;
}

/** Confirms or denies by a link. @throws HttpError when it is unknown, used or over. */
export function answerLink(tenant: Tenant, key: string, isApproved: boolean): MaybePromise<StepUp> {
  const link = findLink(tenant, key);
  if (!link) throw invalidRequest("This link is unknown, was used, or has expired.");
  return conclude(tenant, link.stepUp, link.challenge, isApproved);
}

/** Where the person goes afterwards: `redirectUrl` with a new token added, and whether the emulator may send people there. */
export function returnUrlOf(
  tenant: Tenant,
  action: Action,
): { token: string; url: string | undefined; isAllowed: boolean } {
  const token = tenant.tokens.ofAction(action);
  const { redirectUrl } = action;
  const scope = redirectUrl === undefined ? undefined : redirectScope(redirectUrl);
  if (redirectUrl === undefined || scope === undefined) return { token, url: undefined, isAllowed: false };
  const isHere = /^https?:/.test(scope) && isAllowedHost(new URL(scope).host, []);
  const isAllowed = isHere || tenant.settings.allowedRedirects.includes(scope);
  return { token, url: withToken(redirectUrl, token), isAllowed };
}

/** A URL with the token in its query, in which everything else is as it was. */
function withToken(redirectUrl: string, token: string): string {
  const [, address = "", query = "", fragment = ""] =
    /^([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(new URL(redirectUrl).href) ?? [];
  const kept = query.split("&").filter((parameter) => parameter !== "" && !/^token(=|$)/.test(parameter));
  return `${address}?${[...kept, `token=${token}`].join("&")}${fragment}`;
}

function stepUpFor(tenant: Tenant, action: Action, scope = ""): StepUp | undefined {
  const user = tenant.state.users.get(action.userId);
  return user && { action, user, scope };
}

function requireWaiting(tenant: Tenant, stepUp: StepUp): void {
  if (!isWaiting(tenant, stepUp))
    throw conflict(`The action does not wait for a challenge: it is ${stepUp.action.state}.`);
}

/** Whether a challenge is what an action waits for: any while it needs one, and enrollments otherwise. */
function isWaitingFor(tenant: Tenant, stepUp: StepUp, { isEnrollment = false }: Challenge): boolean {
  return isEnrollment ? ENROLLMENT_STATES.includes(stepUp.action.state) : isWaiting(tenant, stepUp);
}

/** Notes that a challenge was not passed. An action that is allowed without one stays so. */
function fail(tenant: Tenant, { action }: StepUp, { isEnrollment = false }: Challenge): void {
  const isFailed = !isEnrollment && action.state === "CHALLENGE_REQUIRED";
  if (isFailed) updateActionState(tenant, action, "user", { state: "CHALLENGE_FAILED" });
}

/** A challenge of this very action. */
function challengeOf(tenant: Tenant, stepUp: StepUp, challengeId: string): Challenge {
  const challenge = tenant.state.challenges.get(challengeId);
  if (!challenge?.isEnrollment) requireWaiting(tenant, stepUp);
  if (!challenge || !isOfAction(challenge, stepUp.action) || !isWaitingFor(tenant, stepUp, challenge)) {
    throw invalidRequest("This challenge belongs to another action.");
  }
  return challenge;
}

function conclude(tenant: Tenant, stepUp: StepUp, challenge: Challenge, isApproved: boolean): MaybePromise<StepUp> {
  if (!isOpen(tenant, challenge)) throw over();
  const { state } = tenant;
  if (isApproved) {
    const passed = succeed(tenant, stepUp, challenge, () => {
      const current = state.challenges.get(challenge.challengeId);
      if (!current || !isOpen(tenant, current)) throw over();
      markVerified(tenant, current.isEnrollment ? completeEnrollment(tenant, current) : current);
    });
    return andThen(passed, () => renewed(tenant, stepUp));
  }
  return state.transaction(() => {
    state.challenges.put({ ...challenge, claimedAt: tenant.now() });
    fail(tenant, stepUp, challenge);
    return renewed(tenant, stepUp);
  });
}

/**
 * Passes a challenge and, if that went well, makes the action succeed. The challenge has done its work then, so that
 * nobody can claim it.
 * @param pass Marks the challenge as verified; it does not when something has changed meanwhile.
 */
function succeed<T>(
  tenant: Tenant,
  stepUp: StepUp,
  { challengeId, ...passed }: Challenge,
  pass: () => T,
): MaybePromise<T> {
  const { userId } = stepUp.user;
  const { verificationMethod } = passed;
  return withVerifyWebhook(tenant, { ...passed, userId }, () => {
    const before = tenant.state.challenges.get(challengeId);
    const result = pass();
    const challenge = tenant.state.challenges.get(challengeId);
    if (!challenge?.verifiedAt || before?.verifiedAt) return result;
    tenant.state.challenges.put({ ...challenge, claimedAt: tenant.now() });
    const { action } = renewed(tenant, stepUp);
    if (challenge.isEnrollment && !ENROLLMENT_STATES.includes(action.state)) {
      throw conflict(`Nothing can be set up while the action is ${action.state}.`);
    }
    if (action.state !== "CHALLENGE_SUCCEEDED") {
      const move = { verificationMethod, verifiedByAuthenticatorId: challenge.userAuthenticatorId };
      updateActionState(tenant, action, "user", { state: "CHALLENGE_SUCCEEDED", ...move });
    }
    return result;
  });
}

/** A step-up as it stands now. @throws HttpError when its action or user is gone. */
function renewed(tenant: Tenant, { action: before, scope }: StepUp): StepUp {
  const action = findAction(tenant, before);
  const stepUp = action && stepUpFor(tenant, action, scope);
  if (!stepUp) throw conflict("The action is gone.");
  return stepUp;
}

const over = () => invalidRequest("The challenge is over already.");

/** The authenticator that was enrolled last for a method. */
function authenticatorFor({ state }: Tenant, userId: string, verificationMethod: string): Authenticator | undefined {
  return state.authenticators.of(userId).findLast((row) => row.verificationMethod === verificationMethod);
}

/** `+64270000000` as `••••0000`, and `jo@example.com` as `j•••@example.com`. */
export function maskedContact(authenticator: Authenticator | undefined): string | undefined {
  const { phoneNumber, email, name } = authenticator ?? {};
  if (phoneNumber) return `••••${phoneNumber.slice(-4)}`;
  return email ? email.replace(/^(.).*(?=@)/, "$1•••") : name;
}
