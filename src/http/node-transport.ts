import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { Answer, type Body, BodyReader, type ResponseHead } from "./answer.ts";
import { lossOf } from "./loss.ts";
import type { HttpAgent, Transport, TransportInit } from "./transport.ts";
import { Verdict } from "./verdict.ts";

/** An unused connection is kept for 10 s: shorter than servers usually do, so that no request meets a closing one. */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 64, timeout: 10_000 };

/** How many interim answers (1xx) a request may get. Some are in order; a flood of them would hold up the clock. */
const MOST_INTERIM = 2_000;

let shared: ReturnType<typeof loadNode> | undefined;

/** `node:http` and `node:https` with one pool of connections for all clients; undefined where the runtime has none of its own. */
function loadNode() {
  // Cloudflare Workers, known by this class of theirs, lend a `node:http` that only wraps their `fetch`. That of Deno sends a
  // request that was stopped once more by itself.
  if (typeof process === "undefined" || "Deno" in globalThis || "WebSocketPair" in globalThis) return undefined;
  const http = process.getBuiltinModule?.("node:http");
  const https = process.getBuiltinModule?.("node:https");
  return http && https && { http, https, plain: new http.Agent(AGENT_OPTIONS), secure: new https.Agent(AGENT_OPTIONS) };
}

/** Whether an agent is one that `node:http` accepts; true as well where there is no `node:http` that could use it. */
export function isUsableAgent(agent: unknown): boolean {
  shared ??= loadNode();
  return !shared || agent instanceof shared.http.Agent;
}

/** The transport over `node:http`: cheaper than `fetch` on Node, quick to see a broken connection, and sure of what was sent. */
export function nodeTransport(given: HttpAgent | undefined): Transport | undefined {
  shared ??= loadNode();
  if (!shared) return undefined;
  const { http, https, plain, secure } = shared;
  const own = given instanceof http.Agent ? given : undefined;
  return (url, init) => {
    const [module, pool] = url.startsWith("https:") ? [https, secure] : [http, plain];
    const options = { method: init.method, headers: Object.fromEntries(init.headers), agent: own ?? pool };
    return exchange(url, init, () => module.request(url, options));
  };
}

function exchange(url: string, { body, signal }: TransportInit, open: () => ClientRequest): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = open();
    let sent = false;
    let interim = 0;

    function stop(reason: unknown): void {
      if (reason instanceof Verdict) reason.processed = sent;
      request.destroy();
      fail(reason);
    }
    function end(response: IncomingMessage, body: Promise<Body>): void {
      body.then((body) => resolve(new Answer(url, headOf(response), body))).catch(fail);
    }
    function fail(error: unknown): void {
      reject(lossOf(error, sent));
    }

    signal.addEventListener("abort", () => stop(signal.reason));
    request.on("error", fail);
    request.on("socket", (socket) =>
      whenReady(socket, () => {
        sent = true;
      }),
    );
    // A change of protocols, which nobody asked for.
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      end(response, Promise.resolve({ text: "" }));
    });
    request.on("information", () => {
      if (++interim === MOST_INTERIM) {
        stop(new Verdict("invalid_response", "The answer is not final", { processed: true, passing: true }));
      }
    });
    request.on("response", (response) => end(response, readBody(response)));
    request.end(body);
  });
}

/** Calls back when the socket can carry bytes: at once when it is kept from an earlier request. */
function whenReady(socket: Socket, ready: () => void): void {
  if ("secureConnecting" in socket && socket.secureConnecting) socket.once("secureConnect", ready);
  else if (socket.connecting) socket.once("connect", ready);
  else ready();
}

function readBody(response: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => {
    const body = new BodyReader(response.headers["content-length"]);
    response.on("data", (chunk: Uint8Array) => {
      if (!body.add(chunk)) response.destroy();
    });
    response.on("end", () => resolve(body.end(true)));
    response.on("error", () => {});
    response.on("close", () => resolve(body.end(false)));
  });
}

function headOf({ statusCode = 0, statusMessage = "", rawHeaders }: IncomingMessage): ResponseHead {
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  return { status: statusCode, statusText: statusMessage, headers, type: "basic" };
}
