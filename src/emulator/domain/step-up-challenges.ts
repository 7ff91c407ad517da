import { conflict, invalidRequest } from "../http/errors.ts";
import { andThen, type MaybePromise } from "../http/maybe-promise.ts";
import { configurationsOf, defaultMethod, enrolledMethods } from "../state/methods.ts";
import type { Authenticator, Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { updateActionState } from "./actions.ts";
import { maskedContact } from "./authenticators.ts";
import {
  type CodeResult,
  checkCode,
  createOrResendChallenge,
  isCorrectCode,
  isOfAction,
  isOpen,
  markVerified,
  passWithCode,
} from "./challenges.ts";
import { completeEnrollment } from "./enrollment.ts";
import { LINK_METHODS } from "./messages.ts";
import { ENROLLMENT_STATES, isChallengeRequired } from "./permissions.ts";
import { unusedRecoveryCodes } from "./recovery-codes.ts";
import { reloadStepUp, type StepUp } from "./step-up.ts";
import { withVerifyWebhook } from "./verification.ts";

// How a user passes the challenges of an action, on the challenge pages or through the Client API.

/** A method with which the user can confirm an action. */
export interface Choice {
  readonly verificationMethod: string;
  /** Where its message is sent, mostly hidden: `••••0000`. */
  readonly recipient: string | undefined;
}

const RECOVERY_CODE = "RECOVERY_CODE";
const CODE_METHODS = ["SMS", "WHATSAPP", "EMAIL_OTP", "AUTHENTICATOR_APP", RECOVERY_CODE];

/** Returns the methods with which the user can confirm an action: the default method first, a recovery code last. */
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
  const hasRecoveryCode = unusedRecoveryCodes(tenant, userId).length > 0;
  return hasRecoveryCode ? [...choices, { verificationMethod: RECOVERY_CODE, recipient: undefined }] : choices;
}

/**
 * Starts the challenge of a method, or resends the open one, and sends its message if the method has one.
 * @throws HttpError when the action requires no challenge, or when limits or delivery forbid it.
 */
export function startChallenge(tenant: Tenant, stepUp: StepUp, verificationMethod: string): MaybePromise<Challenge> {
  const { userId, actionCode, idempotencyKey, locale = stepUp.user.locale } = stepUp.action;
  requireRequiredChallenge(tenant, stepUp);
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

/** Checks a code: a correct one makes the action succeed, and too many wrong ones make it fail. */
export function enterCode(tenant: Tenant, stepUp: StepUp, challengeId: string, code: string): MaybePromise<CodeResult> {
  const challenge = requireOwnChallenge(tenant, stepUp, challengeId);
  if (!CODE_METHODS.includes(challenge.verificationMethod)) {
    throw invalidRequest(`${challenge.verificationMethod} has no code to enter.`);
  }
  return tenant.state.transaction(() => {
    const result = checkCode(tenant, challenge, code);
    if (result === "VERIFIED") {
      return succeed<CodeResult>(tenant, stepUp, challenge, () => {
        const current = tenant.state.challenges.get(challengeId);
        if (!current || !isCorrectCode(tenant, current, code)) return "CODE_INVALID_OR_EXPIRED";
        passWithCode(tenant, current.isEnrollment ? completeEnrollment(tenant, current) : current, code);
        return "VERIFIED";
      });
    }
    if (result === "MAX_ATTEMPTS_EXCEEDED") fail(tenant, stepUp, challenge);
    return result;
  });
}

/** Passes or denies a challenge without a code and a link (PASSKEY, SECURITY_KEY, …), in place of the user's device. */
export function simulateDevice(
  tenant: Tenant,
  stepUp: StepUp,
  challengeId: string,
  isApproved: boolean,
): MaybePromise<StepUp> {
  const challenge = requireOwnChallenge(tenant, stepUp, challengeId);
  if ([...CODE_METHODS, ...LINK_METHODS].includes(challenge.verificationMethod)) {
    throw invalidRequest(`${challenge.verificationMethod} cannot be simulated.`);
  }
  return conclude(tenant, stepUp, challenge, isApproved);
}

/** Records that the user left without passing the required challenge. The state of the action does not change. */
export function cancel(tenant: Tenant, stepUp: StepUp): void {
  const { action } = reloadStepUp(tenant, stepUp);
  if (!isChallengeRequired(tenant, { ...stepUp, action })) return;
  tenant.state.actions.put({ ...action, cancelledAt: tenant.now() });
  tenant.timeline.record(action, { kind: "action.canceled" });
}

/** Whether passing a challenge makes the action succeed now. The challenge of an enrollment does so even if none is required. */
export function canSucceedBy(tenant: Tenant, stepUp: StepUp, { isEnrollment = false }: Challenge): boolean {
  return isEnrollment ? ENROLLMENT_STATES.includes(stepUp.action.state) : isChallengeRequired(tenant, stepUp);
}

/** Passes or denies an open challenge. @returns The step-up afterwards. @throws HttpError when the challenge is not open. */
export function conclude(
  tenant: Tenant,
  stepUp: StepUp,
  challenge: Challenge,
  isApproved: boolean,
): MaybePromise<StepUp> {
  if (!isOpen(tenant, challenge)) throw notOpen();
  const { state } = tenant;
  if (isApproved) {
    const passed = succeed(tenant, stepUp, challenge, () => {
      const current = state.challenges.get(challenge.challengeId);
      if (!current || !isOpen(tenant, current)) throw notOpen();
      tenant.timeline.record(current, { kind: "link.approved" });
      markVerified(tenant, current.isEnrollment ? completeEnrollment(tenant, current) : current);
    });
    return andThen(passed, () => reloadStepUp(tenant, stepUp));
  }
  return state.transaction(() => {
    state.challenges.put({ ...challenge, claimedAt: tenant.now() });
    tenant.timeline.record(challenge, { kind: "link.denied" });
    fail(tenant, stepUp, challenge);
    return reloadStepUp(tenant, stepUp);
  });
}

/**
 * Passes a challenge and, if it was passed, makes the action succeed. The challenge counts as claimed then, so that it cannot
 * confirm another action.
 * @param pass Marks the challenge as verified, unless another request has changed it meanwhile.
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
    const { action } = reloadStepUp(tenant, stepUp);
    if (challenge.isEnrollment && !ENROLLMENT_STATES.includes(action.state)) {
      throw conflict(`Nothing can be set up while the action is ${action.state}.`);
    }
    if (action.state !== "CHALLENGE_SUCCEEDED") {
      const verifiedBy = { verificationMethod, verifiedByAuthenticatorId: challenge.userAuthenticatorId };
      updateActionState(tenant, action, "user", { state: "CHALLENGE_SUCCEEDED", ...verifiedBy });
    }
    return result;
  });
}

/** Makes the action fail if it required this challenge. An action that is allowed without a challenge stays allowed. */
function fail(tenant: Tenant, { action }: StepUp, { isEnrollment = false }: Challenge): void {
  const isRequired = !isEnrollment && action.state === "CHALLENGE_REQUIRED";
  if (isRequired) updateActionState(tenant, action, "user", { state: "CHALLENGE_FAILED" });
}

function requireRequiredChallenge(tenant: Tenant, stepUp: StepUp): void {
  if (isChallengeRequired(tenant, stepUp)) return;
  throw conflict(`The action does not wait for a challenge: it is ${stepUp.action.state}.`);
}

/** Finds a challenge of this action. @throws HttpError when there is none, or when passing it would not make the action succeed. */
function requireOwnChallenge(tenant: Tenant, stepUp: StepUp, challengeId: string): Challenge {
  const challenge = tenant.state.challenges.get(challengeId);
  if (!challenge?.isEnrollment) requireRequiredChallenge(tenant, stepUp);
  if (!challenge || !isOfAction(challenge, stepUp.action) || !canSucceedBy(tenant, stepUp, challenge)) {
    throw invalidRequest("This challenge belongs to another action.");
  }
  return challenge;
}

const notOpen = () => invalidRequest("The challenge is over already.");

/** Returns the authenticator of a method that the user enrolled last. */
function authenticatorFor({ state }: Tenant, userId: string, verificationMethod: string): Authenticator | undefined {
  return state.authenticators.of(userId).findLast((row) => row.verificationMethod === verificationMethod);
}
