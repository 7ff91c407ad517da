import jwt from "jsonwebtoken";
import { deleteAuthenticator, updateAuthenticator } from "../domain/authenticators.ts";
import { invalidRequest } from "../http/errors.ts";
import type { User } from "../state/rows.ts";
import { allowedMethods, defaultMethod, enrolledMethods } from "../tenant/methods.ts";
import { fill } from "../tenant/seed.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ServerApiHandlers } from "./handlers.ts";

const DEFAULT_PAGE = 20;

export const users: Pick<ServerApiHandlers, "queryUsers" | "getUser" | "updateUser" | "deleteUser"> = {
  queryUsers({ query }, tenant) {
    const { username, email, phoneNumber, token, limit = DEFAULT_PAGE, lastEvaluatedUserId } = query;
    if ([username, email, phoneNumber, token].every((filter) => filter === undefined)) {
      throw invalidRequest("query must have at least one of username, email, phoneNumber and token");
    }
    if (!Number.isSafeInteger(limit) || limit < 1) throw invalidRequest("query.limit must be a whole number from 1");
    const claims = token === undefined ? undefined : claimsOf(token);
    const found = tenant.state.users
      .filter(
        (user) =>
          (username === undefined || user.username === username) &&
          (email === undefined || isSameEmail(user.email, email)) &&
          (phoneNumber === undefined || user.phoneNumber === phoneNumber) &&
          (claims === undefined || (claims.email !== undefined && isSameEmail(user.email, claims.email))),
      )
      .sort((one, other) => (one.userId < other.userId ? -1 : 1))
      .filter(({ userId }) => lastEvaluatedUserId === undefined || userId > lastEvaluatedUserId);
    const page = found.slice(0, limit);
    return {
      users: page.map((user) => summaryOf(tenant, user)),
      lastEvaluatedUserId: found.length > limit ? page.at(-1)?.userId : undefined,
      tokenPayload: claims,
    };
  },

  getUser({ path: { userId } }, tenant) {
    const user = tenant.state.users.get(userId);
    const enrolled = enrolledMethods(tenant, userId);
    return {
      isEnrolled: enrolled.length > 0,
      email: user?.email,
      emailVerified: user?.emailVerified ?? false,
      phoneNumber: user?.phoneNumber,
      phoneNumberVerified: user?.phoneNumberVerified ?? false,
      username: user?.username,
      displayName: user?.displayName,
      allowedVerificationMethods: allowedMethods(tenant),
      enrolledVerificationMethods: enrolled,
      defaultVerificationMethod: defaultMethod(tenant, userId),
      custom: user?.custom,
      locale: user?.locale,
    };
  },

  updateUser({ path: { userId }, body }, tenant) {
    const before = ensureUser(tenant, userId);
    const { email = before.email, phoneNumber = before.phoneNumber } = body;
    const user = tenant.state.users.put({
      ...before,
      ...body,
      emailVerified: body.emailVerified ?? (isSameEmail(before.email, email) && before.emailVerified),
      phoneNumberVerified:
        body.phoneNumberVerified ?? (before.phoneNumber === phoneNumber && before.phoneNumberVerified),
    });
    if (body.emailVerified && user.email !== undefined) moveAuthenticators(tenant, userId, { email: user.email });
    if (body.phoneNumberVerified && user.phoneNumber !== undefined) {
      moveAuthenticators(tenant, userId, { phoneNumber: user.phoneNumber });
    }
    const { emailVerified, phoneNumberVerified, username, displayName, custom } = user;
    return {
      userId,
      email: user.email,
      emailVerified,
      phoneNumber: user.phoneNumber,
      phoneNumberVerified,
      username,
      displayName,
      custom,
    };
  },

  deleteUser({ path: { userId } }, tenant) {
    const { state } = tenant;
    const user = state.users.get(userId);
    if (user) state.users.delete(user);
    for (const row of state.authenticators.of(userId)) deleteAuthenticator(tenant, row);
    for (const row of state.recoveryCodes.of(userId)) state.recoveryCodes.delete(row);
    for (const row of state.actions.of(userId)) state.actions.delete(row);
    for (const row of state.challenges.of(userId)) state.challenges.delete(row);
    for (const row of state.sessions.of(userId)) state.sessions.delete(row);
    for (const row of state.devices.of(userId)) state.devices.delete(row);
    for (const row of state.timeline.of(userId)) state.timeline.delete(row);
    return { success: true };
  },
};

/**
 * The user with an id, who comes into being here if need be. Details fill only what is not known yet, and a contact that
 * becomes known by them is not verified.
 */
export function ensureUser(tenant: Tenant, userId: string, details: Omit<Partial<User>, "userId"> = {}): User {
  const { users } = tenant.state;
  const known = users.get(userId);
  const user = { ...fill.user({ userId }, tenant.now()), ...withoutUndefined(details), ...known };
  if (known && Object.keys(known).length === Object.keys(user).length) return known;
  return users.put({
    ...user,
    emailVerified: known?.email !== undefined && known.emailVerified,
    phoneNumberVerified: known?.phoneNumber !== undefined && known.phoneNumberVerified,
  });
}

function withoutUndefined<T extends object>(object: T): Partial<T> {
  const copy: Partial<T> = { ...object };
  for (const key in copy) if (copy[key] === undefined) delete copy[key];
  return copy;
}

function summaryOf(tenant: Tenant, user: User) {
  const { userId, email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, createdAt } = user;
  const enrolledVerificationMethods = enrolledMethods(tenant, userId);
  const isEnrolled = enrolledVerificationMethods.length > 0;
  return {
    userId,
    email,
    emailVerified,
    phoneNumber,
    phoneNumberVerified,
    username,
    displayName,
    isEnrolled,
    enrolledVerificationMethods,
    createdAt,
  };
}

/** What an identity token says. Its signature cannot be checked here, because its issuer is somebody else. */
function claimsOf(token: string): Record<string, unknown> & { email?: string | undefined } {
  const claims = jwt.decode(token, { json: true });
  if (!claims) throw invalidRequest("query.token must be a JWT");
  const { email, ...rest } = claims;
  return typeof email === "string" ? { ...rest, email } : rest;
}

function isSameEmail(one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}

/** Gives a user another phone number or address, which is verified. */
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

/** Lets enrolled methods follow a user to a verified address or number. Of two that come to be alike, one stays. */
function moveAuthenticators(
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
