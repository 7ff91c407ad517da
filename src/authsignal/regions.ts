import type { servers } from "../../generated/authsignal-data.ts";
import { withoutTrailingSlash } from "../http/options.ts";

/** `us`: Oregon, the default; `au`: Sydney; `eu`: Dublin; `ca`: Montreal. A key works in its own region only. */
export type Region = keyof typeof servers;

/** Adds the version to an address of the service itself that has no path; any other address stays as it is. */
export function withVersion(url: URL): string {
  const isService = url.hostname.endsWith(".authsignal.com");
  return isService && url.pathname === "/" ? `${url.origin}/v1` : withoutTrailingSlash(url);
}
