import { randomInt, randomUUID } from "node:crypto";
import { HttpError } from "../http/errors.ts";
import { ensureUser } from "../server-api/users.ts";
import type { Authenticator } from "../state/rows.ts";
import { allowedMethods } from "../tenant/methods.ts";
import { fill } from "../tenant/seed.ts";
import type { Tenant } from "../tenant/tenant.ts";

// What users have enrolled, what they may enroll, and who is told of a change.

/** The states of an action in which its user can enroll. */
export const ENROLLMENT_STATES: readonly string[] = ["ALLOW", "CHALLENGE_SUCCEEDED"];
const RECOVERY_CODES = 8;

/** What is known of an authenticator before it is enrolled. */
export type NewAuthenticator = Omit<Authenticator, "userAuthenticatorId" | "createdAt" | "verifiedAt"> &
  Partial<Pick<Authenticator, "userAuthenticatorId">>;

/** @throws HttpError when the tenant does not offer a method. */
export function requireOfferedMethod(tenant: Tenant, verificationMethod: string): void {
  if (allowedMethods(tenant).includes(verificationMethod)) return;
  throw new HttpError(
    400,
    "invalid_configuration",
    `The tenant has no active authenticator for ${verificationMethod}.`,
  );
}

/** Enrolls a verified method, or renews it if it is enrolled already; undefined when the credential is somebody else's. */
export function enrollAuthenticator(tenant: Tenant, enrollment: NewAuthenticator): Authenticator | undefined {
  const { userId, verificationMethod, email, phoneNumber, credentialId } = enrollment;
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
    row.otpUri === enrollment.otpUri;
  const known = authenticators.of(userId).find(isSame);
  const user = ensureUser(tenant, userId, contact);
  const isItsOwn = (field: keyof typeof contact) => contact[field] !== undefined && user[field] === contact[field];
  tenant.state.users.put({
    ...user,
    emailVerified: user.emailVerified || isItsOwn("email"),
    phoneNumberVerified: user.phoneNumberVerified || isItsOwn("phoneNumber"),
  });
  if (known) {
    const { userAuthenticatorId } = known;
    return updateAuthenticator(tenant, { ...known, ...enrollment, userAuthenticatorId, lastVerifiedAt: now });
  }
  if (authenticators.of(userId).length === 0) endOtherEnrollments(tenant, enrollment);
  const deviceId = credentialId === undefined ? {} : { deviceId: randomUUID() };
  const row = authenticators.put(fill.authenticator({ ...deviceId, ...enrollment }, now));
  const { createdAt, credentialPublicKey } = row;
  tenant.webhooks.tell("authenticator.created", { ...toldOf(row), createdAt, credentialPublicKey });
  return row;
}

/** Ends what was begun while a user had nothing enrolled: from now on, not everybody may add something. */
function endOtherEnrollments(
  { state: { challenges } }: Tenant,
  { userId, userAuthenticatorId }: NewAuthenticator,
): void {
  for (const challenge of challenges.of(userId)) {
    const isOther = challenge.userAuthenticatorId !== userAuthenticatorId && challenge.verifiedAt === undefined;
    if (challenge.isEnrollment && isOther) challenges.delete(challenge);
  }
}

/** Puts an authenticator in the place of what it was. Challenges to a number or address that it had go with that. */
export function updateAuthenticator(tenant: Tenant, row: Authenticator): Authenticator {
  const { authenticators, challenges } = tenant.state;
  const { userId, userAuthenticatorId, phoneNumber, email, previousSmsChannel } = row;
  const before = authenticators.get(userAuthenticatorId);
  const isMoved = before?.phoneNumber !== phoneNumber || before?.email !== email;
  if (isMoved) {
    for (const challenge of challenges.of(userId)) {
      if (challenge.userAuthenticatorId === userAuthenticatorId) challenges.delete(challenge);
    }
  }
  if (isMoved || before?.previousSmsChannel !== previousSmsChannel) {
    const updatedAt = tenant.now();
    tenant.webhooks.tell("authenticator.updated", { ...toldOf(row), updatedAt, previousSmsChannel });
  }
  return authenticators.put(row);
}

/** Removes an authenticator with its challenges. */
export function deleteAuthenticator(tenant: Tenant, row: Authenticator): void {
  const { authenticators, challenges } = tenant.state;
  authenticators.delete(row);
  for (const challenge of challenges.of(row.userId)) {
    if (challenge.userAuthenticatorId === row.userAuthenticatorId) challenges.delete(challenge);
  }
  const { createdAt } = row;
  tenant.webhooks.tell("authenticator.deleted", { ...toldOf(row), createdAt, deletedAt: tenant.now() });
}

/** Recovery codes for somebody who has none yet. */
export function createRecoveryCodes({ state, settings }: Tenant, userId: string): string[] | undefined {
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

/** What every event about an authenticator tells. */
function toldOf(row: Authenticator) {
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
