import { type Answer, readWhole } from "./answer.ts";
import { nodeTransport } from "./node-transport.ts";

/** What crosses the network: the part of `fetch` that the road uses. */
export type Transport = (url: string, init: TransportInit) => Promise<Answer>;

export interface TransportInit {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  /** Takes what is to be called, once at most, if the attempt has to end before its answer. */
  readonly onStop: (stop: (reason: unknown) => void) => void;
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
export function chooseTransport(baseUrl: string, fetch: Fetch | undefined, agent: HttpAgent | undefined): Transport {
  const carrier = fetch ? undefined : nodeTransport(baseUrl, agent);
  return carrier ?? ((url, init) => callFetch(fetch ?? globalThis.fetch, url, init));
}

/** Holds the request until the body was read: Node passes a signal on to it only as long as somebody does. */
async function callFetch(fetch: Fetch, url: string, { method, headers, body, onStop }: TransportInit): Promise<Answer> {
  const controller = new AbortController();
  onStop((reason) => controller.abort(reason));
  const { signal } = controller;
  const request = new Request(url, { method, headers: [...headers], body, signal, redirect: "manual" });
  const answer = await readWhole(await fetch(request), url);
  request.signal.throwIfAborted();
  return answer;
}
