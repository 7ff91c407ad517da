import { withDefaults } from "../state/defaults.ts";
import type { User } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";

/**
 * Returns the user with an id, and creates it if needed. Details fill only the fields that have no value yet; a contact that
 * is filled in this way is not verified.
 */
export function ensureUser(tenant: Tenant, userId: string, details: Omit<Partial<User>, "userId"> = {}): User {
  const { users } = tenant.state;
  const existing = users.get(userId);
  const user = { ...withDefaults.user({ userId }, tenant.now()), ...withoutUndefined(details), ...existing };
  if (existing && Object.keys(existing).length === Object.keys(user).length) return existing;
  return users.put({
    ...user,
    emailVerified: existing?.email !== undefined && existing.emailVerified,
    phoneNumberVerified: existing?.phoneNumber !== undefined && existing.phoneNumberVerified,
  });
}

/** Gives a user another phone number or e-mail address, which is verified. */
export function changeContact(
  tenant: Tenant,
  userId: string,
  { phoneNumber, email }: Pick<User, "phoneNumber" | "email">,
): void {
  const user = ensureUser(tenant, userId);
  tenant.state.users.put({
    ...user,
    ...(phoneNumber !== undefined && { phoneNumber, phoneNumberVerified: true }),
    ...(email !== undefined && { email, emailVerified: true }),
  });
}

function withoutUndefined<T extends object>(object: T): Partial<T> {
  const copy: Partial<T> = { ...object };
  for (const key in copy) if (copy[key] === undefined) delete copy[key];
  return copy;
}
