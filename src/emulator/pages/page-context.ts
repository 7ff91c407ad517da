import type { Context } from "hono";
import { isOfAction } from "../domain/codes.ts";
import { enrollableMethods } from "../domain/enrollment.ts";
import { areSettingsOpen as areSettingsOpenTo, isWaiting as isStepUpWaiting } from "../domain/permissions.ts";
import { readStepUp, returnUrlOf, type StepUp } from "../domain/step-up.ts";
import { basePathOf } from "../http/origin.ts";
import { readActionToken } from "../server-api/challenges.ts";
import type { Challenge } from "../state/rows.ts";
import { enrolledMethods } from "../tenant/methods.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Tenants } from "../tenant/tenants.ts";

/** What the pages know of a request before they look at its token. */
export interface PageEnvironment {
  Variables: {
    /** The origin of the app in whose popup the page is. */
    app: string | undefined;
    /** Whether the page only tells an app that it may not have a popup. */
    isForStranger: boolean | undefined;
  };
}

export type HonoContext = Context<PageEnvironment>;

/** What somebody on a challenge page has in hand: a good token, and what else the address of the page said. */
export interface PageContext {
  readonly tenant: Tenant;
  readonly stepUp: StepUp;
  readonly token: string;
  /** Whether it was validated, or made a session of, and so is good for nothing more. */
  readonly isUsed: boolean;
  /** What goes on from page to page beside the token. */
  readonly added: Readonly<Record<string, string>>;
  /** The origin of the app in whose popup the page is. */
  readonly app: string | undefined;
}

/** What clients add to the address that `track` gives. */
const ADDED_BY_CLIENTS = ["mode", "force_enrollment"];

/** Reads the token of a page; tells what is wrong with it when it cannot be used. */
export function readPageContext(context: HonoContext, tenants: Tenants, token: string): PageContext | "invalid" | "expired" {
  const tenant = tenants.claimedBy(token);
  if (!tenant) return "invalid";
  const stepUp = readStepUp(tenant, token);
  if (typeof stepUp === "string") return stepUp;
  const app = context.get("app");
  const query = [...new URL(context.req.url).searchParams].filter(([name]) => ADDED_BY_CLIENTS.includes(name));
  const added = { ...Object.fromEntries(query), ...(app !== undefined && { app }) };
  const isUsed = readActionToken(tenant, token) === "used";
  return { tenant, stepUp, token, isUsed, added, app };
}

/** The same with what has changed meanwhile. */
export function refreshed(page: PageContext): PageContext {
  const stepUp = readStepUp(page.tenant, page.token);
  return typeof stepUp === "string" ? page : { ...page, stepUp };
}

/** The path of the pages of a tenant. */
export function pathOf({ origin }: Tenant): string {
  return `${basePathOf(origin)}/challenge`;
}

/** The address of a page for the same step-up. */
export function pageUrl(
  { tenant, token, added }: PageContext,
  path: string,
  slots: Readonly<Record<string, string>> = {},
): string {
  return `${pathOf(tenant)}${path}?${new URLSearchParams({ token, ...slots, ...added })}`;
}

/** Where the person goes who is done: to the app if it can be reached from here, and otherwise to the last page. */
export function endUrl(page: PageContext): string {
  const { url, isAllowed } = returnUrlOf(page.tenant, page.stepUp.action);
  const isReachable = isAllowed && page.app === undefined;
  return isReachable && url !== undefined ? url : pageUrl(page, "/end");
}

/** A challenge that was started for this step-up. */
export function challengeOf({ tenant, stepUp }: PageContext, challengeId = ""): Challenge | undefined {
  const challenge = tenant.state.challenges.get(challengeId);
  return challenge && isOfAction(challenge, stepUp.action) ? challenge : undefined;
}

/** Whether the action waits for a confirmation. */
export function isWaiting({ tenant, stepUp }: PageContext): boolean {
  return isStepUpWaiting(tenant, stepUp);
}

/** Whether the settings are open to the person. */
export function areSettingsOpen({ tenant, stepUp }: PageContext): boolean {
  return areSettingsOpenTo(tenant, stepUp);
}

/** Whether the client wants the person to set something up. */
export function isForced({ added }: PageContext): boolean {
  return added.force_enrollment === "true";
}

/** Whether the person may set something up now. */
export function mayEnroll({ tenant, stepUp }: PageContext): boolean {
  return enrollableMethods(tenant, stepUp).length > 0;
}

/** Whether the person has set something up. */
export function isEnrolled({ tenant, stepUp }: PageContext): boolean {
  return enrolledMethods(tenant, stepUp.user.userId).length > 0;
}
