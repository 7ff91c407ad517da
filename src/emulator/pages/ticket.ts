import { type StepUp, stepUpOf } from "../operations/step-up.ts";
import { basePathOf } from "../origin.ts";
import type { Challenge } from "../tenant/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Tenants } from "../tenant/tenants.ts";

/** What somebody on a challenge page has in hand: a good token, and what else the address of the page said. */
export interface Ticket {
  readonly tenant: Tenant;
  readonly stepUp: StepUp;
  readonly token: string;
  /** What clients add to the address, which goes on from page to page. */
  readonly added: Readonly<Record<string, string>>;
}

/** What clients add to the address that `track` gives. */
const ADDED_BY_CLIENTS = ["mode", "force_enrollment"];

/** Reads the token of a page; tells what is wrong with it when it cannot be used. */
export function readTicket(tenants: Tenants, token: string, query: URLSearchParams): Ticket | "invalid" | "expired" {
  const tenant = tenants.claimedBy(token);
  if (!tenant) return "invalid";
  const stepUp = stepUpOf(tenant, token);
  if (typeof stepUp === "string") return stepUp;
  const added = [...query].filter(([name]) => ADDED_BY_CLIENTS.includes(name));
  return { tenant, stepUp, token, added: Object.fromEntries(added) };
}

/** The tenant with an id. */
export function tenantWithId(tenants: Tenants, tenantId: string | undefined): Tenant | undefined {
  return tenants.withId(tenantId);
}

/** The address of a page for the same step-up. */
export function addressOf(
  { tenant, token, added }: Ticket,
  path: string,
  slots: Readonly<Record<string, string>> = {},
): string {
  return `${basePathOf(tenant.origin())}/challenge${path}?${new URLSearchParams({ token, ...slots, ...added })}`;
}

/** A challenge that was started for this step-up. */
export function challengeOf({ tenant, stepUp }: Ticket, challengeId = ""): Challenge | undefined {
  const challenge = tenant.state.challenges.get(challengeId);
  const { userId, actionCode, idempotencyKey } = stepUp.action;
  const isOurs =
    challenge?.userId === userId && challenge.action === actionCode && challenge.idempotencyKey === idempotencyKey;
  return isOurs ? challenge : undefined;
}
