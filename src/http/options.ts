import { LONGEST_TIMER } from "./clock.ts";
import type { Hooks } from "./hooks.ts";
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
export interface ConnectionOptions extends Omit<CallOptions, "signal">, Hooks {
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

/** Makes the checks of an API's options. Each refusal is the API's error, says what to change, and shows no secret. */
export function optionChecks({ Failure }: Api) {
  function refuse(problem: string): never {
    throw new Failure(undefined, "invalid_argument", problem);
  }

  /** The secret without the white space around it. */
  function secret(value: unknown, option: string): string {
    const trimmed = typeof value === "string" ? value.trim() : "";
    if (trimmed === "" || /\p{Cc}|\p{Cs}/u.test(trimmed)) {
      refuse(`${option} is missing, empty or holds control characters`);
    }
    return trimmed;
  }

  /** The address that paths are appended to: absolute, without a trailing slash. */
  function apiUrl(value: unknown, allowInsecureHttp: boolean): URL {
    const text = typeof value === "string" ? value.trim() : "";
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !/^https?:[^?#]*$/i.test(text) || url.username || url.password) {
      return refuse("apiUrl must be like https://host/path, without credentials or query");
    }
    if (url.protocol === "http:" && !isLoopback(url.hostname) && !allowInsecureHttp) {
      refuse("apiUrl must begin with https://, unless allowInsecureHttp is set");
    }
    return url;
  }

  /** How patient a call is; its signal is checked on the way. */
  function patience(options: CallOptions, fallback: Patience = DEFAULT_PATIENCE): Patience {
    const { timeout = fallback.timeout, retries = fallback.retries, signal } = options;
    if (typeof timeout !== "number" || !(timeout >= 1 && timeout <= LONGEST_TIMER)) {
      refuse(`timeout must be from 1 to ${LONGEST_TIMER} ms`);
    }
    if (!Number.isSafeInteger(retries) || retries < 0) refuse("retries must be a whole number from 0");
    if (signal !== undefined && !(signal instanceof AbortSignal)) refuse("signal must be an AbortSignal");
    return { timeout, retries };
  }

  function connection(options: ConnectionOptions): void {
    const { agent, dangerouslyAllowBrowser = false } = options;
    for (const name of ["fetch", "onRequest", "onResponse"] as const) {
      const given: unknown = options[name];
      if (given !== undefined && typeof given !== "function") refuse(`${name} must be a function`);
    }
    if (agent !== undefined && !isUsableAgent(agent)) refuse("agent must be an Agent of node:http(s)");
    if (isBrowser() && !dangerouslyAllowBrowser) {
      refuse("Keep the secret key out of browsers, or set dangerouslyAllowBrowser");
    }
  }

  return { refuse, secret, apiUrl, patience, connection };
}

/** An address as paths are appended to it. */
export function withoutTrailingSlash({ origin, pathname }: URL): string {
  return origin + pathname.replace(/\/+$/, "");
}

function isLoopback(hostname: string): boolean {
  return /^(\[::1\]|127\.\d+\.\d+\.\d+|(.+\.)?localhost)$/.test(hostname);
}

function isBrowser(): boolean {
  return "document" in globalThis && !globalThis.process?.versions?.node;
}
