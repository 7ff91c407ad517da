import type { IncomingMessage, RequestOptions } from "node:http";
import type { Socket } from "node:net";
import { Answer, BodyReader, type ResponseHead } from "./answer.ts";
import { LightHeaders } from "./headers.ts";
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
export function nodeTransport(baseUrl: string, given: HttpAgent | undefined): Transport | undefined {
  shared ??= loadNode();
  if (!shared) return undefined;
  const { http, https, plain, secure } = shared;
  const { protocol, host, hostname, port, origin } = new URL(baseUrl);
  const [module, pool] = protocol === "https:" ? [https, secure] : [http, plain];
  const agent = given instanceof http.Agent ? given : pool;
  const name = hostname.replace(/[[\]]/g, "");
  return (url, init) => {
    const { method, body = "" } = init;
    // Who gives `node:http` a list says in it where it goes, and how long the body is.
    const hasLength = body || method.startsWith("P");
    const length = hasLength ? ["content-length", `${Buffer.byteLength(body)}`] : [];
    const headers = listOf(init.headers).concat("host", host, length);
    const path = url.slice(origin.length);
    const options = { host: name, port, agent, method, path, headers };
    // Agents of others go by the protocol to find a connection that they have kept; those of Node need not be told.
    return exchange(module, agent === pool ? options : { ...options, protocol }, url, init);
  };
}

function exchange(
  { request: open }: typeof import("node:http") | typeof import("node:https"),
  options: RequestOptions,
  url: string,
  { body, onStop }: TransportInit,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = open(options);
    let sent = false;
    let interim = 0;

    function fail(error: unknown): void {
      reject(lossOf(error, sent));
    }
    function stop(reason: unknown): void {
      if (reason instanceof Verdict) reason.processed = sent;
      request.destroy();
      fail(reason);
    }

    onStop(stop);
    request.on("error", fail);
    request.on("socket", (socket) => {
      const ready = readyEvent(socket);
      sent = !ready;
      if (ready) {
        socket.once(ready, () => {
          sent = true;
        });
      }
    });
    // A change of protocols, which nobody asked for.
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(new Answer(url, headOf(response), { text: "" }));
    });
    request.on("information", () => {
      if (++interim === MOST_INTERIM) {
        stop(new Verdict("invalid_response", "The answer is not final", { processed: true, passing: true }));
      }
    });
    request.on("response", (response) => {
      const head = headOf(response);
      const body = new BodyReader(head.headers.get("content-length"));
      response.on("data", (chunk: Uint8Array) => {
        if (!body.add(chunk)) response.destroy();
      });
      response.on("error", () => {});
      response.on("close", () => resolve(new Answer(url, head, body.end(response.complete))));
    });
    request.end(body);
  });
}

/** What tells that a socket can carry bytes; undefined when it can already, because it is kept from an earlier request. */
function readyEvent(socket: Socket): "secureConnect" | "connect" | undefined {
  if ("secureConnecting" in socket && socket.secureConnecting) return "secureConnect";
  return socket.connecting ? "connect" : undefined;
}

function headOf({ statusCode = 0, statusMessage = "", rawHeaders }: IncomingMessage): ResponseHead {
  return { status: statusCode, statusText: statusMessage, headers: new LightHeaders(rawHeaders), type: "basic" };
}

/** Names and values in turns. */
function listOf(headers: Headers): string[] {
  return headers instanceof LightHeaders ? headers.list : [...headers].flat();
}
