import type { AccessGuard, AccessRequest } from "../http/access.ts";
import { forbidden, HttpError } from "../http/errors.ts";
import { isAllowedHost } from "../http/hosts.ts";
import { ACCESS_POLICY, type AccessRule, type RulePath } from "./access-policy.ts";

/** Creates the guard of a path of the policy. */
export function createGuard(path: RulePath, allowedHosts: readonly string[]): AccessGuard {
  const rule = ACCESS_POLICY[path];
  return {
    check: (request) => checkAccess(rule, request, allowedHosts),
    checkContentType: (request) => checkContentType(rule, request),
  };
}

/** Returns the error of a request whose host or web page a rule does not allow; undefined when it may be served. */
export function checkAccess(
  rule: Pick<AccessRule, "hosts" | "webPages" | "webPageError">,
  request: AccessRequest,
  allowedHosts: readonly string[],
): HttpError | undefined {
  const host = rule.hosts === "own" ? findForeignHost(request, allowedHosts) : undefined;
  if (host !== undefined) {
    return forbidden(
      `${host} is not a host of this emulator. Call it localhost, or add the name to allowedHosts (--allow-host)`,
    );
  }
  if (mayCall(rule, request, allowedHosts)) return undefined;
  return forbidden(rule.webPageError ?? "Web pages of other sites may not call this path.");
}

/** Returns a host name of a request that is not a name of the emulator. The URL and the header `Host` may differ. */
function findForeignHost(request: AccessRequest, allowedHosts: readonly string[]): string | undefined {
  const { host } = new URL(request.url);
  return [host, request.header("host") ?? host].find((name) => !isAllowedHost(name, allowedHosts));
}

function mayCall(
  { webPages }: Pick<AccessRule, "webPages">,
  request: AccessRequest,
  allowedHosts: readonly string[],
): boolean {
  switch (webPages) {
    case "any":
      return true;
    case "own hosts":
      return isFromOwnHost(request, allowedHosts);
    case "same origin":
      return isFromSameOrigin(request);
    case "no forms of other sites":
      // The referrer policy of the pages makes browsers send `Origin: null`, so only this header names the site.
      return request.method !== "POST" || request.header("sec-fetch-site") !== "cross-site";
  }
}

function isFromOwnHost(request: AccessRequest, allowedHosts: readonly string[]): boolean {
  const origin = request.header("origin");
  if (request.header("sec-fetch-site") === "cross-site") return false;
  return origin === undefined || isAllowedHost(/^https?:\/\/(.*)$/.exec(origin)?.[1] ?? "", allowedHosts);
}

function isFromSameOrigin(request: AccessRequest): boolean {
  const site = request.header("sec-fetch-site");
  const isLink = request.method === "GET" && request.header("sec-fetch-mode") === "navigate";
  if (site !== undefined) return isLink || ["same-origin", "none"].includes(site);
  // Browsers without `Sec-Fetch-Site` send `Origin` with every POST of a page.
  const origin = request.header("origin");
  const host = request.header("host") ?? new URL(request.url).host;
  return origin === undefined || origin.replace(/^https?:\/\//, "") === host;
}

const JSON_TYPE = /^application\/json *(;|$)/i;

function checkContentType({ body }: AccessRule, request: AccessRequest): HttpError | undefined {
  if (body !== "json" || JSON_TYPE.test(request.header("content-type") ?? "")) return undefined;
  return new HttpError(415, "unsupported_media_type", "The body must have the content-type application/json");
}
