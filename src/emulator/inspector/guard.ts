import type { MiddlewareHandler } from "hono";
import type { AccessGuard } from "../http/access.ts";
import { SCRIPT_HASH } from "./script.ts";
import { STYLE_HASH } from "./style.ts";

const POLICY = [
  "default-src 'none'",
  `style-src ${STYLE_HASH}`,
  `script-src ${SCRIPT_HASH}`,
  "img-src data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Rejects requests that the access rule forbids, with the error as text, and sets the headers that browsers obey. */
export function guard(access: AccessGuard): MiddlewareHandler {
  return async (context, next) => {
    const error = access.check(context.req);
    if (error === undefined) await next();
    else context.res = context.text(`${error.message}\n`, 403);
    const { headers } = context.res;
    headers.set("content-security-policy", POLICY);
    headers.set("cache-control", "no-store");
    headers.set("referrer-policy", "same-origin");
    headers.set("x-content-type-options", "nosniff");
  };
}
