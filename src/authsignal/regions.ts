/** The base URL of the Server API in each region. A key works in its own region only. */
export const REGIONS = {
  us: "https://api.authsignal.com/v1",
  au: "https://au.api.authsignal.com/v1",
  eu: "https://eu.api.authsignal.com/v1",
  ca: "https://ca.api.authsignal.com/v1",
} as const;

/** `us`: Oregon, the default; `au`: Sydney; `eu`: Dublin; `ca`: Montreal. */
export type Region = keyof typeof REGIONS;

/** An address of the service itself that lacks its version gets it; any other address is taken as it is. */
export function withVersion(url: URL): string {
  const isService = url.hostname.endsWith(".authsignal.com");
  return isService && url.pathname === "/" ? `${url.origin}/v1` : withoutTrailingSlash(url);
}

export function withoutTrailingSlash({ origin, pathname }: URL): string {
  return origin + pathname.replace(/\/+$/, "");
}
