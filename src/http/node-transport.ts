import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { Socket } from "node:net";
import { builtinModule, requiredModule } from "../platform/builtin.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { type Body, BodyReader } from "./body.ts";
import { HeaderList } from "./headers.ts";
import { inflate } from "./inflate.ts";
import { fromNetworkError, fromThrow } from "./network-error.ts";
import { BufferedResponse, type ResponseHead } from "./response.ts";
import type { HttpAgent, Transport, TransportInit } from "./transport.ts";

/** An unused connection is kept for 10 s: shorter than servers usually do, so that no request meets a closing one. */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 64, timeout: 10_000 };

/** After this many milliseconds of rest a kept connection may have been closed by its server without a word. */
const RESTED = 1_000;

/** How many interim answers (1xx) a request may get. Some are in order; a flood of them would hold up the clock. */
const MOST_INTERIM = 2_000;

let shared: ReturnType<typeof loadNode> | undefined;

/** When a connection of the shared agents was last used, in milliseconds of `performance.now()`. */
const lastUse = new WeakMap<Socket, number>();

/** `node:http` and `node:https` with one pool of connections for all clients; undefined where the runtime has none of its own. */
function loadNode() {
  // Cloudflare Workers, known by this class of theirs, lend a `node:http` that only wraps their `fetch`. That of Deno sends a
  // request that was stopped once more by itself.
  if ("Deno" in globalThis || "WebSocketPair" in globalThis) return undefined;
  const http = requiredModule("node:http");
  const https = requiredModule("node:https");
  const timers = builtinModule("node:timers");
  if (!http?.Agent || !https?.Agent || !timers) return undefined;
  const options = { ...AGENT_OPTIONS, ...proxyOfEnvironment() };
  return {
    http,
    https,
    setImmediate: timers.setImmediate,
    plain: new http.Agent(options),
    secure: new https.Agent(options),
  };
}

/** The option by which the agents of Node 24 follow `HTTP_PROXY` and `HTTPS_PROXY`, where the program asks Node to do so. */
function proxyOfEnvironment(): { proxyEnv?: NodeJS.ProcessEnv } {
  const { env, execArgv } = globalThis.process;
  const isAsked =
    env.NODE_USE_ENV_PROXY === "1" || [...execArgv, env.NODE_OPTIONS ?? ""].join(" ").includes("--use-env-proxy");
  return isAsked ? { proxyEnv: env } : {};
}

/** Whether this runtime has a `node:http` of its own. */
export function hasNodeHttp(): boolean {
  shared ??= loadNode();
  return shared !== undefined;
}

/** Whether `node:http` takes this as an agent: an `http.Agent` of any copy or realm, or what does the same. */
export function isAgent(agent: unknown): boolean {
  return typeof agent === "object" && agent !== null && "addRequest" in agent && typeof agent.addRequest === "function";
}

/** The transport over `node:http`: cheaper than `fetch` on Node, quick to see a broken connection, and sure of what was sent. */
export function nodeTransport(baseUrl: string, given: HttpAgent | undefined): Transport | undefined {
  shared ??= loadNode();
  if (!shared) return undefined;
  const { http, https, setImmediate, plain, secure } = shared;
  const { protocol, hostname, port, origin } = new URL(baseUrl);
  const [module, pool] = protocol === "https:" ? [https, secure] : [http, plain];
  const where = { protocol, hostname: hostname.replace(/[[\]]/g, ""), port };
  return (url, init) => {
    const options: RequestOptions = {
      ...where,
      method: init.method,
      path: url.slice(origin.length),
      headers: { ...init.headers },
      agent: pool,
    };
    // An agent of the caller need not be of the class that the types ask for: `isAgent` has looked at its shape.
    if (given) return exchange(module, Object.assign(options, { agent: given }), url, init);
    const rest = closeStale(pool);
    return rest < RESTED
      ? exchange(module, options, url, init)
      : afterTurns(init, setImmediate, (own) => exchange(module, options, url, own));
  };
}

/**
 * Lets the event loop turn twice before a call, so that it hears of connections which the server has closed meanwhile: the
 * second turn has looked at all of them, wherever the first one began.
 */
async function afterTurns(
  init: TransportInit,
  turn: (callback: () => void) => void,
  call: (init: TransportInit) => Promise<BufferedResponse>,
): Promise<BufferedResponse> {
  let reason: unknown;
  let stop = (given: unknown): void => {
    reason = given ?? new Error("Stopped");
  };
  init.onStop((given) => stop(given));
  await new Promise<void>((resolve) => turn(() => turn(resolve)));
  if (reason !== undefined) {
    if (reason instanceof AttemptFailure) reason.processed = false;
    throw reason;
  }
  return call({
    ...init,
    onStop(callback) {
      stop = callback;
    },
  });
}

/**
 * Closes kept connections whose idle time is over. Their timers do it as well, but not while the event loop is blocked: then
 * the next request would meet a connection that the server has closed. The oldest come first in the list.
 * @returns How long the one that was used least recently has been idle, of those that are left; in milliseconds.
 */
function closeStale({ freeSockets }: Agent): number {
  const now = performance.now();
  let longest = 0;
  for (const sockets of Object.values(freeSockets)) {
    for (const socket of sockets ?? []) {
      const idle = now - (lastUse.get(socket) ?? now);
      if (idle < (socket.timeout || Number.POSITIVE_INFINITY)) {
        longest = Math.max(longest, idle);
        break;
      }
      socket.destroy();
    }
  }
  return longest;
}

function exchange(
  module: typeof import("node:http") | typeof import("node:https"),
  options: RequestOptions,
  url: string,
  { body, onStop }: TransportInit,
): Promise<BufferedResponse> {
  return new Promise((resolve, reject) => {
    let request: ClientRequest;
    try {
      request = module.request(options);
    } catch (error) {
      reject(fromThrow(error, "The agent, or what replaces node:http,"));
      return;
    }
    let sent = false;
    let interim = 0;

    function fail(error: unknown): void {
      reject(fromNetworkError(error, sent));
    }
    function stop(reason: unknown): void {
      if (reason instanceof AttemptFailure) reason.processed = sent;
      request.destroy();
      fail(reason);
    }

    onStop(stop);
    request.on("error", fail);
    request.on("socket", (socket) => {
      if (options.protocol === "https:" && !(isEncrypted(socket) && request.path === options.path)) {
        return stop(unencrypted());
      }
      const ready = readyEvent(socket);
      sent = !ready;
      if (ready) {
        socket.once(ready, () => {
          sent = true;
        });
      }
    });
    // A change of protocols, which was not asked for.
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(new BufferedResponse(url, headOf(response), { text: "" }));
    });
    request.on("information", () => {
      if (++interim === MOST_INTERIM) {
        stop(new AttemptFailure("invalid_response", "The response is not final", { processed: true, retryable: true }));
      }
    });
    request.on("response", (response) => {
      if (options.protocol === "https:" && !isEncrypted(response.socket)) return stop(unencrypted());
      const head = headOf(response);
      readBody(response, head.headers, (body) => {
        if (request.socket) lastUse.set(request.socket, performance.now());
        resolve(new BufferedResponse(url, head, body));
      });
    });
    request.end(body);
  });
}

/**
 * Whether a socket is one of TLS. A proxy that refuses a tunnel is heard over a socket that is none. An agent that asks a proxy
 * to call for it, instead of opening a tunnel, gives the request an absolute path: then the TLS, if any, ends at the proxy.
 */
function isEncrypted(socket: Socket | null): boolean {
  return socket !== null && "encrypted" in socket && socket.encrypted === true;
}

function unencrypted(): AttemptFailure {
  const problem =
    "The connection to the service is not encrypted: the proxy did not open a tunnel, so check its address and credentials, or the agent opens none, as one for http: does";
  return new AttemptFailure("network_error", problem, { processed: false, retryable: false });
}

/** What tells that a socket can carry bytes; undefined when it can already, because it is kept from an earlier request. */
function readyEvent(socket: Socket): "secureConnect" | "connect" | undefined {
  if ("secureConnecting" in socket && socket.secureConnecting) return "secureConnect";
  return socket.connecting ? "connect" : undefined;
}

/** Reads the body of a response to its end, within the limit; inflates one that is compressed though `identity` was asked for. */
function readBody(response: IncomingMessage, headers: Headers, done: (body: Body) => void): void {
  const reader = new BodyReader(headers.get("content-length"));
  response.on("data", (chunk: Uint8Array) => {
    if (!reader.add(chunk)) response.destroy();
  });
  response.on("error", () => {});
  response.on("close", () => {
    const coding = codingOf(headers.get("content-encoding"));
    if (!response.complete) return done(reader.end("broke off"));
    if (!coding || reader.bytes.length === 0) return done(reader.end());
    headers.delete("content-encoding");
    headers.delete("content-length");
    inflate(coding, reader.bytes, done);
  });
}

/** Reads a content coding; empty when there is none. Some servers name a character set, or say that there is none. */
function codingOf(header: string | null): string {
  const codings = (header ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim());
  return codings.filter((coding) => !["", "identity", "none", "utf-8"].includes(coding)).join(", ");
}

function headOf({ statusCode = 0, statusMessage = "", rawHeaders }: IncomingMessage): ResponseHead {
  return { status: statusCode, statusText: statusMessage, headers: new HeaderList(rawHeaders), type: "basic" };
}
