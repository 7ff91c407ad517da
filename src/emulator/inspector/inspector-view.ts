import { basePathOf } from "../http/origin.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** What a page of the inspector is about. */
export interface InspectorView {
  readonly tenant: Tenant;
  /** All tenants of the emulator, the default one first. */
  readonly tenants: readonly Tenant[];
  /** What went wrong with a form, if anything. */
  readonly problem?: string | undefined;
}

/** How many rows of each kind are shown. */
export const MOST_ROWS = 50;

/** The address of the inspector for a tenant, or of something beside it. */
export function addressOf({ tenant, tenants }: InspectorView, path = "/", slots: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ ...(tenant !== tenants[0] && { tenant: tenant.tenantId }), ...slots }).toString();
  return `${basePathOf(tenant.origin)}${path}${query && `?${query}`}`;
}

/** How far a clock is off before it counts as moved, in milliseconds. */
export const SMALL_OFFSET = 1_000;

/** What a tenant is called: the part of its key that is its own. */
export function nameOf({ apiSecretKey }: Tenant): string {
  return apiSecretKey.replace(/^sk_emulator_/, "");
}
