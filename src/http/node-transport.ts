import type { ClientRequest, IncomingMessage, Agent as NodeAgent } from "node:http";
import type { Socket } from "node:net";
import { Answer, type Body, BodyReader, type ResponseHead } from "./answer.ts";
import { AttemptFailure, failureOf } from "./failure.ts";
import type { HttpAgent, Transport, TransportInit } from "./transport.ts";

/** How long an unused connection is kept, in ms: shorter than the usual servers do, so that no request meets a closing one. */
const IDLE = 10_000;

const AGENT_OPTIONS = { keepAlive: true, maxSockets: 64, timeout: IDLE };

let shared: ReturnType<typeof loadNode> | undefined;

/** `node:http` and `node:https` with one pool of connections for all clients; undefined where the runtime has none of its own. */
function loadNode() {
  if (typeof process === "undefined" || typeof process.getBuiltinModule !== "function") return undefined;
  // Cloudflare Workers, known by this class of theirs, lend a `node:http` that only wraps their `fetch`.
  if ("WebSocketPair" in globalThis) return undefined;
  const http = process.getBuiltinModule("node:http");
  const https = process.getBuiltinModule("node:https");
  if (!http || !https) return undefined;
  return { http, https, plain: new http.Agent(AGENT_OPTIONS), secure: new https.Agent(AGENT_OPTIONS) };
}

/** Whether an agent is one that `node:http` accepts; true as well where there is no `node:http` that could use it. */
export function isUsableAgent(agent: unknown): agent is HttpAgent {
  shared ??= loadNode();
  return !shared || agent instanceof shared.http.Agent;
}

/** The transport over `node:http`: cheaper than `fetch` on Node, quick to see a broken connection, and sure of what was sent. */
export function nodeTransport(agent: HttpAgent | undefined): Transport | undefined {
  shared ??= loadNode();
  if (!shared) return undefined;
  const { http, https, plain, secure } = shared;
  const own = agent instanceof http.Agent ? agent : undefined;
  return (url, init) =>
    url.startsWith("https:")
      ? exchange((options) => https.request(url, options), own ?? secure, url, init)
      : exchange((options) => http.request(url, options), own ?? plain, url, init);
}

interface RequestOptions {
  method: string;
  headers: Record<string, string>;
  agent: NodeAgent;
}

function exchange(
  open: (options: RequestOptions) => ClientRequest,
  agent: NodeAgent,
  url: string,
  init: TransportInit,
) {
  return new Promise<Response>((resolve, reject) => {
    const { method, body, signal } = init;
    const request = start(() => open({ method, headers: Object.fromEntries(init.headers), agent }));
    let sent = false;

    function stop(): void {
      if (signal.reason instanceof AttemptFailure) signal.reason.sent = sent;
      request.destroy();
      fail(signal.reason);
    }
    function fail(error: unknown): void {
      signal.removeEventListener("abort", stop);
      reject(failureOf(error, sent));
    }

    signal.addEventListener("abort", stop);
    request.on("socket", (socket) =>
      whenReady(socket, () => {
        sent = true;
      }),
    );
    request.on("error", fail);
    request.on("response", (response) => {
      readBody(response)
        .then((text) => {
          signal.removeEventListener("abort", stop);
          resolve(new Answer(url, headOf(response), text));
        })
        .catch(fail);
    });
    request.end(body);
  });
}

function start(open: () => ClientRequest): ClientRequest {
  try {
    return open();
  } catch (cause) {
    throw new AttemptFailure("network_error", "The request could not be made", { sent: false, final: true, cause });
  }
}

/** Calls back when the socket can carry bytes: at once when it is kept from an earlier request. */
function whenReady(socket: Socket, ready: () => void): void {
  const handshake = "secureConnecting" in socket && socket.secureConnecting;
  if (handshake) socket.once("secureConnect", ready);
  else if (socket.connecting) socket.once("connect", ready);
  else ready();
}

function readBody(response: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => {
    const body = new BodyReader();
    response.on("data", (chunk: Uint8Array) => {
      if (body.add(chunk)) return;
      resolve(body.tooLarge());
      response.destroy();
    });
    response.on("end", () => resolve(body.whole()));
    response.on("error", () => resolve(body.brokenOff()));
    response.on("close", () => resolve(body.brokenOff()));
  });
}

function headOf({ statusCode = 0, statusMessage = "", rawHeaders }: IncomingMessage): ResponseHead {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  return { status: statusCode, statusText: statusMessage, headers };
}
