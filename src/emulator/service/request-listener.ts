import { type IncomingMessage, ServerResponse } from "node:http";
import { constants, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { TLSSocket } from "node:tls";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Emulator } from "../emulator.ts";
import { ConnectionReset } from "../wire/fault.ts";
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
    async (request, { outgoing }) => {
      try {
        const response = await answer(request);
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
