import type { Context } from "hono";
import { isOfAction } from "../domain/challenges.ts";
import { enrollableMethods } from "../domain/enrollment.ts";
import * as permissions from "../domain/permissions.ts";
import { returnUrlOf } from "../domain/return-url.ts";
import { readStepUp, type StepUp } from "../domain/step-up.ts";
import { readActionToken } from "../domain/tokens.ts";
import { basePathOf } from "../http/origin.ts";
import { enrolledMethods } from "../state/methods.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Tenants } from "../tenant/tenants.ts";

/** Variables of a request. The middleware of guard.ts sets them, before the token is read. */
export interface PageEnvironment {
  Variables: {
    /** Origin of the web page that shows this page in a popup; undefined outside of a popup. */
    appOrigin: string | undefined;
    /** Whether the web page that opened the popup is not allowed to do so. */
    isOpenerRejected: boolean | undefined;
  };
}

/** A request to a page, as Hono passes it to a handler. */
export type HonoContext = Context<PageEnvironment>;

/** The context of a page: a valid token, the step-up of the token, and the query of the page. */
export interface PageContext {
  readonly tenant: Tenant;
  /** The action that the user confirms, with its user and the scope of the token. */
  readonly stepUp: StepUp;
  readonly token: string;
  /** Whether the server of the app has already validated the token, or exchanged it for a session. */
  readonly isTokenUsed: boolean;
  /** Query parameters that are passed on from page to page, besides the token. */
  readonly query: Readonly<Record<string, string>>;
  /** Origin of the web page that shows this page in a popup; undefined outside of a popup. */
  readonly appOrigin: string | undefined;
}

/** Why a token cannot be used. */
export type TokenProblem = "invalid" | "expired";

/** Query parameters that client SDKs add to the URL that `track` returns. */
const CLIENT_PARAMETERS = ["mode", "force_enrollment"];

/**
 * Verifies the token of a page and reads its step-up. A used token is accepted (`isTokenUsed`): while the challenge is still
 * required, the user can pass it; after that, the page shows the result.
 */
export function readPageContext(context: HonoContext, tenants: Tenants, token: string): PageContext | TokenProblem {
  // `readStepUp` verifies the token with the key of this tenant.
  const tenant = tenants.findByUnverifiedToken(token);
  if (!tenant) return "invalid";
  const stepUp = readStepUp(tenant, token);
  if (typeof stepUp === "string") return stepUp;
  const appOrigin = context.get("appOrigin");
  const parameters = [...new URL(context.req.url).searchParams].filter(([name]) => CLIENT_PARAMETERS.includes(name));
  const query = { ...Object.fromEntries(parameters), ...(appOrigin !== undefined && { app: appOrigin }) };
  const isTokenUsed = readActionToken(tenant, token) === "used";
  return { tenant, stepUp, token, isTokenUsed, query, appOrigin };
}

/**
 * Reads the step-up of a page again, because a form or a webhook may have changed it. If the token has expired meanwhile, the
 * page keeps its earlier step-up, so that the user sees the result of a form that was sent in time.
 */
export function reload(page: PageContext): PageContext {
  const stepUp = readStepUp(page.tenant, page.token);
  return typeof stepUp === "string" ? page : { ...page, stepUp };
}

/** Returns the path below which the pages of a tenant are. The option `origin` of the emulator may have a path, too. */
export function pathOf({ origin }: Tenant): string {
  return `${basePathOf(origin)}/challenge`;
}

/**
 * Returns the URL of another page for the same step-up.
 * @param parameters Query parameters of that page alone. They must not be named `token` or as one of `query`.
 */
export function pageUrl(
  { tenant, token, query }: PageContext,
  path: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  return `${pathOf(tenant)}${path}?${new URLSearchParams({ token, ...parameters, ...query })}`;
}

/**
 * Returns the URL to which a finished user is redirected: the return URL of the app, or the last page where there is no
 * allowed return URL. In a popup it is always the last page, whose script closes the popup.
 */
export function endUrl(page: PageContext): string {
  const { url, isAllowed } = returnUrlOf(page.tenant, page.stepUp.action);
  const canRedirect = isAllowed && page.appOrigin === undefined;
  return canRedirect && url !== undefined ? url : pageUrl(page, "/end");
}

/** Returns a challenge by its id; undefined when there is none, or when it belongs to another action. */
export function challengeOf({ tenant, stepUp }: PageContext, challengeId: string | undefined): Challenge | undefined {
  const challenge = challengeId === undefined ? undefined : tenant.state.challenges.get(challengeId);
  return challenge && isOfAction(challenge, stepUp.action) ? challenge : undefined;
}

/** Whether the user must pass a challenge, for the action or to open the settings. */
export function isChallengeRequired({ tenant, stepUp }: PageContext): boolean {
  return permissions.isChallengeRequired(tenant, stepUp);
}

/** Whether the user may open the settings now. */
export function areSettingsOpen({ tenant, stepUp }: PageContext): boolean {
  return permissions.areSettingsOpen(tenant, stepUp);
}

/** Whether the client requests that the user enrolls a method. */
export function isEnrollmentForced({ query }: PageContext): boolean {
  return query.force_enrollment === "true";
}

/** Whether the user may enroll a method now. */
export function mayEnroll({ tenant, stepUp }: PageContext): boolean {
  return enrollableMethods(tenant, stepUp).length > 0;
}

/** Whether the user has enrolled a method. */
export function isEnrolled({ tenant, stepUp }: PageContext): boolean {
  return enrolledMethods(tenant, stepUp.user.userId).length > 0;
}
