import { fieldOf } from "../platform/fields.ts";
import type { Emulator } from "./emulator.ts";
import { type HttpError, invalidRequest, notFound, toResponse } from "./http/errors.ts";
import { ConnectionReset } from "./http/faults.ts";
import { basePathOf, PORTLESS_ORIGIN, pathUnder } from "./http/origin.ts";
import { serveNetwork } from "./server/edge.ts";
import { type Incoming, type Outgoing, requestListener } from "./server/listener.ts";

/** The request of a server of Node, or of what is built on one: Express, Connect, Vite. */
export interface NodeRequest {
  /** Verb of the request. */
  readonly method?: string | undefined;
  /** Path and query of the request. */
  readonly url?: string | undefined;
  /** Headers of the request. */
  readonly headers: object;
}

/** The answer of a server of Node, or of what is built on one. */
export interface NodeResponse {
  /** Status of the answer. */
  readonly statusCode: number;
  /** Whether its headers are on their way. */
  readonly headersSent: boolean;
}

/** Answers a request of Node, or hands it to whoever comes next. */
export type NodeHandler = (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void) => void;

/**
 * Mounts an emulator in a server that speaks in web Requests: a Next.js route handler, Hono, Bun, Deno. Its option
 * `origin` says where. In Hono, give it whole paths: `app.all("/authsignal/*", (context) => handler(context.req.raw))`.
 * @returns What answers each request, with 404 for one that is not under the path of `origin`. A broken connection is an
 * answer whose body breaks off, as only the server could do it properly.
 * @throws TypeError when the emulator has no `origin`.
 */
export function fetchHandler(emulator: Emulator): (request: Request) => Promise<Response> {
  const basePath = mountPathOf(emulator);
  const serve = serveNetwork(emulator);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathUnder(basePath, pathname) === undefined) return toResponse(outside(pathname, emulator));
    try {
      return await serve(request);
    } catch (error) {
      if (error instanceof ConnectionReset) return brokenOff(error, request.signal);
      throw error;
    }
  };
}

/**
 * Mounts an emulator in a server of Node: `app.use(nodeHandler(emulator))` in Express, Connect or Vite, before anything that
 * reads bodies, or `createServer(nodeHandler(emulator))`. Its option `origin` says where; a path given to `use` must be the
 * same. Requests outside of the path of `origin` are for whoever comes next, and get 404 when nobody does.
 * @throws TypeError when the emulator has no `origin`.
 */
export function nodeHandler(emulator: Emulator): NodeHandler {
  const basePath = mountPathOf(emulator);
  const listen = requestListener(emulator);
  return (request, response, next) => {
    if (!isIncoming(request) || !isOutgoing(response)) {
      throw new TypeError("nodeHandler takes requests of node:http. Use fetchHandler where they are web Requests");
    }
    const { path, mountPath } = placeOf(request);
    if (pathUnder(basePath, path) === undefined) {
      // Whoever mounted it at another path wants to know, and not to be passed on.
      if (next && mountPath === "") next();
      else refuse(outside(path, emulator), response);
    } else if (isRead(request)) {
      refuse(
        invalidRequest("The body was read before it came to the emulator: mount it before express.json() and the like"),
        response,
      );
    } else {
      void listen(request, response);
    }
  };
}

/** @throws TypeError when there is no address at which the emulator could be mounted. */
function mountPathOf({ origin }: Emulator): string {
  if (origin !== PORTLESS_ORIGIN) return basePathOf(origin);
  throw new TypeError(
    'The emulator must know where it is mounted: createEmulator({ origin: "http://localhost:3000/authsignal" })',
  );
}

function outside(path: string, { origin }: Emulator): HttpError {
  return notFound(
    `${path} is not under ${basePathOf(origin)}, where the emulator is mounted. Its option origin, ${origin}, and the path of the mount must fit together`,
  );
}

/** The whole path of a request, and what of it a framework has taken away: Express tells, Connect does not. */
function placeOf(request: Incoming): { path: string; mountPath: string } {
  const original = "originalUrl" in request ? request.originalUrl : undefined;
  const mountPath = "baseUrl" in request ? request.baseUrl : undefined;
  const target = typeof original === "string" ? original : (request.url ?? "");
  const path = URL.canParse(target) ? new URL(target).pathname : (target.split(/[?#]/)[0] ?? "");
  return { path, mountPath: typeof mountPath === "string" ? mountPath : "" };
}

/** Whether there was a body, and somebody has read it. */
function isRead(request: Incoming): boolean {
  const hasBody = Number(request.headers["content-length"]) > 0 || request.headers["transfer-encoding"] !== undefined;
  return hasBody && (request.readableEnded || request.readableDidRead);
}

function refuse(refusal: HttpError, response: Outgoing): void {
  response.statusCode = refusal.status;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(refusal.body));
}

/**
 * What comes nearest to a connection that ends without an answer, for whoever has no hold of the connection.
 * @param signal Tells whether anybody still waits.
 */
function brokenOff(error: ConnectionReset, signal: AbortSignal): Response {
  const { aborted } = signal;
  return new Response(aborted ? null : new ReadableStream({ start: (controller) => controller.error(error) }));
}

/** Whether a request is a stream with headers by name, whatever its class is: frameworks have their own. */
function isIncoming(request: NodeRequest): request is Incoming {
  const areMethods = ["on", "pipe"].every((name) => typeof fieldOf(request, name) === "function");
  return areMethods && typeof fieldOf(request, "headers") === "object";
}

function isOutgoing(response: NodeResponse): response is Outgoing {
  return ["setHeader", "write", "end"].every((name) => typeof fieldOf(response, name) === "function");
}
