import { createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { certificate, key } from "../support/certificate.ts";
import { goodAnswer, json } from "./answers.ts";
import type { Fault } from "./fault.ts";
import { EARLIER_USER, OPERATIONS, type OperationName, operationOf } from "./operations.ts";
import { RequestReader, type WholeRequest } from "./request-reader.ts";
import { perform } from "./script.ts";

/** What a server saw, by its own count. */
export interface Seen {
  connections: number;
  /** The requests that it carried out: each was read to its end, and the server acted on it. */
  readonly processed: Effect[];
  /** Requests that nobody should have sent, such as those that followed a redirect. */
  readonly strays: string[];
}

/** What a request changes. Two requests with the same effect change it once. */
export interface Effect {
  readonly operation: OperationName;
  readonly key: string;
}

export interface FaultServer extends AsyncDisposable {
  readonly port: number;
  readonly seen: Seen;
}

const GONE = json(404, { errorCode: "not_found" });

/** Listens on a free port of this machine, meets the first request or all of them with a fault, and answers the others well. */
export async function serveFault(fault: Fault, often: "once" | "always"): Promise<FaultServer> {
  const seen: Seen = { connections: 0, processed: [], strays: [] };
  const other = await listen((socket) => read(socket, (request) => stray("elsewhere", request)));
  let given = 0;

  const server = await listen((socket) => {
    seen.connections++;
    if (strikes("connection")) return strike(socket, socket);
    const tls = { isServer: true, cert: certificate, key, ...fault.tls };
    serve(fault.isEncrypted ? new TLSSocket(socket, tls) : socket, socket);
  });

  function strikes(when: Fault["when"]): boolean {
    return fault.when === when && (often === "always" || given === 0);
  }

  function strike(socket: Socket, wire: Socket, request?: WholeRequest): void {
    given++;
    perform(socket, fault.script?.({ request, otherPort: other.port, good: goodOf(request) }) ?? [], wire);
  }

  function stray(where: string, { method, path }: WholeRequest): void {
    seen.strays.push(`${method} ${path} ${where}`);
  }

  function act(operation: OperationName, { path, body }: WholeRequest): void {
    const { idempotencyKey = "" } = body ? JSON.parse(body) : {};
    seen.processed.push({ operation, key: `${operation} ${path} ${idempotencyKey}` });
  }

  function isGone(operation: OperationName): boolean {
    if (!fault.isGoneForGood || operation !== "deleteUser") return false;
    return seen.processed.some((effect) => effect.operation === operation);
  }

  function serve(socket: Socket, wire: Socket): void {
    let isSpoilt = false;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      if (isSpoilt || chunk.includes(`/users/${EARLIER_USER} `) || !strikes("first bytes")) return;
      isSpoilt = true;
      strike(socket, wire);
    });
    read(socket, (request) => {
      if (isSpoilt) return;
      if (request.path === `/users/${EARLIER_USER}`) {
        return perform(
          socket,
          fault.earlier?.(goodAnswer(OPERATIONS.getUser.good)) ?? [goodAnswer(OPERATIONS.getUser.good)],
        );
      }
      const operation = operationOf(request.method, request.path);
      if (!operation) return stray("here", request);
      if (isGone(operation)) return perform(socket, [GONE]);
      const isStruck = strikes("request");
      if (!isStruck || fault.acts) act(operation, request);
      if (isStruck) strike(socket, wire, request);
      else perform(socket, [goodAnswer(OPERATIONS[operation].good)]);
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

function goodOf(request: WholeRequest | undefined): object {
  const operation = request && operationOf(request.method, request.path);
  return operation ? OPERATIONS[operation].good : {};
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
