import type { Socket } from "node:net";
import { serveRaw } from "./server.ts";

/** A response after which the client waits for 9 s before it retries. */
export const UNAVAILABLE = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 9\r\ncontent-length: 2\r\n\r\n{}";

/** A phase of a call in which it can be ended, and how a server brings the call there. */
export interface Phase {
  readonly name: string;
  /** What the server sends once it has the request; nothing if undefined. */
  readonly sends?: string;
  /** The length of the request's body. */
  readonly size?: number;
  /** The server accepts the connection and stops reading after the first bytes. */
  readonly stopsReading?: boolean;
  /** The client waits for TLS, which the server does not speak. */
  readonly isSecure?: boolean;
  /** The call waits for its second attempt. */
  readonly isWaiting?: boolean;
}

/** The phases of a call in their order. */
export const PHASES: readonly Phase[] = [
  { name: "waits for TLS", isSecure: true, stopsReading: true },
  { name: "sends its body", stopsReading: true, size: 7_000_000 },
  { name: "has sent its request" },
  { name: "gets an interim response", sends: "HTTP/1.1 102 Processing\r\n\r\n" },
  { name: "reads the status line", sends: "HTTP/1.1 2" },
  { name: "reads the headers", sends: "HTTP/1.1 200 OK\r\ncontent-type: appl" },
  { name: "has read the headers", sends: "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n" },
  { name: "reads the body", sends: 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"challengeId"' },
  { name: "reads a chunk", sends: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"ch' },
  { name: "reads to the end of the connection", sends: 'HTTP/1.1 200 OK\r\n\r\n{"challengeId"' },
  { name: "reads the body of an error", sends: 'HTTP/1.1 503 No\r\ncontent-length: 99\r\n\r\n{"mess' },
  { name: "waits before a retry", sends: UNAVAILABLE, isWaiting: true },
];

/** A server that brings calls to a phase. */
export interface PhaseServer extends AsyncDisposable {
  readonly url: string;
  readonly sockets: Socket[];
  /** How many requests began. */
  readonly requests: () => number;
  /** Settles when the server has done its part, and the client has reacted to it. */
  readonly reached: Promise<void>;
}

/** Starts a server that brings a call to a phase. */
export async function servePhase({ sends, stopsReading = false, isSecure = false }: Phase): Promise<PhaseServer> {
  const sockets: Socket[] = [];
  let requests = 0;
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = () => settle().then(resolve);
  });
  const server = await serveRaw((socket) => {
    sockets.push(socket);
    if (stopsReading) {
      socket.once("data", () => {
        socket.pause();
        requests++;
        reach();
      });
      return;
    }
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (!/\r\n\r\n(\{.*\})?$/s.test(text)) return;
      text = "";
      requests++;
      if (sends) socket.write(sends, () => reach());
      else reach();
    });
  });
  const url = isSecure ? server.url.replace("http:", "https:") : server.url;
  return {
    url,
    sockets,
    requests: () => requests,
    reached,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Waits until both sides of a connection within this process have read what the other one wrote. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until the client has closed or reset the connection. */
export async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}
