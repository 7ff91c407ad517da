import { randomUUID } from "node:crypto";
import { requireFilled, unauthorized } from "../http/errors.ts";
import type { Session } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { findAction } from "./actions.ts";
import { markTokenUsed, readActionToken, TOKEN_ERRORS } from "./challenges.ts";
import type { ServerApiHandlers } from "./handlers.ts";

export const sessions: Pick<
  ServerApiHandlers,
  "createSession" | "validateSession" | "refreshSession" | "revokeSession" | "revokeUserSessions"
> = {
  createSession({ body: { token, clientId, action: actionCode } }, tenant) {
    requireFilled({ clientId });
    const read = readActionToken(tenant, token);
    if (typeof read === "string") throw unauthorized(TOKEN_ERRORS[read]);
    const action = findAction(tenant, read);
    if (!action) throw unauthorized(TOKEN_ERRORS.invalid);
    if (actionCode !== undefined && actionCode !== action.actionCode) throw unauthorized("Action is invalid.");
    if (action.state !== "CHALLENGE_SUCCEEDED")
      throw unauthorized(`The challenge was not passed: it is ${action.state}.`);
    markTokenUsed(tenant, read);
    const { userId, verificationMethod } = action;
    const sessionId = randomUUID();
    return issue(tenant, { sessionId, userId, clientId, verificationMethod, createdAt: tenant.now() });
  },

  validateSession({ body: { accessToken, clientIds } }, tenant) {
    const session = inForce(tenant, accessToken);
    if (clientIds && !clientIds.includes(session.clientId)) throw unauthorized("The session is for another client.");
    const user = tenant.state.users.get(session.userId);
    if (!user) throw unauthorized(OVER);
    const { userId, email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, custom, locale } =
      user;
    return {
      user: { userId, email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, custom, locale },
      expiresAt: Math.ceil(Date.parse(session.accessExpiresAt) / 1_000),
      verificationMethod: session.verificationMethod,
    };
  },

  refreshSession({ body: { refreshToken } }, tenant) {
    const session = tenant.state.sessions.find((one) => one.refreshToken === refreshToken);
    if (!session || session.revokedAt || tenant.isOver(session.refreshExpiresAt)) {
      throw unauthorized("The refresh token is unknown, used or over.");
    }
    return issue(tenant, session);
  },

  revokeSession({ body: { accessToken } }, tenant) {
    const read = tenant.tokens.readSession(accessToken, true);
    const session = typeof read === "string" ? undefined : tenant.state.sessions.get(read.sessionId);
    if (!session) throw unauthorized("The access token is invalid.");
    revoke(tenant, session);
    return undefined;
  },

  revokeUserSessions({ body: { userId } }, tenant) {
    for (const session of tenant.state.sessions.of(userId)) revoke(tenant, session);
    return undefined;
  },
};

const OVER = "The session is over.";

type SessionStart = Pick<Session, "sessionId" | "userId" | "clientId" | "verificationMethod" | "createdAt">;

/** Puts new tokens in the place of those that a session had. */
function issue(tenant: Tenant, start: SessionStart): { accessToken: string; refreshToken: string } {
  const { accessTokenLifetime, refreshTokenLifetime } = tenant.settings;
  const session = tenant.state.sessions.put({
    ...start,
    accessTokenId: randomUUID(),
    accessExpiresAt: tenant.later(accessTokenLifetime),
    refreshToken: tenant.tokens.opaque(),
    refreshExpiresAt: tenant.later(refreshTokenLifetime),
  });
  return { accessToken: tenant.tokens.ofSession(session), refreshToken: session.refreshToken };
}

/** The session of an access token. @throws HttpError with 401 when it is over. */
function inForce(tenant: Tenant, accessToken: string): Session {
  const read = tenant.tokens.readSession(accessToken);
  if (read === "expired") throw unauthorized("The access token has expired.");
  if (read === "invalid") throw unauthorized("The access token is invalid.");
  const session = tenant.state.sessions.get(read.sessionId);
  if (session && tenant.isOver(session.accessExpiresAt)) throw unauthorized("The access token has expired.");
  if (!session || session.revokedAt || session.accessTokenId !== read.accessTokenId) throw unauthorized(OVER);
  return session;
}

function revoke(tenant: Tenant, session: Session): void {
  if (!session.revokedAt) tenant.state.sessions.put({ ...session, revokedAt: tenant.now() });
}
