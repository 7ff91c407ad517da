import { type IncomingHttpHeaders, request as open } from "node:http";
import type { Loopback, Received } from "./loopback.ts";

/** A request that went through to Prism, and what Prism said to it. */
export interface Exchange extends Received {
  readonly status: number;
  /** What Prism found wrong with the request, or with its own answer; undefined when nothing. */
  readonly violations: string | undefined;
  readonly answer: string;
}

/** An address that passes requests on with a `Prefer` header, which a client has no way to send. */
export interface Relay {
  readonly apiUrl: string;
  readonly exchanges: readonly Exchange[];
}

/** Opens a relay to Prism; `prefer` is what to ask it for, such as `code=404`. */
export function relayTo(prism: string, { lane }: Pick<Loopback, "lane">, prefer = ""): Relay {
  const exchanges: Exchange[] = [];
  const apiUrl = lane(async (request) => {
    const { status, headers, body } = await forward(prism, request, prefer);
    const violations = headers["sl-violations"]?.toString();
    exchanges.push({ ...request, status, violations, answer: body });
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
