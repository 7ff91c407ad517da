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

/**
 * Wraps the client of openapi-fetch, so that a call with a `fetch` or a signal of its own keeps deadline, retries and checks,
 * and an address that would become another one is refused.
 */
export function typedClient<Paths extends {}>(
  client: Client<Paths>,
  { Failure }: Api,
  fetchFor: (parts: CallParts) => (request: Request) => Promise<Response>,
): Client<Paths> {
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (!VERBS.has(name) || typeof member !== "function") return member;
      return async (...given: unknown[]) => {
        const verb = name === "request" ? given.slice(0, 1) : [];
        const [path, init] = given.slice(verb.length);
        const problem = problemOfPath(path, init);
        if (problem) throw new Failure(undefined, "invalid_argument", problem);
        return Reflect.apply(member, target, [...verb, path, prepare(Object(init))]);
      };
    },
  });

  function prepare(init: CallInit): object {
    const fetch = isFunction(init.fetch) ? init.fetch : undefined;
    const signal = isSignal(init.signal) && !(init.signal instanceof AbortSignal) ? init.signal : undefined;
    if (!fetch && !signal) return init;
    const own = { ...init, fetch: fetchFor({ fetch, signal }) };
    return signal ? { ...own, signal: undefined } : own;
  }
}

function problemOfPath(path: unknown, init: unknown): string | undefined {
  if (typeof path !== "string") return "The path must be a string";
  if (hasDotSegment(path)) return `The path ${path} must not hold "." or ".." as a segment`;
  const { params }: { readonly params?: { readonly path?: object } } = Object(init);
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  return names.map((name) => problemOfId(name, Reflect.get(Object(params?.path), name))).find(Boolean);
}

function isFunction(value: unknown): value is Fetch {
  return typeof value === "function";
}
