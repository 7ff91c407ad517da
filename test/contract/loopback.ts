import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";

/** A request on the wire; `path` is raw, with its query. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

type Handler = (request: Received) => Reply | Promise<Reply>;

/** A server on a free port of this machine. Each lane has a separate URL, so that tests share nothing. */
export interface Loopback {
  /** Opens a lane and returns its URL. */
  lane(handler: Handler): string;
  close(): Promise<void>;
}

export async function startLoopback(): Promise<Loopback> {
  const lanes: Handler[] = [];

  const server = createServer(async (request, response) => {
    const { url = "", method = "", headers } = request;
    const [, lane = "", path = ""] = /^\/(\d+)(.*)$/.exec(url) ?? [];
    const handler: Handler = lanes[Number(lane || NaN)] ?? (() => ({ status: 404, body: "No such lane" }));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    try {
      const reply = await handler({ method, path, headers, body });
      response.writeHead(reply.status, reply.headers).end(reply.body);
    } catch (error) {
      response.writeHead(502).end(`${error}`);
    }
  });
  // Longer than any client keeps an idle connection, so that no client uses one that is closing.
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");

  return {
    lane: (handler) => `http://127.0.0.1:${address.port}/${lanes.push(handler) - 1}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
