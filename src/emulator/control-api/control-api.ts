import type { Hono, HonoRequest } from "hono";
import type { operations } from "../../../generated/emulator.ts";
import { routes } from "../../../generated/emulator-data.ts";
import {
  type Body,
  bodies,
  type Parameters,
  parameters,
  type ResponseBody,
  responses,
} from "../../../generated/emulator-validators.js";
import type { AccessGuard } from "../http/access.ts";
import { parseBody, readBody } from "../http/body.ts";
import { createEndpoints, type Endpoint } from "../http/endpoint.ts";
import { notFound, wrongKey } from "../http/errors.ts";
import { checkEscapes } from "../http/escapes.ts";
import { keyFromHeader, toHonoPath } from "../http/serve.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { handlers } from "./handlers.ts";

/** The prefix of all paths of the control API but `/health`. */
const PREFIX = "/_emulator";

/** The longest request body, in bytes. It is larger than elsewhere, because whole states are imported. */
const MAX_BODY = 64 * 1024 * 1024;

const endpoints: readonly Endpoint<Tenant>[] = createEndpoints<
  { [Name in keyof operations]: Parameters<Name> },
  { [Name in keyof operations]: Body<Name> },
  { [Name in keyof operations]: ResponseBody<Name> },
  Tenant
>({ routes, parameters, bodies, responses, handlers, isStrict: true });

/** Serves the control API. @param access The access rule of everything but `/health`. */
export function mountControl(app: Hono, tenants: Tenants, access: AccessGuard): void {
  app.use(`${PREFIX}/*`, async ({ req }, next) => {
    const error = access.check(req);
    if (error) throw error;
    await next();
  });
  for (const endpoint of endpoints) {
    const isHealth = !endpoint.path.startsWith(PREFIX);
    app.on(endpoint.method, toHonoPath(endpoint.path), ({ req }) =>
      respond(req, endpoint, isHealth ? tenants.default : tenantOf(req, tenants), access),
    );
  }
  app.all(`${PREFIX}/*`, ({ req }) => {
    throw notFound(`${req.method} ${req.path} is not in the spec. There are ${Object.values(routes).join(", ")}`);
  });
}

async function respond(
  req: HonoRequest,
  endpoint: Endpoint<Tenant>,
  tenant: Tenant,
  access: AccessGuard,
): Promise<Response> {
  checkEscapes(req.url);
  const body = await readJson(req, access);
  const result = await endpoint.serve({ path: req.param(), query: req.query(), body, signal: req.raw.signal }, tenant);
  return result === undefined ? new Response(null, { status: 204 }) : Response.json(result);
}

/** The tenant of the key in the request; the default tenant when there is none. @throws HttpError with 401 for a wrong key. */
function tenantOf(req: HonoRequest, tenants: Tenants): Tenant {
  const authorization = req.header("authorization");
  if (authorization === undefined) return tenants.default;
  const tenant = tenants.find(keyFromHeader(authorization));
  if (!tenant) throw wrongKey();
  return tenant;
}

async function readJson(req: HonoRequest, access: AccessGuard): Promise<unknown> {
  const text = await readBody(req, MAX_BODY);
  const error = text === "" ? undefined : access.checkContentType(req);
  if (error) throw error;
  return parseBody(text, Number.POSITIVE_INFINITY);
}
