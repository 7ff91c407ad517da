/** Who may call a path, and how. */
export interface AccessRule {
  /**
   * The host names under which the path is reached. `own`: this machine and the option `allowedHosts`. Other names are
   * rejected, because the owner of a web page can point a host name to this machine (DNS rebinding).
   */
  readonly hosts: "own" | "any";
  /**
   * The web pages that may call the path. Programs, which send neither `Origin` nor `Sec-Fetch-Site`, always may.
   * - `any`: pages of every site.
   * - `own hosts`: pages on this machine and on `allowedHosts`.
   * - `same origin`: pages of the emulator itself; other pages may link to it.
   * - `no forms of other sites`: every page may link to it and frame it as its own headers say, but not send a form to it.
   */
  readonly webPages: "any" | "own hosts" | "same origin" | "no forms of other sites";
  /** The message of the error for other web pages. */
  readonly webPageError?: string;
  /** The credential that a request needs. `optional secret key`: without one, the default tenant is served. */
  readonly credential: "none" | "secret key" | "optional secret key" | "Call Connect key" | "token of an action";
  /** The content type of a body. `json` keeps simple forms of other sites out, which cannot send this type. */
  readonly body: "json" | "form" | "any";
  /**
   * Whether requests inside the process are checked as well, in which the program that started the emulator calls `fetch`. If
   * so, the part that serves the path renders the error itself: as a page, as text or as JSON.
   */
  readonly isCheckedInProcess: boolean;
}

const SERVERS_ONLY =
  "The Server API is for servers, because a web page cannot keep its secret key. Call it from your own server; web pages call the Client API, /v1/client";

/**
 * The access rule of every path that the emulator serves. A rule covers the path and all paths below it (`/` covers itself
 * only), and the longest path wins. A route without a rule cannot be served: the emulator does not start with it.
 */
export const ACCESS_POLICY = {
  /** The liveness check. It reveals nothing, and orchestrators call it under any host name. */
  "/health": { hosts: "any", webPages: "any", credential: "none", body: "any", isCheckedInProcess: false },

  /** Browsers request the icon on every page. */
  "/favicon.ico": { hosts: "own", webPages: "any", credential: "none", body: "any", isCheckedInProcess: false },

  /** The Server API. */
  "/v1": {
    hosts: "own",
    webPages: "own hosts",
    webPageError: SERVERS_ONLY,
    credential: "secret key",
    body: "any",
    isCheckedInProcess: false,
  },

  /** The Client API, which web pages of any origin call with the token of an action. */
  "/v1/client": {
    hosts: "own",
    webPages: "any",
    credential: "token of an action",
    body: "any",
    isCheckedInProcess: false,
  },

  /** The public keys of sessions. */
  "/v1/client/public": { hosts: "own", webPages: "any", credential: "none", body: "any", isCheckedInProcess: false },

  /** Call Connect. */
  "/call": {
    hosts: "own",
    webPages: "own hosts",
    webPageError: SERVERS_ONLY,
    credential: "Call Connect key",
    body: "any",
    isCheckedInProcess: false,
  },

  /** The control API, for tests and programs on this machine. */
  "/_emulator": {
    hosts: "own",
    webPages: "own hosts",
    webPageError: "Web pages of other sites may not steer the emulator",
    credential: "optional secret key",
    body: "json",
    isCheckedInProcess: true,
  },

  /** The challenge pages, to which applications redirect and which they open in popups. */
  "/challenge": {
    hosts: "own",
    webPages: "no forms of other sites",
    webPageError: "This form was sent by a page of another site.",
    credential: "token of an action",
    body: "form",
    isCheckedInProcess: true,
  },

  /** The page of the inspector. */
  "/": {
    hosts: "own",
    webPages: "same origin",
    webPageError: "This was asked by a page of another site.",
    credential: "none",
    body: "any",
    isCheckedInProcess: true,
  },

  /** The forms of the inspector, and the updates of its page. */
  "/_inspector": {
    hosts: "own",
    webPages: "same origin",
    webPageError: "This was asked by a page of another site.",
    credential: "none",
    body: "form",
    isCheckedInProcess: true,
  },
} as const satisfies Record<string, AccessRule>;

/** A path that has a rule. */
export type RulePath = keyof typeof ACCESS_POLICY;

const RULES: readonly (readonly [path: string, rule: AccessRule])[] = Object.entries(ACCESS_POLICY).sort(
  ([one], [other]) => other.length - one.length,
);

/** Finds the access rule of a path; undefined when no path of the policy covers it. */
export function findAccessRule(path: string): AccessRule | undefined {
  return RULES.find(([prefix]) => path === prefix || (prefix !== "/" && path.startsWith(`${prefix}/`)))?.[1];
}

/** Checks that every route has an access rule. @throws Error that names a route without a rule. */
export function requireAccessRules(routes: readonly { readonly method: string; readonly path: string }[]): void {
  for (const { method, path } of routes) {
    if (!findAccessRule(path))
      throw new Error(`${method} ${path} has no access rule: add one to server/access-policy.ts`);
  }
}
