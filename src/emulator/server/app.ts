import { Hono } from "hono";
import { getPath } from "hono/utils/url";
import { identifyByToken } from "../client-api/caller.ts";
import { mountClientApi } from "../client-api/client-api.ts";
import { mountControl } from "../control-api/control-api.ts";
import { DEFECT_MESSAGE, HttpError, notFound, toResponse } from "../http/errors.ts";
import { ConnectionReset } from "../http/faults.ts";
import { pathUnder } from "../http/origin.ts";
import { identifyByKey, isDisconnected, mountEndpoints, toLoggedRequest } from "../http/serve.ts";
import { mountInspector } from "../inspector/inspector.ts";
import { mountPages } from "../pages/pages.ts";
import { callConnect, serverApi } from "../server-api/server-api.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { createGuard } from "./access-check.ts";
import { ACCESS_POLICY, type RulePath, requireAccessRules } from "./access-policy.ts";
import { BASE_PATH, describeUnknownPath } from "./unknown-path.ts";

/**
 * Creates the application that serves everything: one function from request to response.
 * @param allowedHosts Hosts, beside those of this machine, under which the emulator is reached.
 * @param mountPath The path at which the emulator is mounted, such as `/authsignal`. Requests may come with or without it,
 * because some servers remove it.
 */
export function createApp(tenants: Tenants, allowedHosts: readonly string[], mountPath = ""): Hono {
  const app = new Hono({
    getPath(request) {
      const path = getPath(request);
      return mountPath === "" ? path : (pathUnder(mountPath, path) ?? path);
    },
  });
  const fallback = tenants.default;
  const guard = (path: RulePath) => createGuard(path, allowedHosts);
  const identify = {
    "secret key": identifyByKey((key) => tenants.find(key)),
    "Call Connect key": identifyByKey((key) => tenants.findByCallConnectKey(key)),
    "token of an action": identifyByToken(tenants),
  };

  mountControl(app, tenants, guard("/_emulator"));
  mountPages(app, tenants, guard("/challenge"), allowedHosts);
  mountInspector(app, tenants, { page: guard("/"), forms: guard("/_inspector") });
  mountClientApi(app, {
    prefix: BASE_PATH,
    identify: identify[ACCESS_POLICY["/v1/client"].credential],
    fallback,
  });
  mountEndpoints(app, {
    endpoints: serverApi,
    prefix: BASE_PATH,
    identify: identify[ACCESS_POLICY["/v1"].credential],
    fallback,
  });
  mountEndpoints(app, {
    endpoints: callConnect,
    prefix: "",
    identify: identify[ACCESS_POLICY["/call"].credential],
    fallback,
  });

  // Browsers request it even for pages that have an icon of their own.
  app.get("/favicon.ico", (context) => context.body(null, 204));
  app.get(`${BASE_PATH}/client/public/:tenantId/.well-known/jwks`, ({ req, json }) => {
    const tenant = tenants.findById(req.param("tenantId"));
    return tenant ? json(tenant.tokens.keySet()) : toResponse(notFound("There is no such tenant"));
  });
  requireAccessRules(app.routes);

  app.notFound((context) => {
    const error = notFound(describeUnknownPath(context.req.method, context.req.path));
    const authorization = context.req.header("authorization") ?? "";
    const callers = Object.values(identify).map((identifyCaller) => identifyCaller(authorization));
    const tenant = callers.find((caller) => caller.tenant)?.tenant ?? fallback;
    const request = toLoggedRequest(context, { status: error.status, problem: error.message, answer: error.body });
    tenant.requests.add(request);
    const response = toResponse(error);
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
