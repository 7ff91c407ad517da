import type { MiddlewareHandler } from "hono";
import type { AccessGuard } from "../http/access.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { forbiddenPage, unknownOpenerPage } from "./error-pages.ts";
import type { HonoContext, PageEnvironment } from "./page-context.ts";
import { openerOf } from "./popup.ts";
import { SCRIPT_SOURCE } from "./popup-script.ts";

/**
 * Without `form-action`: Chromium applies it to every redirect after a form, and the emulator cannot list the URLs to which
 * an app redirects its users.
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'";

/**
 * Rejects requests that the access rule forbids, and applications that may not open the popup, with a page that says why. Sets
 * the headers that browsers obey.
 * @param allowedHosts Hosts, beside those of this machine, whose applications may open popups.
 */
export function guard(
  tenants: Tenants,
  access: AccessGuard,
  allowedHosts: readonly string[],
): MiddlewareHandler<PageEnvironment> {
  return async (context, next) => {
    const showError = errorPageOf(context, tenants, access, allowedHosts);
    if (showError === undefined) await next();
    else context.res = await showError();
    const { headers } = context.res;
    headers.set("content-security-policy", policyFor(context));
    headers.set("cache-control", "no-store");
    headers.set("referrer-policy", "no-referrer");
    headers.set("x-content-type-options", "nosniff");
  };
}

/**
 * Returns the policy of a page. In a popup, the app may show the page in a frame, and the page runs its one script. The
 * error page of a rejected opener may be framed by any page, so that its developer sees the reason: it has no form and no token.
 */
function policyFor(context: HonoContext): string {
  const appOrigin = context.get("appOrigin");
  if (context.get("isOpenerRejected")) return POLICY;
  if (appOrigin === undefined) return `${POLICY}; frame-ancestors 'none'`;
  return `${POLICY}; script-src ${SCRIPT_SOURCE}; frame-ancestors ${appOrigin}`;
}

/** Returns what renders the error page of a request; undefined when the request may be served. Stores the origin of the app that has opened a popup. */
function errorPageOf(
  context: HonoContext,
  tenants: Tenants,
  access: AccessGuard,
  allowedHosts: readonly string[],
): (() => Response | Promise<Response>) | undefined {
  const { req } = context;
  const error = access.check(req);
  if (error) return () => forbiddenPage(context, error.message);
  const opener = openerOf(req, tenants, allowedHosts);
  if (opener && !opener.isAllowed) {
    context.set("isOpenerRejected", true);
    return () => unknownOpenerPage(context, opener);
  }
  context.set("appOrigin", opener?.origin);
  return undefined;
}
