import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createRawServer, type Server, type Socket } from "node:net";

/** A request that a test server received, with its whole body. */
export interface Received {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
  /** The port that the request came from: the same for requests on one connection. */
  port: number | undefined;
}

export interface TestServer extends AsyncDisposable {
  url: string;
  /** Every request so far, in the order in which they were complete. */
  received: Received[];
}

export type Reply = (response: ServerResponse, request: Received, count: number) => void;

/** Listens on a free port of this machine and responds by `reply`, which gets the number of requests so far. */
export async function serve(reply: Reply): Promise<TestServer> {
  const received: Received[] = [];
  const listener: RequestListener = async (request, response) => {
    let body = "";
    try {
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
    } catch {
      return;
    }
    const one = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body,
      port: request.socket.remotePort,
    };
    received.push(one);
    reply(response, one, received.length);
  };
  const server = createServer(listener);
  return { ...(await listen(server)), received };
}

/** Listens with plain sockets, for responses that `node:http` would not send. */
export async function serveRaw(connect: (socket: Socket) => void): Promise<{ url: string } & AsyncDisposable> {
  return listen(createRawServer(connect));
}

async function listen(server: Server): Promise<{ url: string } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${portOf(address)}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
}

/** Returns an address of this machine without a listener. */
export async function closedUrl(): Promise<string> {
  const server = await serveRaw(() => {});
  await server[Symbol.asyncDispose]();
  return server.url;
}

/** Responds with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
