import type { Hono, HonoRequest } from "hono";
import type { operations } from "../../../generated/emulator.ts";
import { routes } from "../../../generated/emulator-data.ts";
import {
  type Answer,
  answers,
  type Body,
  bodies,
  type Parameters,
  parameters,
} from "../../../generated/emulator-validators.js";
import { version } from "../../../generated/version.ts";
import { parseBody, readBody } from "../http/body.ts";
import { createEndpoints, type Endpoint, type Handler } from "../http/endpoint.ts";
import { HttpError, invalidRequest, notFound, wrongKey } from "../http/errors.ts";
import { checkEscapes } from "../http/escapes.ts";
import { ConnectionReset } from "../http/faults.ts";
import { checkSender } from "../http/hosts.ts";
import { honoPath, keyFromHeader } from "../http/serve.ts";
import { type Clock, isDuration } from "../tenant/clock.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Tenants } from "../tenant/tenants.ts";

/** What the paths of the control API begin with, but for the one that tells whether the emulator is up. */
const CONTROL = "/_emulator";

const handlers: { readonly [Name in keyof operations]: Handler<Parameters<Name>, Body<Name>, Answer<Name>> } = {
  getHealth: () => ({ status: "ok", version }),

  getMessages: ({ query }, { outbox }) => outbox.list(query),
  clearMessages(_request, { outbox }): undefined {
    outbox.clear();
  },
  waitForMessage({ query: { timeout, ...filter }, signal }, { outbox }) {
    return outbox.waitFor(filter, { timeout, signal }).catch((error: Error) => {
      throw notFound(error.message);
    });
  },

  getTotp({ query: { userId } }, tenant) {
    try {
      return { code: tenant.totp(userId) };
    } catch (error) {
      throw notFound(Object(error).message);
    }
  },

  getRules: (_request, { rules }) => [...rules.list()],
  setRules({ body }, { rules }): undefined {
    rules.replace(body);
  },
  queueOutcomes({ body }, { rules }): undefined {
    rules.next(...body);
  },

  getClock: (_request, { clock }) => readingOf(clock),
  setClock({ body }, { clock }) {
    refused(() => move(clock, body));
    return readingOf(clock);
  },

  getFaults: (_request, { faults }) => [...faults.list()],
  addFault({ body }, { faults }): undefined {
    refused(() => faults.add(body));
  },
  clearFaults(_request, { faults }): undefined {
    faults.clear();
  },

  getWebhooks: (_request, { webhooks }) => webhooks.configuration,
  setWebhooks({ body }, { webhooks }): undefined {
    refused(() => webhooks.configure(body));
  },
  getDeliveries: ({ query }, { webhooks }) => webhooks.deliveries(query),
  redeliver({ path: { deliveryId } }, { state, webhooks }) {
    if (!state.deliveries.get(deliveryId)) throw notFound(`There is no delivery ${deliveryId}`);
    return webhooks.redeliver(deliveryId).catch(refuse);
  },
  sendSample: ({ body: { type } }, { webhooks }) => webhooks.sendSample(type).catch(refuse),
  flushLogs: (_request, { webhooks }) => webhooks.flushLogs().then(() => undefined),

  getRequests: (_request, { requests }) => [...requests.list()],

  exportState: (_request, tenant) => tenant.export(),
  importState({ body }, tenant): undefined {
    refused(() => tenant.import(body));
  },
  resetState(_request, tenant): undefined {
    tenant.reset();
  },
};

const endpoints: readonly Endpoint[] = createEndpoints<
  { [Name in keyof operations]: Parameters<Name> },
  { [Name in keyof operations]: Body<Name> },
  { [Name in keyof operations]: Answer<Name> }
>({ routes, parameters, bodies, answers, handlers, isStrict: true });

/**
 * Serves the control API. All but its `/health` is only for programs on this machine: a request must be meant for an
 * allowed host, and none may come from a web page that is elsewhere.
 */
export function mountControl(app: Hono, tenants: Tenants, allowedHosts: readonly string[]): void {
  app.use(`${CONTROL}/*`, async ({ req }, next) => {
    checkSender(req, allowedHosts);
    await next();
  });
  for (const endpoint of endpoints) {
    const isOpen = !endpoint.path.startsWith(CONTROL);
    app.on(endpoint.method, honoPath(endpoint.path), ({ req }) =>
      answer(req, endpoint, isOpen ? tenants.default : tenantOf(req, tenants)),
    );
  }
  app.all(`${CONTROL}/*`, ({ req }) => {
    throw notFound(`${req.method} ${req.path} is not in the spec. There are ${Object.values(routes).join(", ")}`);
  });
}

async function answer(req: HonoRequest, endpoint: Endpoint, tenant: Tenant): Promise<Response> {
  checkEscapes(req.url);
  const request = { path: req.param(), query: req.query(), body: await bodyOf(req), signal: req.raw.signal };
  const answer = await endpoint.serve(request, tenant);
  return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
}

/** Whose state is meant: that of the key, or the default tenant's when there is none. */
function tenantOf(req: HonoRequest, tenants: Tenants): Tenant {
  const authorization = req.header("authorization");
  if (authorization === undefined) return tenants.default;
  const tenant = tenants.find(keyFromHeader(authorization));
  if (!tenant) throw wrongKey();
  return tenant;
}

/** The longest body, in bytes: whole states are imported. */
const MAX_STATE = 64 * 1024 * 1024;

/** A page elsewhere can only send this content type if it is allowed to, and it is not. */
const JSON_TYPE = /^application\/json *(;|$)/i;

async function bodyOf(req: HonoRequest): Promise<unknown> {
  const text = await readBody(req, MAX_STATE);
  if (text !== "" && !JSON_TYPE.test(req.header("content-type") ?? "")) {
    throw new HttpError(415, "unsupported_media_type", "The body must have the content-type application/json");
  }
  return parseBody(text, Number.POSITIVE_INFINITY);
}

/** Does something with what was sent. What is wrong with it then is the sender's mistake. */
function refused(work: () => void): void {
  try {
    work();
  } catch (error) {
    refuse(error);
  }
}

function refuse(error: unknown): never {
  const { name, message } = Object(error);
  if (name === "TypeError" && !(error instanceof ConnectionReset)) throw invalidRequest(message);
  throw error;
}

function readingOf(clock: Clock): Answer<"getClock"> {
  return { now: clock.now().toISOString(), isFrozen: clock.isFrozen };
}

function move(clock: Clock, { now, advance, isFrozen }: Body<"setClock">): void {
  if (isFrozen === true) clock.freeze();
  if (now !== undefined) clock.set(now);
  if (advance !== undefined) {
    if (!isDuration(advance)) throw new TypeError(`body.advance must be milliseconds, or a text such as "16m"`);
    clock.advance(advance);
  }
  if (isFrozen === false) clock.unfreeze();
}
