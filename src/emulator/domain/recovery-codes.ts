import { randomInt } from "node:crypto";
import type { RecoveryCode } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";

const CODES_PER_USER = 8;

/** Creates recovery codes for a user who never had any; undefined otherwise, or if the tenant has switched them off. */
export function createRecoveryCodes({ state, settings }: Tenant, userId: string): string[] | undefined {
  if (!settings.recoveryCodes || state.recoveryCodes.of(userId).length > 0) return undefined;
  const codes = Array.from({ length: CODES_PER_USER }, () => `${fourCharacters()}-${fourCharacters()}`);
  for (const code of codes) state.recoveryCodes.put({ userId, code });
  return codes;
}

/** Returns the unused recovery codes of a user, and creates them if there have never been any. */
export function readRecoveryCodes(tenant: Tenant, userId: string): string[] {
  tenant.state.transaction(() => createRecoveryCodes(tenant, userId));
  return unusedRecoveryCodes(tenant, userId).map(({ code }) => code);
}

/** The recovery codes that a user can still enter. */
export function unusedRecoveryCodes({ state }: Tenant, userId: string): RecoveryCode[] {
  return state.recoveryCodes.of(userId).filter(({ usedAt }) => usedAt === undefined);
}

/** Four characters of base 36. */
function fourCharacters(): string {
  return randomInt(36 ** 4)
    .toString(36)
    .padStart(4, "0");
}
