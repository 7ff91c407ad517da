import { randomUUID } from "node:crypto";
import { unauthorized } from "../http/errors.ts";
import type { Session } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** The error message about a session that has ended. */
export const SESSION_OVER = "The session is over.";

type SessionStart = Pick<Session, "sessionId" | "userId" | "clientId" | "verificationMethod" | "createdAt">;

/** Issues the tokens of a session. Earlier tokens of the session become invalid. */
export function issueTokens(tenant: Tenant, start: SessionStart): { accessToken: string; refreshToken: string } {
  const { accessTokenLifetime, refreshTokenLifetime } = tenant.settings;
  const session = tenant.state.sessions.put({
    ...start,
    accessTokenId: randomUUID(),
    accessExpiresAt: tenant.later(accessTokenLifetime),
    refreshToken: tenant.tokens.randomSecret(),
    refreshExpiresAt: tenant.later(refreshTokenLifetime),
  });
  return { accessToken: tenant.tokens.ofSession(session), refreshToken: session.refreshToken };
}

/** Finds the session of an access token. @throws HttpError with 401 when the token or the session cannot be used. */
export function requireSession(tenant: Tenant, accessToken: string): Session {
  const read = tenant.tokens.readSession(accessToken);
  if (read === "expired") throw unauthorized("The access token has expired.");
  if (read === "invalid") throw unauthorized("The access token is invalid.");
  const session = tenant.state.sessions.get(read.sessionId);
  if (session && tenant.isPast(session.accessExpiresAt)) throw unauthorized("The access token has expired.");
  if (!session || session.revokedAt || session.accessTokenId !== read.accessTokenId) throw unauthorized(SESSION_OVER);
  return session;
}

/** Finds the session of a refresh token. @throws HttpError with 401 when the token cannot be used. */
export function requireRefreshableSession(tenant: Tenant, refreshToken: string): Session {
  const session = tenant.state.sessions.find((one) => one.refreshToken === refreshToken);
  if (session && !session.revokedAt && !tenant.isPast(session.refreshExpiresAt)) return session;
  throw unauthorized("The refresh token is unknown, used or over.");
}

/** Revokes a session. Its tokens become invalid. */
export function revokeSession(tenant: Tenant, session: Session): void {
  if (!session.revokedAt) tenant.state.sessions.put({ ...session, revokedAt: tenant.now() });
}
