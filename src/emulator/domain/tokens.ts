import type { NewTimelineEntry } from "../state/timelines.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ActionToken, Read } from "../tenant/tokens.ts";
import { findAction } from "./actions.ts";

/** Why a token is not accepted. The real service documents the messages about its user and its action only. */
export const TOKEN_ERRORS = {
  invalid: "Token is invalid.",
  expired: "Token has expired.",
  used: "Token has been used already.",
} as const;

/** Reads the token of an action; the reason when it cannot be used (again). */
export function readActionToken(tenant: Tenant, token: string): Read<ActionToken> | "used" {
  const read = tenant.tokens.readAction(token);
  return typeof read !== "string" && tenant.state.usedTokens.get(read.tokenId) ? "used" : read;
}

/** Marks a token as used, if tokens work only once (option `singleUseTokens`). */
export function markTokenUsed(tenant: Tenant, { tokenId, expiresAt }: ActionToken): void {
  if (tenant.settings.singleUseTokens) tenant.state.usedTokens.put({ tokenId, expiresAt, usedAt: tenant.now() });
}

/** Records the use of a token in the timeline of its action, also of an expired one. A forged token belongs to no action. */
export function recordTokenUse(tenant: Tenant, token: string, entry: NewTimelineEntry): void {
  const read = tenant.tokens.readAction(token, true);
  if (typeof read !== "string" && findAction(tenant, read)) tenant.timeline.record(read, entry);
}
