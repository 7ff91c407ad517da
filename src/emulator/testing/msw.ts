import { servers } from "../../../generated/authsignal-data.ts";
import { servers as callConnectServers } from "../../../generated/call-connect-data.ts";
import type { Emulator } from "../emulator.ts";
import { ConnectionReset } from "../http/faults.ts";
import { type Kinds, readOptions } from "../http/options.ts";

/** What `http` of Mock Service Worker (msw 2) is here. */
export interface MswHttp<Handler> {
  /** Makes a handler for all requests to the addresses that fit. */
  all(path: string, resolver: (call: { request: Request }) => Promise<Response>): Handler;
}

/** Which addresses are taken over beside those of the service; all of it is optional. */
export interface MswOptions {
  /** More addresses of the Server API, as they are given to a client: that of your gateway, with its path. */
  apiUrls?: readonly string[] | undefined;
  /** More addresses of Call Connect. */
  callConnectUrls?: readonly string[] | undefined;
}

const MSW_OPTIONS: Kinds<MswOptions> = { apiUrls: ["list"], callConnectUrls: ["list"] };

/**
 * Handlers for Mock Service Worker, so that code that calls the real addresses is served by an emulator in the process:
 * `setupServer(...mswHandlers(http, emulator))`. They take over the Server API of every region, Call Connect, and the
 * emulator's own address. The secret key has to be one of the emulator's.
 * @param http That of msw: `import { http } from "msw"`.
 * @throws TypeError when an address is none.
 */
export function mswHandlers<Handler>(http: MswHttp<Handler>, emulator: Emulator, options: MswOptions = {}): Handler[] {
  const { apiUrls = [], callConnectUrls = [] } = readOptions("mswHandlers", options, MSW_OPTIONS);
  const { apiUrl, origin } = emulator;
  const takeOver = (from: string, to: string): Handler => {
    const base = new URL(from).href.replace(/\/$/, "");
    return http.all(`${base}/*`, ({ request }) => answer(emulator, to + request.url.slice(base.length), request));
  };
  return [
    ...[...Object.values(servers), ...apiUrls].map((url) => takeOver(url, apiUrl)),
    ...[...Object.values(callConnectServers), ...callConnectUrls, origin].map((url) => takeOver(url, origin)),
  ];
}

/** @param request Only its parts are read: in jsdom, it is of another class than the global `Request`. */
async function answer(emulator: Emulator, url: string, request: Request): Promise<Response> {
  try {
    return await emulator.fetch(url, request);
  } catch (error) {
    // This is how msw is told that nobody answers.
    if (error instanceof ConnectionReset) return Response.error();
    throw error;
  }
}
