import { CONNECTION_OPTIONS, type ConnectionOptions } from "../http/options.ts";
import type { Region } from "./regions.ts";

/** The address and key of the Server API, and how it is called. */
export interface AuthsignalOptions extends ConnectionOptions {
  /**
   * The Server API secret key of your tenant, from the portal. Never send it to a browser. Default: the variable
   * `AUTHSIGNAL_SECRET_KEY` of the environment; without a key, every call is an error.
   */
  apiSecretKey?: string | undefined;
  /** The region of your tenant. Default: the variable `AUTHSIGNAL_REGION`, else `"us"`. Not together with `apiUrl`. */
  region?: Region | undefined;
  /**
   * The address of the API, for a server without a region: an emulator, a mock, a legacy host. A bare host of
   * authsignal.com gets `/v1`. `http:` is for this machine, for keys of the emulator, or with `allowInsecureHttp`. Default: the
   * variable `AUTHSIGNAL_API_URL`, else the address of the region.
   */
  apiUrl?: string | undefined;
}

/** The names of `AuthsignalOptions`. */
export const AUTHSIGNAL_OPTIONS = {
  ...CONNECTION_OPTIONS,
  apiSecretKey: true,
  region: true,
  apiUrl: true,
} satisfies Record<keyof AuthsignalOptions, true>;
