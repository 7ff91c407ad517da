import { isAllowedHost } from "../http/hosts.ts";
import type { Action } from "../state/rows.ts";
import { redirectScope } from "../tenant/settings.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** The URL to which a user returns from the challenge pages. */
export interface ReturnUrl {
  /** A new token of the action, which is also in the URL. */
  readonly token: string;
  /** `redirectUrl` of the action with the token added; undefined when it is missing or unusable. */
  readonly url: string | undefined;
  /** Whether the emulator may redirect to the URL: it is on this machine, or `allowedRedirects` lists it. */
  readonly isAllowed: boolean;
}

/** Returns the URL to which the user of an action returns, with a new token. */
export function returnUrlOf(tenant: Tenant, action: Action): ReturnUrl {
  const token = tenant.tokens.ofAction(action);
  const { redirectUrl } = action;
  const scope = redirectUrl === undefined ? undefined : redirectScope(redirectUrl);
  if (redirectUrl === undefined || scope === undefined) return { token, url: undefined, isAllowed: false };
  const isThisMachine = /^https?:/.test(scope) && isAllowedHost(new URL(scope).host, []);
  const isAllowed = isThisMachine || tenant.settings.allowedRedirects.includes(scope);
  return { token, url: withToken(redirectUrl, token), isAllowed };
}

/** Sets the query parameter `token`. The rest of the query keeps its exact text, which `URLSearchParams` would rewrite. */
function withToken(redirectUrl: string, token: string): string {
  const [, address = "", query = "", fragment = ""] =
    /^([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(new URL(redirectUrl).href) ?? [];
  const kept = query.split("&").filter((parameter) => parameter !== "" && !/^token(=|$)/.test(parameter));
  return `${address}?${[...kept, `token=${token}`].join("&")}${fragment}`;
}
