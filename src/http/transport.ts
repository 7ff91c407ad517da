import type { AttemptFailure } from "./attempt-failure.ts";
import type { BufferedResponse } from "./response.ts";

/**
 * Sends a request once. Resolves with the whole response, or with an `AttemptFailure` where only the transport has its details,
 * such as whether bytes were sent. Rejects with any other error; `network-error.ts` then derives the details from the error.
 */
export type Transport = (url: string, init: TransportInit) => Promise<BufferedResponse | AttemptFailure>;

/** A request for a transport. */
export interface TransportInit {
  readonly method: string;
  /** With lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Registers the function that stops the transport. That function is called at most once, before the transport settles. */
  readonly onStop: (stop: Stop) => void;
}

/**
 * Stops a transport, for the reason of the caller's signal or a timeout.
 * Returns whether bytes of the request may have been sent.
 */
export type Stop = (reason: unknown) => boolean;

/**
 * Any function of the type of `fetch`: the platform's, that of undici or node-fetch, a proxy's, the emulator's, a test's. The first
 * argument is a `Request` whose text is its URL; the second argument holds the same request as options. Use either.
 */
export type Fetch = (request: Request, init: FetchInit) => Response | Promise<Response>;

/** The second argument of a `fetch`: the request as options. */
export interface FetchInit {
  /** The HTTP method. */
  method: string;
  /** All headers, with lower-case names. */
  headers: Record<string, string>;
  /** The JSON text of the body, if there is one. */
  body?: string;
  /** Ends the attempt. */
  signal: AbortSignal;
  /** A redirect is not followed. */
  redirect: "manual";
  /** No response is kept; left out where the platform does not take it. */
  cache?: "no-store";
}

/** An agent of `node:http` or `node:https`. Described by its shape, so that no consumer needs Node's types. */
export interface HttpAgent {
  /** The largest number of connections to one origin. */
  maxSockets: number;
  /** Closes all connections. */
  destroy(): void;
}
