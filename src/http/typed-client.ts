import { fieldOf } from "../platform/fields.ts";
import type { Api } from "./operation.ts";
import { type CallerSignal, hasDotSegment, isSignal, problemOfId } from "./request.ts";
import type { Fetch } from "./transport.ts";

/** The methods of openapi-fetch's client that make a call. */
const CALL_METHODS = new Set<PropertyKey>([
  ...["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"],
  "request",
]);

/** The options of a single call of the typed client that the pipeline handles in the place of openapi-fetch. */
export interface CallOverrides {
  /** Sends the requests of the call instead of the client's transport. */
  readonly fetch: Fetch | undefined;
  /** A signal of another realm or library, which the platform's `Request` does not accept. */
  readonly signal: CallerSignal | undefined;
}

/** The options of a call of openapi-fetch. */
type CallInit = Readonly<Record<string, unknown>>;

/** The options that openapi-fetch reads, all undefined: as own properties they hide those of `Object.prototype`. */
const NO_OPTIONS = {
  baseUrl: undefined,
  fetch: undefined,
  Request: undefined,
  headers: undefined,
  params: undefined,
  parseAs: undefined,
  querySerializer: undefined,
  bodySerializer: undefined,
  pathSerializer: undefined,
  body: undefined,
  middleware: undefined,
};

/** Options of the platform's `fetch` that the client sets itself, each with the only value that a call may pass. */
const FIXED_OPTIONS: Readonly<Record<string, unknown>> = {
  redirect: "manual",
  cache: "no-store",
  credentials: undefined,
  integrity: undefined,
  keepalive: undefined,
  mode: undefined,
  referrer: undefined,
  referrerPolicy: undefined,
};

/** Wraps a client of openapi-fetch, so that it reads the options of a call as own properties. */
export function withOwnOptions<Client extends object>(client: Client): Client {
  return wrapCallMethods(client, (_path, init) => ({ ...NO_OPTIONS, ...init }));
}

/**
 * Wraps a client of openapi-fetch for callers. Deadline, retries and checks hold also for a call with a `fetch` or a signal.
 * Options that would have no effect and paths that lead to another address are rejected.
 * @param fetchFor Creates the `fetch` of a call.
 */
export function typedClient<Client extends object>(
  client: Client,
  { ErrorClass }: Api,
  fetchFor: (overrides: CallOverrides) => (request: Request) => Promise<Response>,
): Client {
  return wrapCallMethods(client, (path, init) => {
    const problem = problemOfPath(path, init) ?? problemOfInit(init);
    if (problem) throw new ErrorClass(undefined, "invalid_argument", problem);
    const options: CallInit = Object.assign(Object.create(null), NO_OPTIONS, init);
    const fetch = toFetch(options.fetch);
    const foreignSignal =
      isSignal(options.signal) && !(options.signal instanceof AbortSignal) ? options.signal : undefined;
    if (!fetch && !foreignSignal) return options;
    const signal = foreignSignal ? undefined : options.signal;
    return { ...options, fetch: fetchFor({ fetch, signal: foreignSignal }), signal };
  });
}

/** Wraps the methods of a client that make a call, so that `change` replaces the options of each call. */
function wrapCallMethods<Client extends object>(
  client: Client,
  change: (path: unknown, init: CallInit) => object,
): Client {
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (!CALL_METHODS.has(name) || typeof member !== "function") return member;
      return async (...given: unknown[]) => {
        // `request` takes the HTTP method before the path.
        const method = name === "request" ? given.slice(0, 1) : [];
        const [path, init] = given.slice(method.length);
        return Reflect.apply(member, target, [...method, path, change(path, Object(init))]);
      };
    },
  });
}

function problemOfInit(init: CallInit): string | undefined {
  for (const [name, value] of Object.entries(FIXED_OPTIONS)) {
    const given = Object.hasOwn(init, name) ? init[name] : undefined;
    if (given !== undefined && given !== value) return `${name} cannot be set for a call. Pass a fetch that sets it`;
  }
  return undefined;
}

function problemOfPath(path: unknown, init: CallInit): string | undefined {
  if (typeof path !== "string" || !path.startsWith("/")) return "The path must be a string that begins with /";
  if (hasDotSegment(path.replace(/[\t\r\n]/g, ""))) return `The path ${path} must not hold "." or ".." as a segment`;
  const ids = fieldOf(fieldOf(init, "params"), "path");
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  return names.map((name) => problemOfId(name, fieldOf(ids, name))).find(Boolean);
}

/** Returns a caller's function as a `fetch`. The transport checks what it returns. */
function toFetch(value: unknown): Fetch | undefined {
  if (typeof value !== "function") return undefined;
  return (request, init) => Reflect.apply(value, undefined, [request, init]);
}
