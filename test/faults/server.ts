import { createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { certificate, key } from "../support/certificate.ts";
import { type Api, AUTHSIGNAL, type Effect, type Meaning } from "./api.ts";
import type { Fault } from "./fault.ts";
import { RequestReader, type WholeRequest } from "./request-reader.ts";
import { goodResponse, json } from "./responses.ts";
import { perform } from "./script.ts";
import { leaksIn } from "./spellings.ts";

/** The requests and connections that a server counted. */
export interface Seen {
  connections: number;
  /** The requests that it carried out: each was read to its end, and the server acted on it. */
  readonly processed: Effect[];
  /** How often the fault was due again but comes once only. */
  spared: number;
  /** Requests that the client should not have sent, such as those that followed a redirect. */
  readonly strays: string[];
}

export interface FaultServer extends AsyncDisposable {
  readonly port: number;
  readonly seen: Seen;
}

const GONE = json(404, { errorCode: "not_found", error: "not_found" });

/**
 * Listens on a free port of this machine, serves the fault to the first request or to all of them, and a good response to the
 * others. `onRequest` is called for each request that was read to its end, before the response.
 */
export async function serveFault(
  fault: Fault,
  often: "once" | "always",
  onRequest: (request: WholeRequest) => void = () => {},
  api: Api = AUTHSIGNAL,
): Promise<FaultServer> {
  const seen: Seen = { connections: 0, processed: [], spared: 0, strays: [] };
  const other = await listen((socket) =>
    read(socket, (request) => {
      stray("elsewhere", request);
      perform(socket, [GONE]);
    }),
  );
  let given = 0;

  const server = await listen((socket) => {
    seen.connections++;
    if (strikes("connection")) return strike(socket, socket);
    const tls = { isServer: true, cert: certificate, key, ...fault.tls };
    serve(fault.isEncrypted ? new TLSSocket(socket, tls) : socket, socket);
  });

  function strikes(when: Fault["when"]): boolean {
    if (fault.when !== when) return false;
    if (often === "always" || given === 0) return true;
    seen.spared++;
    return false;
  }

  function strike(socket: Socket, wire: Socket, request?: WholeRequest): void {
    given++;
    const good = (request && api.meaningOf(request)?.good) ?? {};
    perform(socket, fault.script?.({ request, otherPort: other.port, good }) ?? [], wire);
  }

  function stray(where: string, { method, path, headers }: WholeRequest): void {
    const spellings = where === "elsewhere" ? leaksIn([...headers.values()].join()) : [];
    seen.strays.push([`${method} ${path} ${where}`, ...spellings.map((one) => `with the secret in ${one}`)].join(" "));
  }

  function isGone({ isDeletion, key }: Meaning): boolean {
    return fault.isGoneForGood === true && isDeletion && seen.processed.some((effect) => effect.key === key);
  }

  function serve(socket: Socket, wire: Socket): void {
    let isSpoilt = false;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      if (isSpoilt || chunk.includes(`${api.earlierPath} `) || !strikes("first bytes")) return;
      isSpoilt = true;
      strike(socket, wire);
    });
    read(socket, (request) => {
      if (isSpoilt) return;
      onRequest(request);
      if (request.path === api.earlierPath) {
        const good = goodResponse(api.earlierGood);
        return perform(socket, fault.earlier?.(good) ?? [good]);
      }
      const meaning = api.meaningOf(request);
      if (!meaning) stray("here", request);
      if (!meaning || isGone(meaning)) return perform(socket, [GONE]);
      const isStruck = strikes("request");
      if (!isStruck || fault.acts) seen.processed.push(meaning);
      if (isStruck) strike(socket, wire, request);
      else perform(socket, [goodResponse(meaning.good)]);
    });
  }

  return {
    port: server.port,
    seen,
    async [Symbol.asyncDispose]() {
      await Promise.all([server.stop(), other.stop()]);
    },
  };
}

function read(socket: Socket, onRequest: (request: WholeRequest) => void): void {
  const reader = new RequestReader();
  socket.on("data", (chunk) => {
    for (const request of reader.add(chunk)) onRequest(request);
  });
  socket.resume();
}

async function listen(onConnection: (socket: Socket) => void): Promise<{ port: number; stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: portOf(server),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
}
