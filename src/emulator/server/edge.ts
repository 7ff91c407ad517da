import { getPath } from "hono/utils/url";
import type { Emulator } from "../emulator.ts";
import { forbidden, HttpError, invalidRequest, toResponse } from "../http/errors.ts";
import { ConnectionReset } from "../http/faults.ts";
import { checkHost, isForeign, type Sender } from "../http/hosts.ts";
import { basePathOf, pathUnder } from "../http/origin.ts";

/** Answers a request. @throws ConnectionReset when there shall be no answer. */
export type Answering = (request: Request) => Promise<Response>;

/** The Server API and Call Connect, to which no web page has a key. What begins with `/v1/client` is for web pages. */
const FOR_SERVERS = /^\/v1(?!\/client(\/|$))(\/|$)|^\/call\//;

/** What everybody may ask, and pages, which check the host themselves and have words for people. */
const UNCHECKED = /^\/$|^\/(health|challenge|_inspector)(\/|$)/;

/**
 * Answers requests that come over a network, of which more are refused than of those inside the process: names that are
 * not the emulator's (DNS rebinding), and web pages of other sites that call what is for servers.
 */
export function atEdge(emulator: Emulator): Answering {
  const { allowedHosts } = emulator;
  const basePath = basePathOf(emulator.origin);
  return async (request) => {
    try {
      checkAtEdge(request, basePath, allowedHosts);
      return await emulator.fetch(request);
    } catch (error) {
      if (error instanceof ConnectionReset) throw error;
      // Only an emulator that was closed fails: a server in which it is mounted lives longer.
      return toResponse(error instanceof HttpError ? error : new HttpError(503, "closed", Object(error).message));
    }
  };
}

function checkAtEdge(request: Request, basePath: string, allowedHosts: readonly string[]): void {
  const { username, password } = new URL(request.url);
  if (username !== "" || password !== "") throw invalidRequest("The address must not hold a user or a password");
  const pathname = getPath(request);
  const path = pathUnder(basePath, pathname) ?? pathname;
  if (UNCHECKED.test(path)) return;
  const sender: Sender = { url: request.url, header: (name) => request.headers.get(name) ?? undefined };
  checkHost(sender, allowedHosts);
  if (FOR_SERVERS.test(path) && isForeign(sender, allowedHosts)) {
    throw forbidden(
      "The Server API is for servers, because a web page cannot keep its secret key. Call it from your own server; web pages call the Client API, /v1/client",
    );
  }
}
