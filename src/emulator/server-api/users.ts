import { deleteAuthenticator, moveAuthenticators } from "../domain/authenticators.ts";
import { ensureUser } from "../domain/users.ts";
import { invalidRequest } from "../http/errors.ts";
import { allowedMethods, defaultMethod, enrolledMethods } from "../state/methods.ts";
import type { User } from "../state/rows.ts";
import { decodeJwt } from "../tenant/jwt.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ServerApiHandlers } from "./handlers.ts";

const DEFAULT_PAGE_SIZE = 20;

export const users: Pick<ServerApiHandlers, "queryUsers" | "getUser" | "updateUser" | "deleteUser"> = {
  queryUsers({ query }, tenant) {
    const { username, email, phoneNumber, token, limit = DEFAULT_PAGE_SIZE, lastEvaluatedUserId } = query;
    if ([username, email, phoneNumber, token].every((filter) => filter === undefined)) {
      throw invalidRequest("query must have at least one of username, email, phoneNumber and token");
    }
    if (!Number.isSafeInteger(limit) || limit < 1) throw invalidRequest("query.limit must be a whole number from 1");
    const claims = token === undefined ? undefined : decodeIdentityToken(token);
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
      users: page.map((user) => toUserSummary(tenant, user)),
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

function toUserSummary(tenant: Tenant, user: User) {
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

/** Decodes the claims of an identity token. Its signature is not checked: only its issuer has the key. */
function decodeIdentityToken(token: string): Record<string, unknown> & { email?: string | undefined } {
  const claims = decodeJwt(token);
  if (!claims) throw invalidRequest("query.token must be a JWT");
  const { email, ...rest } = claims;
  return typeof email === "string" ? { ...rest, email } : rest;
}

function isSameEmail(one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}
