import type { MiddlewareHandler } from "hono";
import { HttpError } from "../http/errors.ts";
import { checkHost } from "../http/hosts.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { forbiddenPage, unknownOpenerPage } from "./error-pages.ts";
import type { HonoContext, PageEnvironment } from "./page-context.ts";
import { openerOf } from "./popup.ts";
import { SCRIPT_SOURCE } from "./popup-script.ts";

/**
 * There is no `form-action`: Chromium holds every redirect after a form against it, and where an app sends people once
 * they are back is not for the emulator to know.
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'";

/** Keeps strangers out: other host names (DNS rebinding), forms on pages of other sites, and apps that open popups unasked. */
export function guard(tenants: Tenants, allowedHosts: readonly string[]): MiddlewareHandler<PageEnvironment> {
  return async (context, next) => {
    const refuse = refusalOf(context, tenants, allowedHosts);
    if (refuse === undefined) await next();
    else context.res = await refuse();
    const { headers } = context.res;
    headers.set("content-security-policy", policyFor(context));
    headers.set("cache-control", "no-store");
    headers.set("referrer-policy", "no-referrer");
    headers.set("x-content-type-options", "nosniff");
  };
}

/**
 * In a popup, the app may show the page in a frame, and the page runs its one script. An app that may not open popups shall
 * see why: that page has no form and no token.
 */
function policyFor(context: HonoContext): string {
  const app = context.get("app");
  if (context.get("isForStranger")) return POLICY;
  if (app === undefined) return `${POLICY}; frame-ancestors 'none'`;
  return `${POLICY}; script-src ${SCRIPT_SOURCE}; frame-ancestors ${app}`;
}

/** Looks at a request; notes the app in whose popup it is. Gives the answer when there shall be no other. */
function refusalOf(
  context: HonoContext,
  tenants: Tenants,
  allowedHosts: readonly string[],
): (() => Response | Promise<Response>) | undefined {
  const { req } = context;
  try {
    checkHost(req, allowedHosts);
  } catch (error) {
    if (error instanceof HttpError) return () => forbiddenPage(context, error.message);
    throw error;
  }
  // The policy for referrers makes the browser send `Origin: null`, so that only this header tells.
  if (req.method === "POST" && req.header("sec-fetch-site") === "cross-site") {
    return () => forbiddenPage(context, "This form was sent by a page of another site.");
  }
  const opener = openerOf(req, tenants, allowedHosts);
  if (opener && !opener.isAllowed) {
    context.set("isForStranger", true);
    return () => unknownOpenerPage(context, opener);
  }
  context.set("app", opener?.origin);
  return undefined;
}
