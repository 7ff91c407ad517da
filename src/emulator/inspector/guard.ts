import type { HonoRequest, MiddlewareHandler } from "hono";
import { HttpError } from "../http/errors.ts";
import { checkHost } from "../http/hosts.ts";
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

/**
 * Keeps strangers out: other host names (DNS rebinding), and pages that are elsewhere, even on another port of this machine,
 * unless somebody follows a link from there to a page.
 */
export function guard(allowedHosts: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const problem = problemOf(context.req, allowedHosts);
    if (problem === undefined) await next();
    else context.res = context.text(`${problem}\n`, 403);
    const { headers } = context.res;
    headers.set("content-security-policy", POLICY);
    headers.set("cache-control", "no-store");
    headers.set("referrer-policy", "same-origin");
    headers.set("x-content-type-options", "nosniff");
  };
}

function problemOf(request: HonoRequest, allowedHosts: readonly string[]): string | undefined {
  try {
    checkHost(request, allowedHosts);
  } catch (error) {
    if (error instanceof HttpError) return error.message;
    throw error;
  }
  return isForeign(request) ? "This was asked by a page of another site." : undefined;
}

function isForeign(request: HonoRequest): boolean {
  const site = request.header("sec-fetch-site");
  const isVisit = request.method === "GET" && request.header("sec-fetch-mode") === "navigate";
  if (site !== undefined) return !["same-origin", "none"].includes(site) && !isVisit;
  // Browsers that do not tell the site tell the origin of whoever posts.
  const origin = request.header("origin");
  return (
    origin !== undefined && origin.replace(/^https?:\/\//, "") !== (request.header("host") ?? new URL(request.url).host)
  );
}
