import { randomInt, randomUUID } from "node:crypto";
import type { Body } from "../../../generated/authsignal-validators.js";
import { conflict, invalidRequest, notFound, Refusal, requireFilled } from "../service/refusal.ts";
import type { Authenticator, Configuration } from "../tenant/rows.ts";
import { fill, lackOf } from "../tenant/seed.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { totpOf } from "../tenant/totp.ts";
import type { ServerApiHandlers } from "./handlers.ts";
import { ensureUser } from "./users.ts";

/** What a tenant offers that has nothing else configured. */
const USUAL_METHODS = ["SMS", "EMAIL_OTP", "EMAIL_MAGIC_LINK", "AUTHENTICATOR_APP", "PASSKEY", "WHATSAPP", "PUSH"];
const OTHER_OWNER = "Credential already exists for a different user.";
const NO_PUBLIC_KEY = "credentialPublicKey is required for PASSKEY";
const RECOVERY_CODES = 8;

type Enrolment = Omit<Authenticator, "userAuthenticatorId" | "createdAt" | "verifiedAt">;

export const authenticators: Pick<
  ServerApiHandlers,
  | "getAuthenticators"
  | "enrollVerifiedAuthenticator"
  | "deleteAuthenticator"
  | "batchEnrollVerifiedAuthenticators"
  | "getAuthenticatorConfigurations"
> = {
  getAuthenticators({ path: { userId } }, tenant) {
    return tenant.state.authenticators.of(userId).map((row) => answerOf(tenant, row));
  },

  enrollVerifiedAuthenticator({ path: { userId }, body }, tenant) {
    const { isDefault = false, verificationMethod } = body;
    const lack = lackOf(body) ?? (verificationMethod === "PASSKEY" && !body.credentialPublicKey && NO_PUBLIC_KEY);
    if (lack) throw invalidRequest(`body.${lack}`);
    const attributes = neededOf(body);
    requireOffered(tenant, verificationMethod);
    if (attributes.otpUri !== undefined && !totpOf(attributes.otpUri)) {
      throw invalidRequest(
        "body.otpUri must be an otpauth URI of the kind totp, such as otpauth://totp/Example:jo?secret=JBSWY3DPEHPK3PXP",
      );
    }
    const row = enrol(tenant, { userId, ...attributes });
    if (!row) throw conflict(OTHER_OWNER);
    const user = ensureUser(tenant, userId);
    if (isDefault) tenant.state.users.put({ ...user, defaultVerificationMethod: row.verificationMethod });
    return { authenticator: answerOf(tenant, row), recoveryCodes: newRecoveryCodes(tenant, userId) };
  },

  deleteAuthenticator({ path: { userId, userAuthenticatorId } }, { state }) {
    const row = state.authenticators.get(userAuthenticatorId);
    if (row?.userId !== userId) throw notFound("The user has no such authenticator.");
    state.authenticators.delete(row);
    for (const challenge of state.challenges.of(userId)) {
      if (challenge.userAuthenticatorId === userAuthenticatorId) state.challenges.delete(challenge);
    }
    return { success: true };
  },

  batchEnrollVerifiedAuthenticators({ body }, tenant) {
    for (const { userId, credentialId } of body.authenticators) requireFilled({ userId, credentialId });
    requireOffered(tenant, "PASSKEY");
    const failures = body.authenticators
      .filter((item) => !enrol(tenant, item))
      .map(({ userId, credentialId }) => ({
        userId,
        credentialId,
        errorCode: "conflict",
        errorDescription: OTHER_OWNER,
      }));
    const total = body.authenticators.length;
    return { total, succeeded: total - failures.length, failed: failures.length, failures };
  },

  getAuthenticatorConfigurations(_request, tenant) {
    return [...configurationsOf(tenant)];
  },
};

/** Of the attributes, those that matter to the method. */
function neededOf(attributes: Body<"enrollVerifiedAuthenticator">): Omit<Enrolment, "userId"> {
  const { verificationMethod, email, phoneNumber, otpUri, credentialId, credentialPublicKey, name } = attributes;
  switch (verificationMethod) {
    case "PASSKEY":
      return { verificationMethod, credentialId, credentialPublicKey, name };
    case "AUTHENTICATOR_APP":
      return { verificationMethod, otpUri };
    case "SMS":
    case "WHATSAPP":
      return { verificationMethod, phoneNumber };
    default:
      return { verificationMethod, email };
  }
}

/** Enrols a verified method, or renews it if it is enrolled already; undefined when the credential is somebody else's. */
export function enrol(tenant: Tenant, enrolment: Enrolment): Authenticator | undefined {
  const { userId, verificationMethod, email, phoneNumber, credentialId } = enrolment;
  const contact = { email, phoneNumber };
  const { authenticators } = tenant.state;
  const owner = credentialId && authenticators.find((row) => row.credentialId === credentialId)?.userId;
  if (owner && owner !== userId) return undefined;
  const now = tenant.now();
  const isSame = (row: Authenticator) =>
    row.verificationMethod === verificationMethod &&
    row.email === email &&
    row.phoneNumber === phoneNumber &&
    row.credentialId === credentialId &&
    row.otpUri === enrolment.otpUri;
  const known = authenticators.of(userId).find(isSame);
  const user = ensureUser(tenant, userId, contact);
  const isItsOwn = (field: keyof typeof contact) => contact[field] !== undefined && user[field] === contact[field];
  tenant.state.users.put({
    ...user,
    emailVerified: user.emailVerified || isItsOwn("email"),
    phoneNumberVerified: user.phoneNumberVerified || isItsOwn("phoneNumber"),
  });
  const deviceId = credentialId === undefined ? {} : { deviceId: randomUUID() };
  return authenticators.put({
    ...fill.authenticator({ ...deviceId, ...enrolment }, now),
    ...known,
    ...enrolment,
    ...(known && { lastVerifiedAt: now }),
  });
}

/** The authenticators that the tenant has set up. */
export function configurationsOf({ state }: Tenant): readonly Configuration[] {
  return (
    state.configurations.value ?? USUAL_METHODS.map((verificationMethod) => fill.configuration({ verificationMethod }))
  );
}

/** The methods that users may enrol. */
export function allowedMethods(tenant: Tenant): string[] {
  return configurationsOf(tenant)
    .filter(({ isActive }) => isActive)
    .map(({ verificationMethod }) => verificationMethod);
}

/** @throws Refusal when the tenant does not offer a method. */
export function requireOffered(tenant: Tenant, verificationMethod: string): void {
  if (allowedMethods(tenant).includes(verificationMethod)) return;
  throw new Refusal(400, "invalid_configuration", `The tenant has no active authenticator for ${verificationMethod}.`);
}

/** The methods that a user has enrolled, the first one first. */
export function enrolledMethods({ state }: Tenant, userId: string): string[] {
  return [...new Set(state.authenticators.of(userId).map(({ verificationMethod }) => verificationMethod))];
}

/** The method that a challenge starts with: the one that was set, if it is enrolled, or else the first. */
export function defaultMethod(tenant: Tenant, userId: string): string | undefined {
  const enrolled = enrolledMethods(tenant, userId);
  const wanted = tenant.state.users.get(userId)?.defaultVerificationMethod;
  return wanted !== undefined && enrolled.includes(wanted) ? wanted : enrolled[0];
}

/** Recovery codes for somebody who has none yet. */
function newRecoveryCodes({ state, settings }: Tenant, userId: string): string[] | undefined {
  if (!settings.recoveryCodes || state.recoveryCodes.of(userId).length > 0) return undefined;
  const codes = Array.from({ length: RECOVERY_CODES }, () => `${fourCharacters()}-${fourCharacters()}`);
  for (const code of codes) state.recoveryCodes.put({ userId, code });
  return codes;
}

function fourCharacters(): string {
  return randomInt(36 ** 4)
    .toString(36)
    .padStart(4, "0");
}

function answerOf({ state }: Tenant, row: Authenticator) {
  const { userId, userAuthenticatorId, verificationMethod, createdAt, verifiedAt, lastVerifiedAt } = row;
  const { email, phoneNumber, previousSmsChannel, credentialId, deviceId = "", name = "Passkey", aaguid } = row;
  const user = credentialId === undefined ? undefined : state.users.get(userId);
  return {
    userId,
    userAuthenticatorId,
    verificationMethod,
    createdAt,
    verifiedAt,
    lastVerifiedAt,
    email,
    phoneNumber,
    previousSmsChannel,
    username: user?.username,
    displayName: user?.displayName,
    webauthnCredential: credentialId === undefined ? undefined : { credentialId, deviceId, name, aaguid },
  };
}
