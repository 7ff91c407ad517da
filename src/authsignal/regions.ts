import type { servers } from "../../generated/authsignal-data.ts";
import { withoutTrailingSlash } from "../http/options.ts";

/** `us`: Oregon, the default; `au`: Sydney; `eu`: Dublin; `ca`: Montreal. A key works in its own region only. */
export type Region = keyof typeof servers;

/** An address of the service itself that lacks its version gets it; any other address is taken as it is. */
export function withVersion(url: URL): string {
  const isService = url.hostname.endsWith(".authsignal.com");
  return isService && url.pathname === "/" ? `${url.origin}/v1` : withoutTrailingSlash(url);
}
