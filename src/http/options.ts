import { readOptions } from "../platform/own-options.ts";
import { parseUrl } from "../platform/parse-url.ts";
import { LONGEST_TIMER } from "../platform/timers.ts";
import type { CallLimits } from "./call.ts";
import { problemOfHeaders } from "./headers.ts";
import type { Hooks } from "./hooks.ts";
import { hasNodeHttp, isAgent } from "./node-transport.ts";
import type { Api } from "./operation.ts";
import { hasDotSegment, isSignal } from "./request.ts";
import type { Fetch, HttpAgent } from "./transport.ts";

/** Headers by their names. A value of undefined removes the header. */
export interface OwnHeaders {
  [name: string]: string | undefined;
}

/** The options of a single call. They override those of the client. */
export interface CallOptions {
  /** Milliseconds for the whole call: all attempts, the waits between them, headers and bodies. Default 10,000. */
  timeout?: number | undefined;
  /** Extra attempts, made only where a retry is harmless. Default 2. */
  retries?: number | undefined;
  /** Ends the call at once, in whatever phase it is; the call rejects with the signal's own reason. */
  signal?: AbortSignal | undefined;
  /**
   * Headers to add, such as one by which a gateway routes. Those of a call override those of the client. `authorization`,
   * `content-type` and others that the client sets itself are rejected.
   */
  headers?: OwnHeaders | undefined;
}

/** The options of the connection, which every client of this package has. */
export interface ConnectionOptions extends Omit<CallOptions, "signal">, Hooks {
  /**
   * Sends the requests instead of the built-in transport: an emulator, a proxy, a test. Any function that has the type of
   * `fetch`: it gets a `Request` whose text is its URL, and the same request as options. That of undici, node-fetch or
   * cross-fetch can be passed as it is. Not together with `agent`.
   */
  fetch?: Fetch | undefined;
  /**
   * An agent of `node:http(s)`, e.g. for a proxy, or any that `node:http` takes. Default: an agent with keep-alive and at most
   * 64 sockets per origin, shared by all clients; on Node 24 it follows `HTTPS_PROXY` with `NODE_USE_ENV_PROXY=1`. Not together
   * with `fetch`.
   */
  agent?: HttpAgent | undefined;
  /** Lets the secret travel unencrypted to a host that is not this machine, such as another container. Default false. */
  allowInsecureHttp?: boolean | undefined;
  /** Lets the client run in a browser, where everyone can read its secret. Default false. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** The names of `CallOptions`. */
const CALL_OPTIONS = { timeout: true, retries: true, signal: true, headers: true } satisfies Record<
  keyof CallOptions,
  true
>;

/** The names of `ConnectionOptions`. */
export const CONNECTION_OPTIONS = {
  timeout: true,
  retries: true,
  headers: true,
  fetch: true,
  agent: true,
  allowInsecureHttp: true,
  dangerouslyAllowBrowser: true,
  onRequest: true,
  onResponse: true,
} satisfies Record<keyof ConnectionOptions, true>;

/** In characters. The secret is sent in a header, and servers accept about 8 kB of headers. */
const LONGEST_SECRET = 4_096;

const DEFAULT_LIMITS: CallLimits = { timeout: 10_000, retries: 2 };

/** Creates the checks of an API's options. Each throws the API's error, which says what to change and shows no secret. */
export function optionChecks({ ErrorClass }: Api) {
  function refuse(problem: string): never {
    throw new ErrorClass(undefined, "invalid_argument", problem);
  }

  /** Returns the secret without the white space around it. */
  function secret(value: unknown, option: string): string {
    if (value === undefined) refuse(`${option} is missing: pass the secret key`);
    if (typeof value !== "string") refuse(`${option} must be a string, not ${value === null ? "null" : typeof value}`);
    const trimmed = value.trim();
    if (trimmed === "") refuse(`${option} is empty: pass the secret key`);
    if (/\p{Cc}|\p{Cs}/u.test(trimmed)) refuse(`${option} holds control characters: copy the key anew`);
    if (trimmed.length > LONGEST_SECRET) refuse(`${option} is longer than ${LONGEST_SECRET} characters: it is no key`);
    return trimmed;
  }

  /** Returns the URL to which paths are appended. */
  function apiUrl(value: unknown, allowInsecureHttp: boolean, option = "apiUrl"): URL {
    const text = typeof value === "string" ? value.trim() : "";
    const url = parseUrl(text);
    if (!url || !/^https?:[^?#]*$/i.test(text) || url.username || url.password) {
      return refuse(`${option} must be like https://host/path: absolute, without credentials, query or fragment`);
    }
    if (hasDotSegment(text.replace(/[\t\r\n]/g, "")))
      refuse(`${option} must not hold "." or ".." as a part of its path`);
    if (url.protocol === "http:" && !isLoopback(url.hostname) && !allowInsecureHttp) {
      refuse(
        `${option} must begin with https://, or the key travels unencrypted. For a host that you trust, set allowInsecureHttp`,
      );
    }
    return url;
  }

  /** Returns the limits of a call. Checks its signal and its headers as well. */
  function call(given: CallOptions, fallback: CallLimits = DEFAULT_LIMITS): CallLimits {
    const { timeout = fallback.timeout, retries = fallback.retries, signal, headers } = given;
    if (typeof timeout !== "number" || !(timeout >= 1 && timeout <= LONGEST_TIMER)) {
      refuse(`timeout must be a number of milliseconds from 1 to ${LONGEST_TIMER}`);
    }
    if (!Number.isSafeInteger(retries) || retries < 0)
      refuse("retries must be a whole number, 0 or more: 0 makes one attempt only");
    if (signal !== undefined && !isSignal(signal))
      refuse("signal must be an AbortSignal: pass controller.signal, not the controller");
    checkHeaders(headers);
    return { timeout, retries };
  }

  /** Copies the options of a single call. Unknown options are rejected by name. */
  function callOptions(given: CallOptions | undefined): CallOptions {
    return readOptions(given, CALL_OPTIONS, refuse);
  }

  function checkHeaders(headers: unknown): void {
    if (headers === undefined) return;
    const problem = problemOfHeaders(headers);
    if (problem) refuse(problem);
  }

  function connection({
    fetch,
    agent,
    onRequest,
    onResponse,
    allowInsecureHttp = false,
    dangerouslyAllowBrowser = false,
  }: ConnectionOptions): void {
    for (const [name, given] of Object.entries({ allowInsecureHttp, dangerouslyAllowBrowser })) {
      if (typeof given !== "boolean") refuse(`${name} must be true or false`);
    }
    for (const [name, given] of Object.entries({ fetch, onRequest, onResponse })) {
      if (given !== undefined && typeof given !== "function") refuse(`${name} must be a function`);
    }
    if (agent !== undefined) {
      if (!isAgent(agent))
        refuse(
          "agent must be one that node:http takes, such as an http.Agent. A dispatcher of undici goes into a fetch of your own",
        );
      if (fetch !== undefined) refuse("Pass fetch or agent, not both: with fetch, node:http is not used");
      if (!hasNodeHttp()) refuse("agent is for node:http, which this runtime does not have. Pass fetch instead");
    }
    platform(["Headers"], "The client");
    if (fetch) platform(["Request"], "The option fetch");
    if (isBrowser() && !dangerouslyAllowBrowser) {
      refuse(
        "A secret key has no place in a browser, where every visitor can read it: call your own server. Where there are no visitors, as in a test, set dangerouslyAllowBrowser",
      );
    }
  }

  /**
   * Checks that the platform has these classes, which a test environment may hide.
   * @param dependent The part of the client that needs the classes, for the message.
   */
  function platform(names: readonly string[], dependent: string): void {
    const missing = names.find((name) => typeof Reflect.get(globalThis, name) !== "function");
    if (missing) {
      refuse(
        `${dependent} needs the global ${missing}, which is not there. In Jest, use @jest-environment node or jest-fixed-jsdom`,
      );
    }
  }

  return { refuse, secret, apiUrl, call, callOptions, connection, platform };
}

/** Returns a URL without query and trailing slash, so that a path can be appended. */
export function withoutTrailingSlash({ origin, pathname }: URL): string {
  return origin + pathname.replace(/\/+$/, "");
}

function isLoopback(hostname: string): boolean {
  return /^(\[::1\]|127\.\d+\.\d+\.\d+|(.+\.)?localhost)$/.test(hostname);
}

function isBrowser(): boolean {
  return "document" in globalThis && !globalThis.process?.versions?.node;
}
