import { servers } from "../../../generated/authsignal-data.ts";
import { servers as callConnectServers } from "../../../generated/call-connect-data.ts";
import type { Emulator } from "../emulator.ts";
import { ConnectionReset } from "../http/faults.ts";
import { type Kinds, readOptions } from "../http/options.ts";

/** The part of `http` of Mock Service Worker (msw 2) that is used. */
export interface MswHttp<Handler> {
  /** Returns a handler for all requests to the addresses that match a pattern. */
  all(path: string, resolver: (call: { request: Request }) => Promise<Response>): Handler;
}

/** More addresses that the emulator serves, beside those of the service. */
export interface MswOptions {
  /** Addresses of the Server API, as they are passed to a client: that of your gateway, with its path. */
  apiUrls?: readonly string[] | undefined;
  /** Addresses of Call Connect. */
  callConnectUrls?: readonly string[] | undefined;
}

const MSW_OPTIONS: Kinds<MswOptions> = { apiUrls: ["list"], callConnectUrls: ["list"] };

/**
 * Returns handlers for Mock Service Worker that serve calls to the real addresses by an emulator in the process:
 * `setupServer(...mswHandlers(http, emulator))`. They handle the Server API of every region, Call Connect, and the
 * emulator's own address. The secret key has to be one of the emulator's.
 * @param http The `http` of msw: `import { http } from "msw"`.
 * @throws TypeError for an address that is no URL.
 */
export function mswHandlers<Handler>(http: MswHttp<Handler>, emulator: Emulator, options: MswOptions = {}): Handler[] {
  const { apiUrls = [], callConnectUrls = [] } = readOptions("mswHandlers", options, MSW_OPTIONS);
  const { apiUrl, origin } = emulator;
  const takeOver = (from: string, to: string): Handler => {
    const base = new URL(from).href.replace(/\/$/, "");
    return http.all(`${base}/*`, ({ request }) => serve(emulator, to + request.url.slice(base.length), request));
  };
  return [
    ...[...Object.values(servers), ...apiUrls].map((url) => takeOver(url, apiUrl)),
    ...[...Object.values(callConnectServers), ...callConnectUrls, origin].map((url) => takeOver(url, origin)),
  ];
}

/** @param request Only its fields are read: in jsdom, it is of another class than the global `Request`. */
async function serve(emulator: Emulator, url: string, request: Request): Promise<Response> {
  try {
    return await emulator.fetch(url, request);
  } catch (error) {
    // msw reports an error response as a network error.
    if (error instanceof ConnectionReset) return Response.error();
    throw error;
  }
}
