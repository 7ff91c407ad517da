import type { HonoRequest } from "hono";
import { readStepUp } from "../domain/step-up.ts";
import { isAllowedHost } from "../http/hosts.ts";
import type { Tenants } from "../tenant/tenants.ts";

/** The page that has opened a popup. */
export interface Opener {
  /** The origin of the page; undefined when the request does not contain it. */
  readonly origin: string | undefined;
  /** Whether the page may show challenge pages in a popup, and receive the token. */
  readonly isAllowed: boolean;
}

/**
 * Finds the page that has opened a popup: in the query, which all pages but the first have, else in the header Referer, else
 * in the return URL of the action. Returns undefined when the page is not in a popup.
 */
export function openerOf(request: HonoRequest, tenants: Tenants, allowedHosts: readonly string[]): Opener | undefined {
  if (request.query("mode") !== "popup") return undefined;
  const url = request.query("app") ?? request.header("referer") ?? redirectUrlOf(tenants, request.query("token"));
  const origin = originOf(url);
  if (origin === undefined) return { origin, isAllowed: false };
  const { allowedRedirects } = tenants.default.settings;
  const isAllowed = isAllowedHost(new URL(origin).host, allowedHosts) || allowedRedirects.includes(origin);
  return { origin, isAllowed };
}

function redirectUrlOf(tenants: Tenants, token = ""): string | undefined {
  const tenant = tenants.findByUnverifiedToken(token);
  const stepUp = tenant && readStepUp(tenant, token);
  return typeof stepUp === "object" ? stepUp.action.redirectUrl : undefined;
}

/** Returns the origin of a web page; undefined for any other text. */
function originOf(text = ""): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}
