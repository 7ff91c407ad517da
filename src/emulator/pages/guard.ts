import type { HonoRequest, MiddlewareHandler } from "hono";
import { isAllowedHost } from "../service/hosts.ts";
import { stranger } from "./refusals.ts";

/**
 * There is no `form-action`: Chromium holds every redirect after a form against it, and where an app sends people once
 * they are back is not for the emulator to know.
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/** Keeps strangers out: other host names (DNS rebinding) and forms on pages of other sites. */
export function guard(allowedHosts: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const problem = problemOf(context.req, allowedHosts);
    if (problem === undefined) await next();
    else context.res = await stranger(context, problem);
    const { headers } = context.res;
    headers.set("content-security-policy", POLICY);
    headers.set("cache-control", "no-store");
    headers.set("referrer-policy", "no-referrer");
    headers.set("x-content-type-options", "nosniff");
  };
}

function problemOf(request: HonoRequest, allowedHosts: readonly string[]): string | undefined {
  const { host } = new URL(request.url);
  const strange = [host, request.header("host") ?? host].find((name) => !isAllowedHost(name, allowedHosts));
  if (strange !== undefined) {
    return `The emulator does not show its pages under the name ${strange}. Use localhost, or add the name to allowedHosts (--allow-host).`;
  }
  // The policy for referrers makes the browser send `Origin: null`, so that only this header tells.
  const isForeign = request.method === "POST" && request.header("sec-fetch-site") === "cross-site";
  return isForeign ? "This form was sent by a page of another site." : undefined;
}
