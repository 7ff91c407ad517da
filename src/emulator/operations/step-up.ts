import { isAllowedHost } from "../service/hosts.ts";
import { conflict, invalidRequest } from "../service/refusal.ts";
import { redirectScope } from "../settings.ts";
import type { Action, Authenticator, Challenge, User } from "../tenant/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { actionOf, moveAction } from "./actions.ts";
import { configurationsOf, defaultMethod, enrolledMethods } from "./authenticators.ts";
import {
  type CodeResult,
  isOpen,
  markVerified,
  type NewChallenge,
  sendAgain,
  startChallenge as start,
  tryCode,
} from "./codes.ts";

// What a person does on the challenge pages.

/** A person who is asked to confirm an action. */
export interface StepUp {
  readonly action: Action;
  readonly user: User;
}

/** A way to confirm, and where its message goes, made hard to read. */
export interface Choice {
  readonly verificationMethod: string;
  readonly recipient: string | undefined;
}

const RECOVERY_CODE = "RECOVERY_CODE";
const LINK_METHODS = ["EMAIL_MAGIC_LINK", "PUSH"];
const CODE_METHODS = ["SMS", "WHATSAPP", "EMAIL_OTP", "AUTHENTICATOR_APP", RECOVERY_CODE];

/** Whose action a token is for; what is wrong when it cannot be used, which it also is when the action is gone. */
export function stepUpOf(tenant: Tenant, token: string): StepUp | "invalid" | "expired" {
  const read = tenant.tokens.readAction(token);
  if (typeof read === "string") return read;
  const action = actionOf(tenant, read);
  return (action && stepUpFor(tenant, action)) ?? "invalid";
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
    recipient: masked(authenticatorFor(tenant, userId, verificationMethod)),
  }));
  const hasRecoveryCode = tenant.state.recoveryCodes.of(userId).some(({ usedAt }) => usedAt === undefined);
  return hasRecoveryCode ? [...choices, { verificationMethod: RECOVERY_CODE, recipient: undefined }] : choices;
}

/** Starts a challenge, or goes on with the one that was started, and sends its message if the method has one. @throws Refusal when limits or delivery forbid it. */
export function startChallenge(tenant: Tenant, stepUp: StepUp, verificationMethod: string): Challenge {
  const { userId, actionCode, idempotencyKey, locale = stepUp.user.locale } = stepUp.action;
  requireWaiting(stepUp);
  if (!choicesOf(tenant, stepUp).some((choice) => choice.verificationMethod === verificationMethod)) {
    throw invalidRequest(`The user has not enrolled ${verificationMethod}.`);
  }
  const { email, phoneNumber, userAuthenticatorId } = authenticatorFor(tenant, userId, verificationMethod) ?? {};
  const challenge: NewChallenge = {
    userId,
    userAuthenticatorId,
    action: actionCode,
    idempotencyKey,
    verificationMethod,
    email,
    phoneNumber,
    locale,
    ...(verificationMethod === "SMS" && { smsChannel: "DEFAULT" }),
  };
  const started = tenant.state.challenges.of(userId).findLast((one) => isOpen(tenant, one) && isAlike(one, challenge));
  return tenant.state.transaction(() => (started ? sendAgain(tenant, started) : start(tenant, challenge)));
}

/** Tries a code; a right one makes the action succeed, and too many wrong ones make it fail. */
export function enterCode(tenant: Tenant, stepUp: StepUp, challengeId: string, code: string): CodeResult {
  const challenge = challengeOf(tenant, stepUp, challengeId);
  if (!CODE_METHODS.includes(challenge.verificationMethod)) {
    throw invalidRequest(`${challenge.verificationMethod} has no code to enter.`);
  }
  return tenant.state.transaction(() => {
    const result = tryCode(tenant, challenge, code);
    if (result === "VERIFIED") succeed(tenant, stepUp, challenge);
    if (result === "MAX_ATTEMPTS_EXCEEDED") moveAction(tenant, stepUp.action, "user", { state: "CHALLENGE_FAILED" });
    return result;
  });
}

/** Answers a challenge that has neither code nor link (PASSKEY, SECURITY_KEY, …), as if the device had. */
export function simulate(tenant: Tenant, stepUp: StepUp, challengeId: string, isApproved: boolean): void {
  const challenge = challengeOf(tenant, stepUp, challengeId);
  if ([...CODE_METHODS, ...LINK_METHODS].includes(challenge.verificationMethod)) {
    throw invalidRequest(`${challenge.verificationMethod} cannot be simulated.`);
  }
  conclude(tenant, stepUp, challenge, isApproved);
}

/** The challenge and the step-up of the link in a magic-link e-mail or a push; undefined when it is unknown, used or over. */
export function linkOf(tenant: Tenant, key: string): { challenge: Challenge; stepUp: StepUp } | undefined {
  const challenge = tenant.state.challenges.find((one) => one.key === key);
  if (!challenge || challenge.userId === undefined || !LINK_METHODS.includes(challenge.verificationMethod))
    return undefined;
  if (!isOpen(tenant, challenge)) return undefined;
  const action = tenant.state.actions.get(challenge.userId, challenge.action, challenge.idempotencyKey);
  const stepUp = action && stepUpFor(tenant, action);
  return stepUp?.action.state === "CHALLENGE_REQUIRED" ? { challenge, stepUp } : undefined;
}

/** Confirms or denies by a link. @throws Refusal when it is unknown, used or over. */
export function answerLink(tenant: Tenant, key: string, isApproved: boolean): StepUp {
  const link = linkOf(tenant, key);
  if (!link) throw invalidRequest("This link is unknown, was used, or has expired.");
  const action = conclude(tenant, link.stepUp, link.challenge, isApproved);
  return { ...link.stepUp, action };
}

/** Where the person goes afterwards: `redirectUrl` with a new token added, and whether the emulator may send people there. */
export function wayBack(
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

/** Whether two challenges are for the same action and go the same way. */
function isAlike(one: NewChallenge, other: NewChallenge): boolean {
  return (
    ["action", "idempotencyKey", "verificationMethod", "userAuthenticatorId", "email", "phoneNumber"] as const
  ).every((field) => one[field] === other[field]);
}

function stepUpFor(tenant: Tenant, action: Action): StepUp | undefined {
  const user = tenant.state.users.get(action.userId);
  return user && { action, user };
}

function requireWaiting({ action }: StepUp): void {
  if (action.state !== "CHALLENGE_REQUIRED")
    throw conflict(`The action does not wait for a challenge: it is ${action.state}.`);
}

/** A challenge of this very action. */
function challengeOf(tenant: Tenant, stepUp: StepUp, challengeId: string): Challenge {
  requireWaiting(stepUp);
  const { userId, actionCode, idempotencyKey } = stepUp.action;
  const challenge = tenant.state.challenges.get(challengeId);
  const isOfAction =
    challenge?.userId === userId && challenge.action === actionCode && challenge.idempotencyKey === idempotencyKey;
  if (!isOfAction) throw invalidRequest("This challenge belongs to another action.");
  return challenge;
}

function conclude(tenant: Tenant, stepUp: StepUp, challenge: Challenge, isApproved: boolean): Action {
  if (!isOpen(tenant, challenge)) throw invalidRequest("The challenge is over already.");
  return tenant.state.transaction(() => {
    if (isApproved) {
      markVerified(tenant, challenge);
      return succeed(tenant, stepUp, challenge);
    }
    tenant.state.challenges.put({ ...challenge, claimedAt: tenant.now() });
    return moveAction(tenant, stepUp.action, "user", { state: "CHALLENGE_FAILED" });
  });
}

/** The challenge has done its work then, so that nobody can claim it. */
function succeed(tenant: Tenant, { action }: StepUp, { challengeId, ...passed }: Challenge): Action {
  const challenge = tenant.state.challenges.get(challengeId);
  if (challenge) tenant.state.challenges.put({ ...challenge, claimedAt: tenant.now() });
  const { verificationMethod, userAuthenticatorId: verifiedByAuthenticatorId } = passed;
  return moveAction(tenant, action, "user", {
    state: "CHALLENGE_SUCCEEDED",
    verificationMethod,
    verifiedByAuthenticatorId,
  });
}

/** The authenticator that was enrolled last for a method. */
function authenticatorFor({ state }: Tenant, userId: string, verificationMethod: string): Authenticator | undefined {
  return state.authenticators.of(userId).findLast((row) => row.verificationMethod === verificationMethod);
}

/** `+64270000000` as `••••0000`, and `jo@example.com` as `j•••@example.com`. */
function masked(authenticator: Authenticator | undefined): string | undefined {
  const { phoneNumber, email, name } = authenticator ?? {};
  if (phoneNumber) return `••••${phoneNumber.slice(-4)}`;
  return email ? email.replace(/^(.).*(?=@)/, "$1•••") : name;
}
