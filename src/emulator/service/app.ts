import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { callConnect, serverApi } from "../operations/index.ts";
import { mountPages } from "../pages/pages.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { keyOf, logged, mount, routeOf } from "./api.ts";
import { CONTROL, mountControl } from "./control.ts";
import type { Endpoint } from "./endpoint.ts";
import { ConnectionReset } from "./fault.ts";
import { Refusal } from "./refusal.ts";

/** The base path of the Server API. Call Connect has none. */
const BASE = "/v1";
/** The longest body of a request, in bytes, and of a state to import. */
const MAX_BODY = 2 * 1024 * 1024;
const MAX_STATE = 64 * 1024 * 1024;

/**
 * Everything that the emulator serves, as one function from request to answer.
 * @param allowedHosts Hosts, beside those of this machine, under which pages and control routes are reached.
 */
export function createApp(tenants: Tenants, allowedHosts: readonly string[]): Hono {
  const app = new Hono();
  const fallback = tenants.default;

  app.use(`${CONTROL}/*`, limit(MAX_STATE));
  app.on(["POST", "PATCH", "PUT", "DELETE"], [`${BASE}/*`, "/call/*", "/challenge/*"], limit(MAX_BODY));
  mountControl(app, tenants, allowedHosts);
  mountPages(app, tenants, allowedHosts);
  mount(app, { endpoints: serverApi, prefix: BASE, tenantOf: (key) => tenants.find(key), fallback });
  mount(app, { endpoints: callConnect, prefix: "", tenantOf: (key) => tenants.findByCallConnectKey(key), fallback });

  app.get(`${BASE}/client/public/:tenantId/.well-known/jwks`, ({ req, json }) => {
    const tenant = [...tenants].find(({ tenantId }) => tenantId === req.param("tenantId"));
    return tenant ? json(tenant.tokens.keySet()) : answer(new Refusal(404, "not_found", "There is no such tenant"));
  });

  app.notFound((context) => {
    const refusal = new Refusal(404, "not_found", hint(context.req.method, context.req.path));
    const key = keyOf(context.req.header("authorization"));
    const tenant = tenants.find(key) ?? tenants.findByCallConnectKey(key) ?? fallback;
    tenant.requests.add(logged(context, { status: refusal.status, problem: refusal.message, answer: refusal.body }));
    return answer(refusal);
  });
  app.onError((error) => {
    if (error instanceof ConnectionReset) throw error;
    if (error instanceof Refusal) return answer(error);
    console.error("authsignal-emulator: a defect of the emulator.", error);
    return answer(new Refusal(500, "emulator_defect", String(error)));
  });
  return app;
}

function limit(maxSize: number): MiddlewareHandler {
  const refusal = new Refusal(413, "invalid_request", `body must not be longer than ${maxSize} bytes`);
  return bodyLimit({ maxSize, onError: () => answer(refusal) });
}

function answer(refusal: Refusal): Response {
  return Response.json(refusal.body, { status: refusal.status, headers: refusal.headers });
}

/** What may be wrong with an address that nothing is served at. */
function hint(method: string, path: string): string {
  const problem = `${method} ${path} is not in the spec`;
  const verbs = verbsOf(path);
  if (verbs.length > 0) return `${problem}: that path takes ${verbs.join(", ")}`;
  if (verbsOf(BASE + path).length > 0) return `${problem}: the base URL must end in ${BASE}`;
  if (path.startsWith(`${BASE}${BASE}/`)) return `${problem}: the base URL has ${BASE} twice`;
  return problem;
}

function verbsOf(path: string): string[] {
  const served: [Endpoint, string][] = [
    ...serverApi.map((endpoint): [Endpoint, string] => [endpoint, BASE + endpoint.path]),
    ...callConnect.map((endpoint): [Endpoint, string] => [endpoint, endpoint.path]),
  ];
  return served.filter(([, template]) => patternOf(template).test(path)).map(([{ method }]) => method);
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${routeOf(template).replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`);
}
