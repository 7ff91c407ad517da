import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { Socket } from "node:net";
import { builtinModule, requiredModule } from "../platform/builtin.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { type Body, BodyReader, inflate } from "./body.ts";
import { HeaderList } from "./headers.ts";
import { fromNetworkError, fromSynchronousThrow } from "./network-error.ts";
import { BufferedResponse, type ResponseHead } from "./response.ts";
import type { HttpAgent, Stop, Transport, TransportInit } from "./transport.ts";

/** Unused connections are kept for 10 s. Most servers keep them longer, so that few requests meet a connection that closes. */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 64, timeout: 10_000 };

/** After this time without use, in ms, the server may have closed a kept connection without Node having processed that. */
const MAY_BE_CLOSED_AFTER = 1_000;

/** How many interim responses (1xx) an attempt may get. A flood of them would keep the event loop too busy for timers. */
const MAX_INTERIM_RESPONSES = 2_000;

/** The modules of Node and the agents, shared by all clients; undefined until the first use. */
let shared: ReturnType<typeof loadNode> | undefined;

/** When a connection of the shared agents was last used, in milliseconds of `performance.now()`. */
const lastUse = new WeakMap<Socket, number>();

/** Loads `node:http` and `node:https`, with one agent each for all clients; undefined if the runtime has no HTTP of its own. */
function loadNode() {
  // Deno's `node:http` sends a request again after it was stopped. That of Cloudflare Workers, the runtime with the class
  // `WebSocketPair`, only wraps `fetch`.
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
    httpAgent: new http.Agent(options),
    httpsAgent: new https.Agent(options),
  };
}

/** Returns the option that makes the agents of Node 24 follow `HTTP_PROXY` and `HTTPS_PROXY`, if Node is started to do so. */
function proxyOfEnvironment(): { proxyEnv?: NodeJS.ProcessEnv } {
  const { env, execArgv } = globalThis.process;
  const usesProxy =
    env.NODE_USE_ENV_PROXY === "1" || [...execArgv, env.NODE_OPTIONS ?? ""].join(" ").includes("--use-env-proxy");
  return usesProxy ? { proxyEnv: env } : {};
}

/** Whether this runtime has a `node:http` that the transport can use. */
export function hasNodeHttp(): boolean {
  shared ??= loadNode();
  return shared !== undefined;
}

/** Whether `node:http` takes a value as an agent: an `http.Agent` of any copy or realm, or an object that works like one. */
export function isAgent(agent: unknown): boolean {
  return typeof agent === "object" && agent !== null && "addRequest" in agent && typeof agent.addRequest === "function";
}

/**
 * Creates a transport over `node:http`; undefined if the runtime has none. On Node this transport is faster than `fetch`,
 * detects a broken connection sooner, and returns whether bytes were sent.
 * @param callersAgent Used instead of the shared agents.
 */
export function nodeTransport(baseUrl: string, callersAgent: HttpAgent | undefined): Transport | undefined {
  shared ??= loadNode();
  if (!shared) return undefined;
  const { http, https, setImmediate, httpAgent, httpsAgent } = shared;
  const { protocol, hostname, port, origin } = new URL(baseUrl);
  const [module, agent] = protocol === "https:" ? [https, httpsAgent] : [http, httpAgent];
  const target = { protocol, hostname: hostname.replace(/[[\]]/g, ""), port };
  return (url, init) => {
    const options: RequestOptions = {
      ...target,
      method: init.method,
      path: url.slice(origin.length),
      headers: { ...init.headers },
      agent,
    };
    // The caller's agent may be of another class than the types require: `isAgent` has checked the members that Node uses.
    if (callersAgent) return exchange(module, Object.assign(options, { agent: callersAgent }), url, init);
    return closeExpired(agent) < MAY_BE_CLOSED_AFTER
      ? exchange(module, options, url, init)
      : afterTwoTurns(init, setImmediate, (newInit) => exchange(module, options, url, newInit));
  };
}

/**
 * Lets the event loop turn twice before a request, so that Node processes the closing of connections by the server. One
 * turn is not enough: it may begin after the phase in which sockets are read.
 */
async function afterTwoTurns(
  init: TransportInit,
  setImmediate: (callback: () => void) => void,
  send: (init: TransportInit) => ReturnType<Transport>,
): ReturnType<Transport> {
  let isStopped = false;
  let stop: Stop = () => {
    isStopped = true;
    return false;
  };
  init.onStop((reason) => stop(reason));
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  if (isStopped) throw new Error("The attempt was stopped before its request was sent");
  return send({
    ...init,
    onStop(callback) {
      stop = callback;
    },
  });
}

/**
 * Closes kept connections whose idle time is over. The agent has timers for this, but they do not fire while the event loop is
 * blocked, and the next request would then use a connection that the server has closed.
 * @returns How long the least recently used of the remaining connections has been idle, in milliseconds.
 */
function closeExpired({ freeSockets }: Agent): number {
  const now = performance.now();
  let longest = 0;
  for (const sockets of Object.values(freeSockets)) {
    // The least recently used sockets come first.
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

/** Sends a request and reads its response. */
function exchange(
  module: typeof import("node:http") | typeof import("node:https"),
  options: RequestOptions,
  url: string,
  { body, onStop }: TransportInit,
): ReturnType<Transport> {
  return new Promise((resolve) => {
    let request: ClientRequest;
    try {
      request = module.request(options);
    } catch (error) {
      resolve(fromSynchronousThrow(error, "The agent, or what replaces node:http,"));
      return;
    }
    let mayHaveBeenSent = false;
    let interimResponses = 0;

    function onError(error: unknown): void {
      resolve(fromNetworkError(error, mayHaveBeenSent));
    }

    function fail(failure: AttemptFailure): void {
      resolve(failure);
      request.destroy();
    }

    onStop(() => {
      request.destroy();
      return mayHaveBeenSent;
    });
    request.on("error", onError);
    request.on("socket", (socket) => {
      if (options.protocol === "https:" && !(isEncrypted(socket) && request.path === options.path)) {
        return fail(notEncrypted(mayHaveBeenSent));
      }
      const event = readyEvent(socket);
      mayHaveBeenSent = event === undefined;
      if (event) {
        socket.once(event, () => {
          mayHaveBeenSent = true;
        });
      }
    });
    // The server switches to another protocol, although the request did not ask for it.
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(new BufferedResponse(url, headOf(response), { text: "" }));
    });
    request.on("information", () => {
      interimResponses++;
      if (interimResponses === MAX_INTERIM_RESPONSES) {
        const details = { mayHaveBeenProcessed: mayHaveBeenSent, isRetryable: true };
        fail(new AttemptFailure("invalid_response", "The response is not final", details));
      }
    });
    request.on("response", (response) => {
      if (options.protocol === "https:" && !isEncrypted(response.socket)) return fail(notEncrypted(mayHaveBeenSent));
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
 * Whether a socket uses TLS. A proxy that rejects a tunnel responds over a socket without TLS. An agent that opens no tunnel,
 * but lets the proxy send the request, makes the path of the request absolute: then TLS ends at the proxy, if there is any.
 */
function isEncrypted(socket: Socket | null): boolean {
  return socket !== null && "encrypted" in socket && socket.encrypted === true;
}

function notEncrypted(mayHaveBeenSent: boolean): AttemptFailure {
  const problem =
    "The connection to the service is not encrypted: the proxy did not open a tunnel, so check its address and credentials, or the agent opens none, as one for http: does";
  return new AttemptFailure("network_error", problem, { mayHaveBeenProcessed: mayHaveBeenSent, isRetryable: false });
}

/** Returns the event after which a socket sends bytes; undefined for a kept connection, which sends them at once. */
function readyEvent(socket: Socket): "secureConnect" | "connect" | undefined {
  if ("secureConnecting" in socket && socket.secureConnecting) return "secureConnect";
  return socket.connecting ? "connect" : undefined;
}

/** Reads the whole body of a response, within the limit. A proxy may compress a body although the request forbids it. */
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

/** Reads a content coding; empty if there is none. Some servers send "none" or the name of a character set. */
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
