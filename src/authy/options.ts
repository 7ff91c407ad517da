import { CONNECTION_OPTIONS, type ConnectionOptions } from "../http/options.ts";

/** Options of the connection to the Authy API. */
export interface AuthyOptions extends ConnectionOptions {
  /** The API key of your Authy application. Never send it to a browser. */
  apiKey: string;
  /** The base URL of the API. Default: that of the service, which its owner has shut down. */
  apiUrl?: string | undefined;
}

/** The names of `AuthyOptions`. The compiler refuses a missing one. */
export const AUTHY_OPTIONS = { ...CONNECTION_OPTIONS, apiKey: true, apiUrl: true } satisfies Record<
  keyof AuthyOptions,
  true
>;
