import { isUsableAgent } from "./node-transport.ts";
import type { Api } from "./operation.ts";
import type { Patience } from "./road.ts";
import type { Fetch, HttpAgent } from "./transport.ts";

/** What can be said of a single call. It wins over what the client was made with. */
export interface CallOptions {
  /** Milliseconds for the whole call: all attempts, the waits between them, headers and bodies. Default 10,000. */
  timeout?: number;
  /** Extra attempts, made only where a repetition is harmless. Default 2. */
  retries?: number;
  /** Ends the call at once, in whatever phase it is; the call rejects with the signal's own reason. */
  signal?: AbortSignal;
}

/** What every client of this package can be told of its connection. */
export interface ConnectionOptions extends Omit<CallOptions, "signal"> {
  /** Carries the requests instead of the built-in transport: an emulator, a proxy, a test. */
  fetch?: Fetch;
  /** An agent of `node:http(s)`, e.g. for a proxy. Default: one with keep-alive and at most 64 sockets per origin, shared by all clients. */
  agent?: HttpAgent;
  /** Lets the secret travel unencrypted to a host that is not this machine, such as another container. Default false. */
  allowInsecureHttp?: boolean;
  /** Lets the client run in a browser, where everybody can read its secret. Default false. */
  dangerouslyAllowBrowser?: boolean;
}

const DEFAULT_PATIENCE: Patience = { timeout: 10_000, retries: 2 };

/** The longest time that a timer can hold, in ms. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Makes the checks of an API's options. Each refusal is the API's error, says what to change, and shows no secret. */
export function optionChecks({ name, Failure }: Api) {
  function refuse(problem: string): never {
    throw new Failure(undefined, "invalid_argument", problem);
  }

  /** The secret without the white space around it. */
  function secret(value: unknown, option: string): string {
    if (typeof value !== "string") refuse(`${option} must be a string: pass the key of your ${name} account`);
    const trimmed = value.trim();
    if (trimmed === "") refuse(`${option} is empty: pass the key of your ${name} account`);
    if (/\p{Cc}/u.test(trimmed)) refuse(`${option} must not hold control characters`);
    if (!trimmed.isWellFormed()) refuse(`${option} must be well-formed Unicode`);
    return trimmed;
  }

  /** The address that paths are appended to: absolute, without a trailing slash. */
  function apiUrl(value: unknown, allowInsecureHttp: boolean): URL {
    if (typeof value !== "string" || value.trim() === "") refuse("apiUrl must be a non-empty string");
    const text = value.trim();
    if (!URL.canParse(text)) refuse("apiUrl must be an absolute address such as https://host/path");
    const url = new URL(text);
    if (url.protocol !== "https:" && url.protocol !== "http:") refuse("apiUrl must begin with https://");
    if (url.username || url.password) refuse("apiUrl must not hold credentials");
    if (text.includes("?")) refuse("apiUrl must not hold a query");
    if (text.includes("#")) refuse("apiUrl must not hold a fragment");
    if (url.protocol === "http:" && !isLoopback(url.hostname) && !allowInsecureHttp) {
      refuse(
        "apiUrl must begin with https://, or allowInsecureHttp be true, since the secret would travel unencrypted",
      );
    }
    return url;
  }

  function patience(options: CallOptions, fallback: Patience = DEFAULT_PATIENCE): Patience {
    const { timeout = fallback.timeout, retries = fallback.retries } = options;
    if (!(timeout > 0 && timeout <= LONGEST_TIMEOUT)) {
      refuse(`timeout must be a number of milliseconds above 0 and up to ${LONGEST_TIMEOUT}`);
    }
    if (!Number.isSafeInteger(retries) || retries < 0) refuse("retries must be a whole number, 0 or more");
    return { timeout, retries };
  }

  function signal(value: unknown): void {
    if (value !== undefined && !(value instanceof AbortSignal)) refuse("signal must be an AbortSignal");
  }

  function connection({ fetch, agent, dangerouslyAllowBrowser = false }: ConnectionOptions): void {
    if (fetch !== undefined && typeof fetch !== "function") refuse("fetch must be a function");
    if (agent !== undefined && !isUsableAgent(agent)) refuse("agent must be an Agent of node:http or node:https");
    if (isBrowser() && !dangerouslyAllowBrowser) {
      refuse("A secret key has no place in a browser: call your own server, or set dangerouslyAllowBrowser");
    }
  }

  return { refuse, secret, apiUrl, patience, signal, connection };
}

function isLoopback(hostname: string): boolean {
  return hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname) || /^(.+\.)?localhost$/.test(hostname);
}

function isBrowser(): boolean {
  const node = typeof process === "undefined" ? undefined : process.versions?.node;
  return "window" in globalThis && "document" in globalThis && node === undefined;
}
