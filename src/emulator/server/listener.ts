import { type IncomingMessage, ServerResponse } from "node:http";
import { constants, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { Readable } from "node:stream";
import { TLSSocket } from "node:tls";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { ConnectionReset } from "../http/faults.ts";
import { RequestData } from "../http/request.ts";
import { type Body, chunksOf, type Stream } from "../http/request-body.ts";
import { type ServedEmulator, serveNetwork } from "./edge.ts";

/** A request of a server of Node. */
export type Incoming = IncomingMessage | Http2ServerRequest;
/** A response of a server of Node. */
export type Outgoing = ServerResponse | Http2ServerResponse;

interface ListenerOptions {
  /** The host of a request without a `Host` header. Default `localhost`. */
  readonly hostname?: string | undefined;
  /** Whether the global `Request` and `Response` are replaced by the faster classes of @hono/node-server. Default false. */
  readonly replacesGlobals?: boolean | undefined;
}

/** Creates the request listener by which a server of Node serves an emulator. */
export function requestListener(
  emulator: ServedEmulator,
  { hostname, replacesGlobals = false }: ListenerOptions = {},
): (incoming: Incoming, outgoing: Outgoing) => Promise<void> {
  const serve = serveNetwork(emulator);
  return getRequestListener(
    async (request, { incoming, outgoing }) => {
      try {
        const response = await serve(requestFrom(request, incoming));
        if (!response.headers.has("content-length") || !(outgoing instanceof ServerResponse)) return response;
        await sendUnchanged(response, outgoing);
      } catch (error) {
        if (!(error instanceof ConnectionReset)) throw error;
        resetConnection(outgoing);
      }
      return RESPONSE_ALREADY_SENT;
    },
    { ...(hostname !== undefined && { hostname }), overrideGlobalObjects: replacesGlobals },
  );
}

/** Creates a request whose body is read without the global `Request`, which a test environment may have replaced. */
function requestFrom(request: Request, incoming: Incoming): RequestData {
  const { url, method, headers, signal } = request;
  const body: Body = {
    chunks: () => chunksOf(uncancelled(incoming)),
    whole: () => request.arrayBuffer(),
  };
  return new RequestData({ url, method, headers, signal, body: /^(GET|HEAD)$/.test(method) ? undefined : body });
}

/** Returns a stream that ignores `cancel`, which would end the connection before the response to a half-read body is sent. */
function uncancelled(incoming: Incoming): Stream {
  const reader = Readable.toWeb(incoming).getReader();
  return { getReader: () => ({ read: () => reader.read(), cancel: () => Promise.resolve() }) };
}

/** Ends a connection without a response, as a crash would. */
function resetConnection(outgoing: Outgoing): void {
  if (!(outgoing instanceof ServerResponse)) outgoing.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else if (outgoing.socket instanceof TLSSocket) outgoing.destroy();
  else outgoing.socket?.resetAndDestroy();
}

/** Sends a response with the content-length that it states, which a fault may have made wrong, and ends the connection if its body fails. */
async function sendUnchanged({ status, headers, body }: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(status, Object.fromEntries(headers));
  try {
    for await (const chunk of body ?? []) {
      await new Promise<void>((resolve, reject) => {
        outgoing.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
    }
    outgoing.end();
  } catch {
    outgoing.destroy();
  }
}
