import { CONNECTION_OPTIONS, type ConnectionOptions } from "../http/options.ts";

/** How to reach the API, and as which application. */
export interface AuthyOptions extends ConnectionOptions {
  /** The API key of your Authy application. Never send it to a browser. */
  apiKey: string;
  /** The address of what speaks the protocol. Default: the address of the service, which its owner has shut down. */
  apiUrl?: string | undefined;
}

/** The names of `AuthyOptions`; the compiler asks for each of them. */
export const AUTHY_OPTIONS = { ...CONNECTION_OPTIONS, apiKey: true, apiUrl: true } satisfies Record<
  keyof AuthyOptions,
  true
>;
