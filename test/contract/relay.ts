import { type IncomingHttpHeaders, request as open } from "node:http";
import type { Loopback, Received } from "./loopback.ts";

/** A request that was passed on to Prism, and the violations that Prism reported. */
export interface Exchange extends Received {
  readonly status: number;
  /** The violations in the request or in the response of Prism; undefined without any. */
  readonly violations: string | undefined;
  readonly response: string;
}

/** A server that passes requests on with a `Prefer` header, which our clients cannot send. */
export interface Relay {
  readonly apiUrl: string;
  readonly exchanges: readonly Exchange[];
}

/** Opens a relay to Prism; `prefer` selects the response, such as `code=404`. */
export function relayTo(prism: string, { lane }: Pick<Loopback, "lane">, prefer = ""): Relay {
  const exchanges: Exchange[] = [];
  const apiUrl = lane(async (request) => {
    const { status, headers, body } = await forward(prism, request, prefer);
    const violations = headers["sl-violations"]?.toString();
    exchanges.push({ ...request, status, violations, response: body });
    const { connection, "keep-alive": _hop, ...kept } = headers;
    return { status, headers: kept, body };
  });
  return { apiUrl, exchanges };
}

interface Forwarded {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function forward(origin: string, { method, path, headers, body }: Received, prefer: string): Promise<Forwarded> {
  const { host, connection, ...kept } = headers;
  const all = { ...kept, ...(prefer && { prefer }) };
  return new Promise((resolve, reject) => {
    const request = open(origin + path, { method, headers: all, agent: false }, async (response) => {
      response.setEncoding("utf8");
      let text = "";
      try {
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      } catch (error) {
        reject(error);
      }
    });
    request.on("error", reject);
    request.end(body);
  });
}
