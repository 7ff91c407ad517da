import { randomUUID } from "node:crypto";
import type { Context, Hono, HonoRequest } from "hono";
import { failure } from "../../../generated/authsignal-validators.js";
import type { Fault, LoggedRequest } from "../state/rows.ts";
import { parseBody, readBody } from "./body.ts";
import { type Endpoint, type RawRequest, ResponseViolation } from "./endpoint.ts";
import { DEFECT_MESSAGE, HttpError, invalidRequest, wrongKey } from "./errors.ts";
import { checkEscapes } from "./escapes.ts";
import { ConnectionReset, changesResponse, delay, faultyResponse, isProcessed } from "./faults.ts";
import { describeProblems } from "./validation.ts";

/** The part of a tenant that `mountEndpoints` uses. */
export interface ServedTenant {
  readonly requests: { add(request: LoggedRequest): void };
  readonly faults: {
    /** Returns the planned fault of an operation and counts its use; undefined when there is none. */
    take(operation: string): Fault | undefined;
  };
}

/** The caller of an endpoint, or the error of a caller whose credentials are rejected. */
export type Identified<Tenant, Caller extends readonly unknown[] = []> =
  | { readonly tenant: Tenant; readonly caller: Caller }
  | {
      /** The tenant in whose log the request is written, if the credentials name one. */
      readonly tenant?: Tenant | undefined;
      readonly error: HttpError;
    };

/** Endpoints, the address under which they are served, and their callers. */
export interface EndpointsMount<Tenant, Caller extends readonly unknown[]> {
  readonly endpoints: readonly Endpoint<Tenant, Caller>[];
  /** The beginning of each path, such as `/v1`. */
  readonly prefix: string;
  /** Identifies the caller by the header `authorization`, which may be empty. */
  readonly identify: (authorization: string) => Identified<Tenant, Caller>;
  /** The tenant in whose log requests of unknown callers are written. */
  readonly fallback: Tenant;
}

/** The longest request body that is kept in the log, in characters. */
const MAX_LOGGED_BODY = 64 * 1024;

/** The fields of a log entry that are set while the request is served. */
type LogEntry = { -readonly [Field in keyof LoggedRequest]?: LoggedRequest[Field] };

/** Serves endpoints: identifies the caller, applies faults, validates, and logs each request. */
export function mountEndpoints<Tenant extends ServedTenant, Caller extends readonly unknown[]>(
  app: Hono,
  { endpoints, prefix, identify, fallback }: EndpointsMount<Tenant, Caller>,
): void {
  for (const endpoint of endpoints) {
    app.on(endpoint.method, prefix + toHonoPath(endpoint.path), async (context) => {
      const start = performance.now();
      const identifyCaller = () => identify(context.req.header("authorization") ?? "");
      const { tenant = fallback } = identifyCaller();
      const entry: LogEntry = { requestId: randomUUID(), operation: endpoint.name };
      try {
        const response = await respond(context, endpoint, identifyCaller, entry);
        entry.status = response.status;
        response.headers.set("x-request-id", `${entry.requestId}`);
        return response;
      } finally {
        tenant.requests.add(toLoggedRequest(context, entry, start));
      }
    });
  }
}

/** Identifies callers by the secret key in the header `authorization`. */
export function identifyByKey<Tenant>(
  findTenant: (key: string) => Tenant | undefined,
): (authorization: string) => Identified<Tenant> {
  return (authorization) => {
    const tenant = findTenant(keyFromHeader(authorization));
    return tenant ? { tenant, caller: [] } : { error: wrongKey() };
  };
}

/** Whether an error occurred only because the caller has disconnected. */
export function isDisconnected(error: unknown, { raw }: HonoRequest): boolean {
  return error instanceof ConnectionReset || raw.signal.aborted;
}

/** Returns a path of the spec in the syntax of hono: `/users/{userId}` becomes `/users/:userId`. */
export function toHonoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** Returns the user name of a Basic `Authorization` header (RFC 7617), in which the key is sent; empty without such a header. */
export function keyFromHeader(authorization: string | undefined): string {
  const encoded = /^Basic +([\w+/=-]+)$/i.exec(authorization ?? "")?.[1] ?? "";
  return Buffer.from(encoded, "base64").toString().split(":")[0] ?? "";
}

async function respond<Tenant extends ServedTenant, Caller extends readonly unknown[]>(
  context: Context,
  endpoint: Endpoint<Tenant, Caller>,
  identifyCaller: () => Identified<Tenant, Caller>,
  entry: LogEntry,
): Promise<Response> {
  const identified = identifyCaller();
  if ("error" in identified) return toErrorResponse(identified.error, entry);
  // The caller is identified again, because another request may use up the token while the body of this one is read.
  const serve = (request: RawRequest) => {
    const current = identifyCaller();
    if ("error" in current) throw current.error;
    return endpoint.serve(request, current.tenant, ...current.caller);
  };
  const fault = identified.tenant.faults.take(endpoint.name);
  if (!fault) return serveRequest(context, serve, entry);
  return applyFault(fault, entry, context.req.raw.signal, () => serveRequest(context, serve, entry));
}

async function applyFault(
  fault: Fault,
  entry: LogEntry,
  signal: AbortSignal,
  work: () => Promise<Response>,
): Promise<Response> {
  entry.fault = true;
  if (fault.connection !== undefined) entry.connection = fault.connection;
  const response = isProcessed(fault) || !changesResponse(fault) ? await work() : undefined;
  await delay(fault, signal);
  if (changesResponse(fault)) delete entry.answer;
  return response && !changesResponse(fault) ? response : faultyResponse(fault, response);
}

async function serveRequest(
  context: Context,
  serve: (request: RawRequest) => Promise<unknown>,
  entry: LogEntry,
): Promise<Response> {
  try {
    const request = await readRequest(context, entry);
    const body = await serve(request);
    entry.answer = body;
    return body === undefined ? new Response(null, { status: 204 }) : Response.json(body);
  } catch (error) {
    if (error instanceof HttpError) return toErrorResponse(error, entry);
    if (isDisconnected(error, context.req)) throw new ConnectionReset();
    if (error instanceof ResponseViolation) entry.violation = error.problems;
    console.error(DEFECT_MESSAGE, error);
    return toErrorResponse(new HttpError(500, "emulator_defect", String(error)), entry);
  }
}

async function readRequest({ req }: Context, entry: LogEntry): Promise<RawRequest> {
  checkEscapes(req.url);
  const text = await readBody(req);
  const body = parseBody(text);
  entry.body = text.length <= MAX_LOGGED_BODY ? body : `${text.length} characters`;
  for (const [name, values] of Object.entries(req.queries())) {
    if (values.length > 1) throw invalidRequest(`query.${name} is given ${values.length} times`);
  }
  return { path: req.param(), query: req.query(), body, signal: req.raw.signal };
}

function toErrorResponse(error: HttpError, entry: LogEntry): Response {
  if (!failure(error.body)) throw new ResponseViolation("an error", describeProblems(failure.errors ?? [], "response"));
  entry.problem = error.note;
  entry.answer = error.body;
  return Response.json(error.body, { status: error.status, headers: error.headers });
}

/** Returns the log entry of a request. @param start When the request was received, by `performance.now()`. */
export function toLoggedRequest({ req }: Context, entry: LogEntry, start = performance.now()): LoggedRequest {
  const { pathname, search } = new URL(req.url);
  const duration = performance.now() - start;
  return {
    requestId: randomUUID(),
    receivedAt: new Date(Date.now() - duration).toISOString(),
    method: req.method,
    path: pathname + search,
    status: 0,
    ...entry,
    duration: Math.round(duration * 1_000) / 1_000,
  };
}
