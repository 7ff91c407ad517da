import { Hono } from "hono";
import { getPath } from "hono/utils/url";
import { identifyByToken } from "../client-api/caller.ts";
import { clientApi, mountClientApi, whyNotEmulated } from "../client-api/client-api.ts";
import { mountControl } from "../control-api/control-api.ts";
import { DEFECT_MESSAGE, HttpError, toResponse } from "../http/errors.ts";
import { ConnectionReset } from "../http/faults.ts";
import { pathUnder } from "../http/origin.ts";
import { honoPath, identifyByKey, isDisconnected, mountEndpoints, toLoggedRequest } from "../http/serve.ts";
import { mountInspector } from "../inspector/inspector.ts";
import { mountPages } from "../pages/pages.ts";
import { callConnect, serverApi } from "../server-api/server-api.ts";
import type { Tenants } from "../tenant/tenants.ts";

/** The base path of the Server API. Call Connect has none. */
const BASE = "/v1";

/**
 * Everything that the emulator serves, as one function from request to answer.
 * @param allowedHosts Hosts, beside those of this machine, under which pages and control routes are reached.
 * @param basePath What all paths may begin with, such as `/authsignal`; a server in which the emulator is mounted may have
 * taken it away.
 */
export function createApp(tenants: Tenants, allowedHosts: readonly string[], basePath = ""): Hono {
  const app = new Hono({
    getPath(request) {
      const path = getPath(request);
      return basePath === "" ? path : (pathUnder(basePath, path) ?? path);
    },
  });
  const fallback = tenants.default;

  mountControl(app, tenants, allowedHosts);
  mountPages(app, tenants, allowedHosts);
  mountInspector(app, tenants, allowedHosts);
  const withKey = identifyByKey((key) => tenants.find(key));
  const withCallConnectKey = identifyByKey((key) => tenants.findByCallConnectKey(key));
  mountClientApi(app, tenants, BASE);
  mountEndpoints(app, { endpoints: serverApi, prefix: BASE, identify: withKey, fallback });
  mountEndpoints(app, { endpoints: callConnect, prefix: "", identify: withCallConnectKey, fallback });

  // Browsers ask for it on pages that have an icon of their own, too.
  app.get("/favicon.ico", (context) => context.body(null, 204));
  app.get(`${BASE}/client/public/:tenantId/.well-known/jwks`, ({ req, json }) => {
    const tenant = tenants.withId(req.param("tenantId"));
    return tenant
      ? json(tenant.tokens.keySet())
      : toResponse(new HttpError(404, "not_found", "There is no such tenant"));
  });

  app.notFound((context) => {
    const refusal = new HttpError(404, "not_found", hint(context.req.method, context.req.path));
    const authorization = context.req.header("authorization") ?? "";
    const callers = [withKey, withCallConnectKey, identifyByToken(tenants)].map((callerOf) => callerOf(authorization));
    const tenant = callers.find((caller) => caller.tenant)?.tenant ?? fallback;
    const request = toLoggedRequest(context, {
      status: refusal.status,
      problem: refusal.message,
      answer: refusal.body,
    });
    tenant.requests.add(request);
    const response = toResponse(refusal);
    response.headers.set("x-request-id", request.requestId);
    return response;
  });
  app.onError((error, { req }) => {
    if (isDisconnected(error, req)) throw new ConnectionReset();
    if (error instanceof HttpError) return toResponse(error);
    console.error(DEFECT_MESSAGE, error);
    return toResponse(new HttpError(500, "emulator_defect", String(error)));
  });
  return app;
}

/** What may be wrong with an address that nothing is served at. */
function hint(method: string, path: string): string {
  const problem = `${method} ${path} is not in the spec`;
  const reason = path.startsWith(`${BASE}/client/`) ? whyNotEmulated(path) : undefined;
  if (reason !== undefined) return `${problem}. ${reason}`;
  const verbs = verbsOf(path);
  if (verbs.length > 0) return `${problem}: that path takes ${verbs.join(", ")}`;
  if (verbsOf(BASE + path).length > 0) return `${problem}: the base URL must end in ${BASE}`;
  if (path.startsWith(`${BASE}/call/`)) return `${problem}: the base URL of Call Connect has no ${BASE}`;
  if (path.includes("//")) return `${problem}: the base URL must not end in /`;
  if (path.startsWith(`${BASE}${BASE}/`)) return `${problem}: the base URL has ${BASE} twice`;
  return problem;
}

function verbsOf(path: string): string[] {
  const served = [...serverApi, ...clientApi].map(({ method, path }) => ({ method, template: BASE + path }));
  const all = [...served, ...callConnect.map(({ method, path }) => ({ method, template: path }))];
  return all.filter(({ template }) => patternOf(template).test(path)).map(({ method }) => method);
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${honoPath(template).replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`);
}
