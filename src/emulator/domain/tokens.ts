import type { NewTimelineEntry } from "../state/timelines.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ActionToken, TokenResult } from "../tenant/tokens.ts";
import { findAction } from "./actions.ts";

/** The error messages by the reason why a token is not accepted. Authsignal does not document them. */
export const TOKEN_ERRORS = {
  invalid: "Token is invalid.",
  expired: "Token has expired.",
  used: "Token has been used already.",
} as const;

/** Verifies the token of an action. @returns The token, or the reason why it cannot be used. */
export function readActionToken(tenant: Tenant, token: string): TokenResult<ActionToken> | "used" {
  const read = tenant.tokens.readAction(token);
  return typeof read !== "string" && tenant.state.usedTokens.get(read.tokenId) ? "used" : read;
}

/** Marks a token as used, if tokens work only once (option `singleUseTokens`). */
export function markTokenUsed(tenant: Tenant, { tokenId, expiresAt }: ActionToken): void {
  if (tenant.settings.singleUseTokens) tenant.state.usedTokens.put({ tokenId, expiresAt, usedAt: tenant.now() });
}

/** Records the use of a token in the timeline of its action, even if the token has expired. A forged token is not recorded. */
export function recordTokenUse(tenant: Tenant, token: string, entry: NewTimelineEntry): void {
  const read = tenant.tokens.readAction(token, true);
  if (typeof read !== "string" && findAction(tenant, read)) tenant.timeline.record(read, entry);
}
