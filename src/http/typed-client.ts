import type { Client } from "openapi-fetch";
import type { Api } from "./operation.ts";
import { isSignal } from "./options.ts";
import { hasDotSegment, problemOfId } from "./path.ts";
import type { Fetch } from "./transport.ts";

/** The methods of openapi-fetch's client that make a call. */
const VERBS = new Set<PropertyKey>(["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "request"]);

/** What a single call of the typed client brings along. */
export interface CallParts {
  /** Carries this call instead of the transport of the client. */
  readonly fetch: Fetch | undefined;
  /** A signal that the platform's `Request` does not take, because it is of another realm. */
  readonly signal: AbortSignal | undefined;
}

type CallInit = Readonly<Record<string, unknown>>;

/** What openapi-fetch reads of a call. As own properties, so that it reads none of `Object.prototype`. */
const NOTHING = {
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

/** Options of the platform's `fetch` that the client sets itself, and the only values that they can have. */
const FIXED: Readonly<Record<string, unknown>> = {
  redirect: "manual",
  cache: "no-store",
  credentials: undefined,
  integrity: undefined,
  keepalive: undefined,
  mode: undefined,
  referrer: undefined,
  referrerPolicy: undefined,
};

/** Wraps the client of openapi-fetch, so that it reads the options of a call as own properties. */
export function ownInits<Paths extends {}>(client: Client<Paths>): Client<Paths> {
  return wrapVerbs(client, (_path, init) => ({ ...NOTHING, ...init }));
}

/**
 * Wraps the client of openapi-fetch for callers, so that a call with a `fetch` or a signal of its own keeps deadline, retries
 * and checks, and what would be lost, or lead to another address, is refused.
 */
export function typedClient<Paths extends {}>(
  client: Client<Paths>,
  { Failure }: Api,
  fetchFor: (parts: CallParts) => (request: Request) => Promise<Response>,
): Client<Paths> {
  return wrapVerbs(client, (path, init) => {
    const problem = problemOfPath(path, init) ?? problemOfInit(init);
    if (problem) throw new Failure(undefined, "invalid_argument", problem);
    const own: CallInit = Object.assign(Object.create(null), NOTHING, init);
    const fetch = isFunction(own.fetch) ? own.fetch : undefined;
    const signal = isSignal(own.signal) && !(own.signal instanceof AbortSignal) ? own.signal : undefined;
    if (!fetch && !signal) return own;
    return { ...own, fetch: fetchFor({ fetch, signal }), signal: signal ? undefined : own.signal };
  });
}

/** Wraps the methods that make a call, and changes the options of each. */
function wrapVerbs<Paths extends {}>(
  client: Client<Paths>,
  change: (path: unknown, init: CallInit) => object,
): Client<Paths> {
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (!VERBS.has(name) || typeof member !== "function") return member;
      return async (...given: unknown[]) => {
        const verb = name === "request" ? given.slice(0, 1) : [];
        const [path, init] = given.slice(verb.length);
        return Reflect.apply(member, target, [...verb, path, change(path, Object(init))]);
      };
    },
  });
}

function problemOfInit(init: CallInit): string | undefined {
  for (const [name, value] of Object.entries(FIXED)) {
    const given = Object.hasOwn(init, name) ? init[name] : undefined;
    if (given !== undefined && given !== value) return `${name} cannot be set for a call. Pass a fetch that sets it`;
  }
  return undefined;
}

function problemOfPath(path: unknown, init: unknown): string | undefined {
  if (typeof path !== "string" || !path.startsWith("/")) return "The path must be a string that begins with /";
  if (hasDotSegment(path.replace(/[\t\r\n]/g, ""))) return `The path ${path} must not hold "." or ".." as a segment`;
  const { params }: { readonly params?: { readonly path?: object } } = Object(init);
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  return names.map((name) => problemOfId(name, Reflect.get(Object(params?.path), name))).find(Boolean);
}

function isFunction(value: unknown): value is Fetch {
  return typeof value === "function";
}
