import type { HonoRequest } from "hono";
import { readStepUp } from "../domain/step-up.ts";
import { isAllowedHost } from "../http/hosts.ts";
import type { Tenants } from "../tenant/tenants.ts";

/** The page that has opened a popup. */
export interface Opener {
  /** Its origin; undefined when nothing tells. */
  readonly origin: string | undefined;
  /** Whether it may show challenge pages in itself, and be told how they end. */
  readonly isAllowed: boolean;
}

/**
 * Which page has opened a popup: the one that the address names on all pages but the first, then the one that the browser
 * names and, if it does not, the one to which the action leads back. Undefined when the page is not in a popup.
 */
export function openerOf(request: HonoRequest, tenants: Tenants, allowedHosts: readonly string[]): Opener | undefined {
  if (request.query("mode") !== "popup") return undefined;
  const page = request.query("app") ?? request.header("referer") ?? redirectUrlOf(tenants, request.query("token"));
  const origin = originOf(page);
  if (origin === undefined) return { origin, isAllowed: false };
  const { allowedRedirects } = tenants.default.settings;
  const isAllowed = isAllowedHost(new URL(origin).host, allowedHosts) || allowedRedirects.includes(origin);
  return { origin, isAllowed };
}

function redirectUrlOf(tenants: Tenants, token = ""): string | undefined {
  const tenant = tenants.claimedBy(token);
  const stepUp = tenant && readStepUp(tenant, token);
  return typeof stepUp === "object" ? stepUp.action.redirectUrl : undefined;
}

/** The origin of a web page; undefined for anything else. */
function originOf(text = ""): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}
