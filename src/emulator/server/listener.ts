import { type IncomingMessage, ServerResponse } from "node:http";
import { constants, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { Readable } from "node:stream";
import { TLSSocket } from "node:tls";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Emulator } from "../emulator.ts";
import { ConnectionReset } from "../http/faults.ts";
import { RequestData } from "../http/request.ts";
import { type Body, chunksOf, type Stream } from "../http/request-body.ts";
import { atEdge } from "./edge.ts";

/** A request as the servers of Node have it. */
export type Incoming = IncomingMessage | Http2ServerRequest;
/** An answer as the servers of Node have it. */
export type Outgoing = ServerResponse | Http2ServerResponse;

interface ListenerOptions {
  /** What stands for the host of a request that has none. Default `localhost`. */
  readonly hostname?: string | undefined;
  /** Whether the global `Request` and `Response` are replaced by faster ones. Default false. */
  readonly replacesGlobals?: boolean | undefined;
}

/** What a server of Node calls for each request, so that an emulator answers it. */
export function requestListener(
  emulator: Emulator,
  { hostname, replacesGlobals = false }: ListenerOptions = {},
): (incoming: Incoming, outgoing: Outgoing) => Promise<void> {
  const answer = atEdge(emulator);
  return getRequestListener(
    async (request, { incoming, outgoing }) => {
      try {
        const response = await answer(requestFrom(request, incoming));
        if (!response.headers.has("content-length") || !(outgoing instanceof ServerResponse)) return response;
        await sendAsItIs(response, outgoing);
      } catch (error) {
        if (!(error instanceof ConnectionReset)) throw error;
        breakOff(outgoing);
      }
      return RESPONSE_ALREADY_SENT;
    },
    { ...(hostname !== undefined && { hostname }), overrideGlobalObjects: replacesGlobals },
  );
}

/** A request whose body is read without the global `Request`, which need not be that of Node. */
function requestFrom(request: Request, incoming: Incoming): RequestData {
  const { url, method, headers, signal } = request;
  const body: Body = {
    chunks: () => chunksOf(uncancelled(incoming)),
    whole: () => request.arrayBuffer(),
  };
  return new RequestData({ url, method, headers, signal, body: /^(GET|HEAD)$/.test(method) ? undefined : body });
}

/** The stream of a body that may be left half read: cancelling it would end the connection before the response is sent. */
function uncancelled(incoming: Incoming): Stream {
  const reader = Readable.toWeb(incoming).getReader();
  return { getReader: () => ({ read: () => reader.read(), cancel: () => Promise.resolve() }) };
}

/** Ends a connection as if by accident. */
function breakOff(outgoing: Outgoing): void {
  if (!(outgoing instanceof ServerResponse)) outgoing.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else if (outgoing.socket instanceof TLSSocket) outgoing.destroy();
  else outgoing.socket?.resetAndDestroy();
}

/** Sends an answer that states its own length, which need not be true, and ends the connection where its body breaks off. */
async function sendAsItIs({ status, headers, body }: Response, outgoing: ServerResponse): Promise<void> {
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
