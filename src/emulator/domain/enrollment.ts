import { randomUUID } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { conflict, forbidden, type HttpError, invalidRequest, notFound } from "../http/errors.ts";
import type { MaybePromise } from "../http/maybe-promise.ts";
import { configurationsOf } from "../state/methods.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { deleteAuthenticator, enrollAuthenticator, requireOfferedMethod } from "./authenticators.ts";
import { createOrResendChallenge, isOfAction, isOpen } from "./challenges.ts";
import { areSettingsOpen, ENROLLMENT_STATES, mayManage } from "./permissions.ts";
import type { StepUp } from "./step-up.ts";

// Adds and removes authenticators for a user of the pages or the Client API. The Server API uses `authenticators.ts` directly.

/** The method to enroll, and where its message is sent. */
export interface EnrollmentRequest {
  readonly verificationMethod: string;
  readonly phoneNumber?: string | undefined;
  readonly email?: string | undefined;
}

const WITH_PHONE_NUMBER = ["SMS", "WHATSAPP"];
const WITH_EMAIL = ["EMAIL_OTP", "EMAIL_MAGIC_LINK"];
/** E.164: a plus and up to 15 digits. */
const PHONE_NUMBER = /^\+[1-9]\d{6,14}$/;
const EMAIL = /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,255}$/u;
/** The size of a secret in bytes that RFC 4226 recommends. */
const SECRET_SIZE = 20;

/** Returns the methods that the user may add now. */
export function enrollableMethods(tenant: Tenant, stepUp: StepUp): string[] {
  return mayManage(tenant, stepUp, "add") ? editableMethods(tenant) : [];
}

/** Returns the methods of which the user may remove authenticators now. */
export function removableMethods(tenant: Tenant, stepUp: StepUp): string[] {
  const mayRemove = areSettingsOpen(tenant, stepUp) && mayManage(tenant, stepUp, "remove");
  return mayRemove ? editableMethods(tenant) : [];
}

/**
 * Starts to enroll an authenticator, and sends its message if the method has one. Passing the challenge completes the enrollment.
 * @throws HttpError when the user may not enroll, when the contact is invalid, or when limits or delivery forbid the message.
 */
export function startEnrollment(tenant: Tenant, stepUp: StepUp, request: EnrollmentRequest): MaybePromise<Challenge> {
  const { verificationMethod } = request;
  const { userId, actionCode, idempotencyKey, locale = stepUp.user.locale } = stepUp.action;
  requireOfferedMethod(tenant, verificationMethod);
  if (!mayManage(tenant, stepUp, "add")) throw notAllowed(tenant, stepUp);
  if (!editableMethods(tenant).includes(verificationMethod)) {
    throw forbidden(`People may not set up ${verificationMethod} by themselves.`);
  }
  const contact = contactOf(request);
  const pending = tenant.state.challenges
    .of(userId)
    .findLast(
      (one) =>
        one.isEnrollment &&
        isOpen(tenant, one) &&
        one.verificationMethod === verificationMethod &&
        one.email === contact.email &&
        one.phoneNumber === contact.phoneNumber &&
        isOfAction(one, stepUp.action),
    );
  const { userAuthenticatorId = randomUUID() } = pending ?? {};
  return createOrResendChallenge(tenant, {
    userId,
    userAuthenticatorId,
    action: actionCode,
    idempotencyKey,
    verificationMethod,
    isEnrollment: true,
    locale,
    ...contact,
    ...(verificationMethod === "AUTHENTICATOR_APP" && { otpUri: newOtpUri(userId) }),
    ...(verificationMethod === "SMS" && { smsChannel: "DEFAULT" }),
  });
}

/**
 * Enrolls the authenticator of a passed challenge.
 * @returns The challenge with the id of the authenticator. An equal authenticator of the user is used again.
 * @throws HttpError when the credential belongs to another user.
 */
export function completeEnrollment(tenant: Tenant, challenge: Challenge): Challenge {
  const { userId = "", verificationMethod, userAuthenticatorId = "", phoneNumber, email, otpUri } = challenge;
  const { smsChannel: previousSmsChannel } = challenge;
  const isCredential = ["PASSKEY", "SECURITY_KEY"].includes(verificationMethod);
  const row = enrollAuthenticator(tenant, {
    userId,
    verificationMethod,
    userAuthenticatorId,
    phoneNumber,
    email,
    otpUri,
    previousSmsChannel,
    ...(isCredential && { credentialId: userAuthenticatorId, name: "Simulated key" }),
  });
  if (!row) throw conflict("The credential exists already for a different user.");
  tenant.timeline.record(challenge, { kind: "enrollment.completed" });
  return tenant.state.challenges.put({ ...challenge, userAuthenticatorId: row.userAuthenticatorId });
}

/** Removes an authenticator of the user. @throws HttpError when it is not the user's, or the user may not remove it. */
export function removeAuthenticator(tenant: Tenant, stepUp: StepUp, userAuthenticatorId: string): void {
  if (!areSettingsOpen(tenant, stepUp)) throw forbidden("The settings are not open here.");
  const row = tenant.state.authenticators.get(userAuthenticatorId);
  if (row?.userId !== stepUp.user.userId) throw notFound("This has been removed already.");
  if (!removableMethods(tenant, stepUp).includes(row.verificationMethod)) {
    throw forbidden(`You may not remove ${row.verificationMethod} here.`);
  }
  const isLast = tenant.state.authenticators.of(row.userId).length === 1;
  // A user without authenticators may add any. So a user who may not add an authenticator must not remove the last one either.
  if (isLast && !mayManage(tenant, stepUp, "add")) {
    throw forbidden("The only one that you have cannot be removed here.");
  }
  tenant.state.transaction(() => deleteAuthenticator(tenant, row));
}

/** Whether the user needs recovery codes: an authenticator was enrolled in this action, and the user never had such codes. */
export function lacksRecoveryCodes({ state, settings }: Tenant, { action }: StepUp): boolean {
  const { userId } = action;
  return (
    settings.recoveryCodes &&
    ENROLLMENT_STATES.includes(action.state) &&
    state.recoveryCodes.of(userId).length === 0 &&
    state.challenges
      .of(userId)
      .some((one) => one.isEnrollment && one.verifiedAt !== undefined && isOfAction(one, action))
  );
}

function notAllowed({ state }: Tenant, { action, user }: StepUp): HttpError {
  if (!ENROLLMENT_STATES.includes(action.state)) {
    return forbidden(`Nothing can be set up while the action is ${action.state}.`);
  }
  const count = state.authenticators.of(user.userId).length;
  return forbidden(
    `The user has ${count} of them already: track the action with the scope add:authenticators to add another.`,
  );
}

/** Returns the methods that users may add and remove without a call of the Server API. */
function editableMethods(tenant: Tenant): string[] {
  return configurationsOf(tenant)
    .filter(
      ({ isActive, isEditableByUser = true, isHiddenToUser = false }) =>
        isActive && isEditableByUser && !isHiddenToUser,
    )
    .map(({ verificationMethod }) => verificationMethod);
}

/** Returns the contact that a method needs, without the spaces that users type. @throws HttpError when it is invalid. */
function contactOf(request: EnrollmentRequest): Pick<EnrollmentRequest, "phoneNumber" | "email"> {
  const { verificationMethod, phoneNumber = "", email = "" } = request;
  if (WITH_PHONE_NUMBER.includes(verificationMethod)) {
    const number = phoneNumber.replaceAll(/[\s().-]/g, "");
    if (PHONE_NUMBER.test(number)) return { phoneNumber: number };
    throw invalidRequest("The phone number must be in international form, such as +64270000000.");
  }
  if (WITH_EMAIL.includes(verificationMethod)) {
    if (EMAIL.test(email.trim())) return { email: email.trim() };
    throw invalidRequest("The address must be one such as jo@example.com.");
  }
  return {};
}

function newOtpUri(userId: string): string {
  return new TOTP({
    issuer: "Authsignal emulator",
    label: userId,
    secret: new Secret({ size: SECRET_SIZE }),
  }).toString();
}
