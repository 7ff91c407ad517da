import { basePathOf } from "../http/origin.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** The data of a page of the inspector. */
export interface InspectorView {
  readonly tenant: Tenant;
  /** All tenants of the emulator, the default one first. */
  readonly tenants: readonly Tenant[];
  /** The error of a form. */
  readonly problem?: string | undefined;
}

/** Maximum number of rows in a panel. */
export const MAX_ROWS = 50;

/** Offset from which on a clock counts as moved, in milliseconds. */
export const MIN_CLOCK_OFFSET = 1_000;

/** Returns the URL of the page of the inspector for a tenant, or of another path of the inspector. */
export function inspectorUrl(
  { tenant, tenants }: InspectorView,
  path = "/",
  parameters: Readonly<Record<string, string>> = {},
): string {
  const isDefault = tenant === tenants[0];
  const query = new URLSearchParams({ ...(!isDefault && { tenant: tenant.tenantId }), ...parameters }).toString();
  return `${basePathOf(tenant.origin)}${path}${query && `?${query}`}`;
}

/** Returns the name of a tenant: its secret key without the common prefix. */
export function nameOf({ apiSecretKey }: Tenant): string {
  return apiSecretKey.replace(/^sk_emulator_/, "");
}
