import { randomUUID } from "node:crypto";
import { HttpError } from "../http/errors.ts";
import { withDefaults } from "../state/defaults.ts";
import { allowedMethods } from "../state/methods.ts";
import type { Authenticator } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { ensureUser } from "./users.ts";

/** An authenticator that is not enrolled yet. */
export type NewAuthenticator = Omit<Authenticator, "userAuthenticatorId" | "createdAt" | "verifiedAt"> &
  Partial<Pick<Authenticator, "userAuthenticatorId">>;

/** Checks that the tenant offers a method. @throws HttpError with 400 `invalid_configuration` when it does not. */
export function requireOfferedMethod(tenant: Tenant, verificationMethod: string): void {
  if (allowedMethods(tenant).includes(verificationMethod)) return;
  throw new HttpError(
    400,
    "invalid_configuration",
    `The tenant has no active authenticator for ${verificationMethod}.`,
  );
}

/**
 * Enrolls a verified authenticator. If the user has enrolled an equal one, that one is updated.
 * @returns The authenticator; undefined when its credential belongs to another user.
 */
export function enrollAuthenticator(tenant: Tenant, enrollment: NewAuthenticator): Authenticator | undefined {
  const { userId, verificationMethod, email, phoneNumber, credentialId } = enrollment;
  const contact = { email, phoneNumber };
  const { authenticators } = tenant.state;
  const owner = credentialId && authenticators.find((row) => row.credentialId === credentialId)?.userId;
  if (owner && owner !== userId) return undefined;
  const isSame = (row: Authenticator) =>
    row.verificationMethod === verificationMethod &&
    row.email === email &&
    row.phoneNumber === phoneNumber &&
    row.credentialId === credentialId &&
    row.otpUri === enrollment.otpUri;
  const existing = authenticators.of(userId).find(isSame);
  const user = ensureUser(tenant, userId, contact);
  const isContactOfUser = (field: keyof typeof contact) =>
    contact[field] !== undefined && user[field] === contact[field];
  tenant.state.users.put({
    ...user,
    emailVerified: user.emailVerified || isContactOfUser("email"),
    phoneNumberVerified: user.phoneNumberVerified || isContactOfUser("phoneNumber"),
  });
  const now = tenant.now();
  if (existing) {
    const { userAuthenticatorId } = existing;
    return updateAuthenticator(tenant, { ...existing, ...enrollment, userAuthenticatorId, lastVerifiedAt: now });
  }
  if (authenticators.of(userId).length === 0) deleteOtherEnrollments(tenant, enrollment);
  const deviceId = credentialId === undefined ? {} : { deviceId: randomUUID() };
  const row = authenticators.put(withDefaults.authenticator({ ...deviceId, ...enrollment }, now));
  const { createdAt, credentialPublicKey } = row;
  tenant.webhooks.send("authenticator.created", { ...eventDataOf(row), createdAt, credentialPublicKey });
  return row;
}

/**
 * Deletes the other pending enrollments of a user who enrolls the first authenticator. They were started without a challenge,
 * which only a user without an authenticator may do.
 */
function deleteOtherEnrollments({ state }: Tenant, { userId, userAuthenticatorId }: NewAuthenticator): void {
  for (const challenge of state.challenges.of(userId)) {
    const isOther = challenge.userAuthenticatorId !== userAuthenticatorId && challenge.verifiedAt === undefined;
    if (challenge.isEnrollment && isOther) state.challenges.delete(challenge);
  }
}

/** Stores a changed authenticator. When its contact has changed, the challenges to the old contact are deleted. */
export function updateAuthenticator(tenant: Tenant, row: Authenticator): Authenticator {
  const { userAuthenticatorId, phoneNumber, email, previousSmsChannel } = row;
  const before = tenant.state.authenticators.get(userAuthenticatorId);
  const isContactChanged = before?.phoneNumber !== phoneNumber || before?.email !== email;
  if (isContactChanged) deleteChallengesOf(tenant, row);
  if (isContactChanged || before?.previousSmsChannel !== previousSmsChannel) {
    const updatedAt = tenant.now();
    tenant.webhooks.send("authenticator.updated", { ...eventDataOf(row), updatedAt, previousSmsChannel });
  }
  return tenant.state.authenticators.put(row);
}

/** Deletes an authenticator and its challenges. */
export function deleteAuthenticator(tenant: Tenant, row: Authenticator): void {
  tenant.state.authenticators.delete(row);
  deleteChallengesOf(tenant, row);
  const { createdAt } = row;
  tenant.webhooks.send("authenticator.deleted", { ...eventDataOf(row), createdAt, deletedAt: tenant.now() });
}

function deleteChallengesOf({ state }: Tenant, { userId, userAuthenticatorId }: Authenticator): void {
  for (const challenge of state.challenges.of(userId)) {
    if (challenge.userAuthenticatorId === userAuthenticatorId) state.challenges.delete(challenge);
  }
}

/** Changes the contact of the authenticators of a user. Those that would become equal are deleted, but for the first. */
export function moveAuthenticators(
  tenant: Tenant,
  userId: string,
  contact: { email: string } | { phoneNumber: string },
): void {
  const methods = "email" in contact ? ["EMAIL_OTP", "EMAIL_MAGIC_LINK"] : ["SMS", "WHATSAPP"];
  for (const method of methods) {
    const rows = tenant.state.authenticators.of(userId).filter((row) => row.verificationMethod === method);
    const [first, ...others] = rows;
    if (first) updateAuthenticator(tenant, { ...first, ...contact });
    for (const row of others) deleteAuthenticator(tenant, row);
  }
}

/** Hides most of a contact: `+64270000000` becomes `••••0000`, and `jo@example.com` becomes `j•••@example.com`. */
export function maskedContact(authenticator: Authenticator | undefined): string | undefined {
  const { phoneNumber, email, name } = authenticator ?? {};
  if (phoneNumber) return `••••${phoneNumber.slice(-4)}`;
  return email ? email.replace(/^(.).*(?=@)/, "$1•••") : name;
}

/** Returns an authenticator in the form of the Server API and the Client API. */
export function toApiAuthenticator({ state }: Tenant, row: Authenticator) {
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

/** Returns the data that every event about an authenticator holds. */
function eventDataOf(row: Authenticator) {
  const { userId, verificationMethod, userAuthenticatorId, email, phoneNumber, credentialId, aaguid, name } = row;
  return {
    userId,
    verificationMethod,
    userAuthenticatorId,
    email,
    phoneNumber,
    credentialId,
    aaguid,
    credentialName: name,
  };
}
