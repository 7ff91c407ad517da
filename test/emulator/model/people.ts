import type { AuthenticatorModel, Method, TenantModel, UserModel } from "./data.ts";

// How the model thinks about users and what they have enrolled.

type Details = Partial<Omit<UserModel, "userId" | "createdAt">>;

/** The user, who comes into being when first heard of. Details are noted where nothing is known, and are not verified. */
export function meet(tenant: TenantModel, userId: string, details: Details = {}): UserModel {
  let user = tenant.users.find((one) => one.userId === userId);
  if (!user) {
    user = { userId, createdAt: tenant.now, emailVerified: false, phoneNumberVerified: false };
    tenant.users.push(user);
  }
  if (details.email !== undefined && user.email === undefined) {
    user.email = details.email;
    user.emailVerified = false;
  }
  if (details.phoneNumber !== undefined && user.phoneNumber === undefined) {
    user.phoneNumber = details.phoneNumber;
    user.phoneNumberVerified = false;
  }
  user.username ??= details.username;
  return user;
}

/** Changes what is given. A contact that becomes another one is not verified any more, unless it is said to be. */
export function update(tenant: TenantModel, userId: string, details: Details): UserModel {
  const user = meet(tenant, userId);
  const { email, phoneNumber } = details;
  if (email !== undefined && email !== user.email) user.emailVerified = false;
  if (phoneNumber !== undefined && phoneNumber !== user.phoneNumber) user.phoneNumberVerified = false;
  Object.assign(user, details);
  for (const row of enrolledBy(tenant, userId)) {
    if (user.email !== undefined && details.emailVerified && row.email !== undefined) row.email = user.email;
    if (user.phoneNumber !== undefined && details.phoneNumberVerified && row.phoneNumber !== undefined) {
      row.phoneNumber = user.phoneNumber;
    }
  }
  // Of two that came to be the same, one stays.
  const isFirst = (row: AuthenticatorModel, index: number, rows: AuthenticatorModel[]) =>
    row.userId !== userId || !rows.slice(0, index).some((one) => isSame(one, row));
  tenant.authenticators = tenant.authenticators.filter(isFirst);
  return user;
}

/** Whether two rows are the same thing, enrolled by the same user. */
function isSame(one: Enrollment, other: Enrollment): boolean {
  const fields = ["userId", "method", "email", "phoneNumber", "credentialId", "otpUri"] as const;
  return fields.every((field) => one[field] === other[field]);
}

/** Forgets a user. What was given out for them is worth nothing from now on. */
export function forget(tenant: TenantModel, userId: string): void {
  const isOther = (row: { userId: string }) => row.userId !== userId;
  tenant.users = tenant.users.filter(isOther);
  tenant.authenticators = tenant.authenticators.filter(isOther);
  tenant.recoveryCodes = tenant.recoveryCodes.filter(isOther);
  tenant.actions = tenant.actions.filter(isOther);
  tenant.devices = tenant.devices.filter(isOther);
  for (const row of [...tenant.challenges, ...tenant.sessions]) if (row.userId === userId) row.isGone = true;
}

export function enrolledBy(tenant: TenantModel, userId: string): AuthenticatorModel[] {
  return tenant.authenticators.filter((row) => row.userId === userId);
}

export function methodsOf(tenant: TenantModel, userId: string): Method[] {
  return [...new Set(enrolledBy(tenant, userId).map(({ method }) => method))];
}

/** The method that was chosen, as long as it is enrolled; or else the first one. */
export function defaultMethodOf(tenant: TenantModel, userId: string): Method | undefined {
  const methods = methodsOf(tenant, userId);
  const chosen = tenant.users.find((one) => one.userId === userId)?.defaultVerificationMethod;
  return methods.find((method) => method === chosen) ?? methods[0];
}

export type Enrollment = Pick<
  AuthenticatorModel,
  "userId" | "method" | "email" | "phoneNumber" | "credentialId" | "otpUri"
>;

/** Enrolls something; a second time, the same thing is only verified anew. Undefined when it is a passkey of another user. */
export function enroll(tenant: TenantModel, enrollment: Enrollment): AuthenticatorModel | undefined {
  const { userId, email, phoneNumber, credentialId } = enrollment;
  const isTaken = ({ credentialId: other, userId: owner }: AuthenticatorModel) =>
    credentialId !== undefined && other === credentialId && owner !== userId;
  if (tenant.authenticators.some(isTaken)) return undefined;
  const known = tenant.authenticators.find((row) => isSame(row, enrollment));
  const user = meet(tenant, userId, { email, phoneNumber });
  if (email !== undefined && email === user.email) user.emailVerified = true;
  if (phoneNumber !== undefined && phoneNumber === user.phoneNumber) user.phoneNumberVerified = true;
  if (known) {
    known.lastVerifiedAt = tenant.now;
    return known;
  }
  const row = { ...enrollment, createdAt: tenant.now, verifiedAt: tenant.now, lastPeriod: Number.NEGATIVE_INFINITY };
  tenant.authenticators.push(row);
  return row;
}
