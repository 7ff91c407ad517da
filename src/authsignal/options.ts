import type { ConnectionOptions } from "../http/options.ts";
import type { Region } from "./regions.ts";

/** How to reach the Server API, and as which tenant. */
export interface AuthsignalOptions extends ConnectionOptions {
  /** The Server API secret key of your tenant, from the portal. Never send it to a browser. */
  apiSecretKey: string;
  /** Where your tenant lives. Default `"us"`. Not together with `apiUrl`. */
  region?: Region;
  /**
   * The address of the API, for whatever has no region: an emulator, a mock, a legacy host. A bare host of
   * authsignal.com gets `/v1`. `http:` is for this machine only, unless `allowInsecureHttp`.
   */
  apiUrl?: string;
}
