import { randomUUID } from "node:crypto";
import type { Body } from "../../../generated/authsignal-validators.js";
import { findAction } from "../domain/actions.ts";
import {
  issueTokens,
  requireRefreshableSession,
  requireSession,
  revokeSession,
  SESSION_OVER,
} from "../domain/sessions.ts";
import { markTokenUsed, readActionToken, recordTokenUse, TOKEN_ERRORS } from "../domain/tokens.ts";
import { HttpError, requireFilled, unauthorized } from "../http/errors.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ServerApiHandlers } from "./handlers.ts";

export const sessions: Pick<
  ServerApiHandlers,
  "createSession" | "validateSession" | "refreshSession" | "revokeSession" | "revokeUserSessions"
> = {
  createSession({ body }, tenant) {
    requireFilled({ clientId: body.clientId });
    try {
      const tokens = createSession(tenant, body);
      recordTokenUse(tenant, body.token, { kind: "session.created" });
      return tokens;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      recordTokenUse(tenant, body.token, { kind: "session.rejected", reason: error.message });
      // An error that is thrown here would undo the transaction, and with it the entry of the timeline.
      return Promise.reject(error);
    }
  },

  validateSession({ body: { accessToken, clientIds } }, tenant) {
    const session = requireSession(tenant, accessToken);
    if (clientIds && !clientIds.includes(session.clientId)) throw unauthorized("The session is for another client.");
    const user = tenant.state.users.get(session.userId);
    if (!user) throw unauthorized(SESSION_OVER);
    const { userId, email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, custom, locale } =
      user;
    return {
      user: { userId, email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, custom, locale },
      expiresAt: Math.ceil(Date.parse(session.accessExpiresAt) / 1_000),
      verificationMethod: session.verificationMethod,
    };
  },

  refreshSession({ body: { refreshToken } }, tenant) {
    return issueTokens(tenant, requireRefreshableSession(tenant, refreshToken));
  },

  revokeSession({ body: { accessToken } }, tenant) {
    const read = tenant.tokens.readSession(accessToken, true);
    const session = typeof read === "string" ? undefined : tenant.state.sessions.get(read.sessionId);
    if (!session) throw unauthorized("The access token is invalid.");
    revokeSession(tenant, session);
    return undefined;
  },

  revokeUserSessions({ body: { userId } }, tenant) {
    for (const session of tenant.state.sessions.of(userId)) revokeSession(tenant, session);
    return undefined;
  },
};

/** Exchanges the token of a confirmed action for a session. @throws HttpError with 401 when the token cannot be used. */
function createSession(tenant: Tenant, { token, clientId, action: actionCode }: Body<"createSession">) {
  const read = readActionToken(tenant, token);
  if (typeof read === "string") throw unauthorized(TOKEN_ERRORS[read]);
  const action = findAction(tenant, read);
  if (!action) throw unauthorized(TOKEN_ERRORS.invalid);
  if (actionCode !== undefined && actionCode !== action.actionCode) throw unauthorized("Action is invalid.");
  if (action.state !== "CHALLENGE_SUCCEEDED") {
    throw unauthorized(`The challenge was not passed: it is ${action.state}.`);
  }
  markTokenUsed(tenant, read);
  const { userId, verificationMethod } = action;
  const sessionId = randomUUID();
  return issueTokens(tenant, { sessionId, userId, clientId, verificationMethod, createdAt: tenant.now() });
}
