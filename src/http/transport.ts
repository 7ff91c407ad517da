import { readWhole } from "./answer.ts";
import { nodeTransport } from "./node-transport.ts";

/** What crosses the network: the part of `fetch` that the road uses. */
export type Transport = (url: string, init: TransportInit) => Promise<Response>;

export interface TransportInit {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
  readonly redirect: "manual";
}

/** Whatever answers requests: the platform's `fetch`, a proxy's, the emulator's, a test's. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** An agent of `node:http` or `node:https`. Described by its shape, so that no consumer needs Node's types. */
export interface HttpAgent {
  /** How many connections it opens to one origin at most. */
  maxSockets: number;
  /** Closes its connections. */
  destroy(): void;
}

/** The caller's `fetch` if there is one, else `node:http` where it is the real one, else the platform's `fetch`. */
export function chooseTransport(fetch: Fetch | undefined, agent: HttpAgent | undefined): Transport {
  if (fetch) return async (url, init) => callFetch(fetch, new Request(url, init));
  return nodeTransport(agent) ?? (async (url, init) => globalThis.fetch(url, init));
}

/** Holds the request until the body was read: Node passes a signal on to it only as long as somebody does. */
async function callFetch(fetch: Fetch, request: Request): Promise<Response> {
  const answer = await readWhole(await fetch(request), request.url);
  request.signal.throwIfAborted();
  return answer;
}
