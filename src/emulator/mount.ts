import { fieldOf } from "../platform/fields.ts";
import type { Emulator } from "./emulator.ts";
import { type HttpError, invalidRequest, notFound, toResponse } from "./http/errors.ts";
import { ConnectionReset } from "./http/faults.ts";
import { basePathOf, PORTLESS_ORIGIN, pathUnder } from "./http/origin.ts";
import { serveNetwork } from "./server/edge.ts";
import { type Incoming, type Outgoing, requestListener } from "./server/listener.ts";

/** The request of a server of Node, or of a framework built on one: Express, Connect, Vite. */
export interface NodeRequest {
  /** Method of the request. */
  readonly method?: string | undefined;
  /** Path and query of the request. */
  readonly url?: string | undefined;
  /** Headers of the request. */
  readonly headers: object;
}

/** The response of a server of Node, or of a framework built on one. */
export interface NodeResponse {
  /** Status of the response. */
  readonly statusCode: number;
  /** Whether its headers were sent. */
  readonly headersSent: boolean;
}

/** Handles a request of Node, or passes it to the next handler. */
export type NodeHandler = (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void) => void;

/**
 * Mounts an emulator in a server that speaks in web Requests: a Next.js route handler, Hono, Bun, Deno. Its option
 * `origin` says where. In Hono, give it whole paths: `app.all("/authsignal/*", (context) => handler(context.req.raw))`.
 * @returns A handler. It responds with 404 to a request that is not under the path of `origin`. A fault that ends the
 * connection becomes a response whose body fails, because only the server itself could end the connection.
 * @throws TypeError when the emulator has no `origin`.
 */
export function fetchHandler(emulator: Emulator): (request: Request) => Promise<Response> {
  const basePath = mountPathOf(emulator);
  const serve = serveNetwork(emulator);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathUnder(basePath, pathname) === undefined) return toResponse(outsideError(pathname, emulator));
    try {
      return await serve(request);
    } catch (error) {
      if (error instanceof ConnectionReset) return failingResponse(error, request.signal);
      throw error;
    }
  };
}

/**
 * Mounts an emulator in a server of Node: `app.use(nodeHandler(emulator))` in Express, Connect or Vite, before anything that
 * reads bodies, or `createServer(nodeHandler(emulator))`. Its option `origin` says where; a path given to `use` must be the
 * same. Requests outside of the path of `origin` are passed to `next`; without a next handler, the response is 404.
 * @throws TypeError when the emulator has no `origin`.
 */
export function nodeHandler(emulator: Emulator): NodeHandler {
  const basePath = mountPathOf(emulator);
  const listen = requestListener(emulator);
  return (request, response, next) => {
    if (!isIncoming(request) || !isOutgoing(response)) {
      throw new TypeError("nodeHandler takes requests of node:http. Use fetchHandler where they are web Requests");
    }
    const { path, mountPath } = pathsOf(request);
    if (pathUnder(basePath, path) === undefined) {
      // With a path given to `use`, the emulator is mounted at the wrong path. The 404 says so; `next` would hide it.
      if (next && mountPath === "") next();
      else sendError(outsideError(path, emulator), response);
    } else if (isBodyRead(request)) {
      sendError(
        invalidRequest("The body was read before it came to the emulator: mount it before express.json() and the like"),
        response,
      );
    } else {
      void listen(request, response);
    }
  };
}

/** The path at which an emulator is mounted. @throws TypeError when it was created without the option `origin`. */
function mountPathOf({ origin }: Emulator): string {
  if (origin !== PORTLESS_ORIGIN) return basePathOf(origin);
  throw new TypeError(
    'The emulator must know where it is mounted: createEmulator({ origin: "http://localhost:3000/authsignal" })',
  );
}

function outsideError(path: string, { origin }: Emulator): HttpError {
  return notFound(
    `${path} is not under ${basePathOf(origin)}, where the emulator is mounted. Its option origin, ${origin}, and the path of the mount must fit together`,
  );
}

/** The whole path of a request, and the part that a framework has removed. Express provides it, Connect does not. */
function pathsOf(request: Incoming): { path: string; mountPath: string } {
  const original = "originalUrl" in request ? request.originalUrl : undefined;
  const mountPath = "baseUrl" in request ? request.baseUrl : undefined;
  const target = typeof original === "string" ? original : (request.url ?? "");
  const path = URL.canParse(target) ? new URL(target).pathname : (target.split(/[?#]/)[0] ?? "");
  return { path, mountPath: typeof mountPath === "string" ? mountPath : "" };
}

/** Whether the request had a body that another handler has read. */
function isBodyRead(request: Incoming): boolean {
  const hasBody = Number(request.headers["content-length"]) > 0 || request.headers["transfer-encoding"] !== undefined;
  return hasBody && (request.readableEnded || request.readableDidRead);
}

function sendError(error: HttpError, response: Outgoing): void {
  response.statusCode = error.status;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(error.body));
}

/**
 * Creates a response whose body fails: the closest to a reset that is possible without the connection.
 * @param signal The signal of the request. When it has aborted, no caller waits for the body.
 */
function failingResponse(error: ConnectionReset, signal: AbortSignal): Response {
  const { aborted } = signal;
  return new Response(aborted ? null : new ReadableStream({ start: (controller) => controller.error(error) }));
}

/** Whether a request is a stream with headers. Its class is not compared, because frameworks have their own. */
function isIncoming(request: NodeRequest): request is Incoming {
  const areMethods = ["on", "pipe"].every((name) => typeof fieldOf(request, name) === "function");
  return areMethods && typeof fieldOf(request, "headers") === "object";
}

function isOutgoing(response: NodeResponse): response is Outgoing {
  return ["setHeader", "write", "end"].every((name) => typeof fieldOf(response, name) === "function");
}
