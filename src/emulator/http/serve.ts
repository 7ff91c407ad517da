import { randomUUID } from "node:crypto";
import type { Context, Hono, HonoRequest } from "hono";
import { failure } from "../../../generated/authsignal-validators.js";
import type { Fault, LoggedRequest } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { parseBody, readBody } from "./body.ts";
import { type Endpoint, type RawRequest, ResponseViolation } from "./endpoint.ts";
import { DEFECT_MESSAGE, HttpError, invalidRequest, wrongKey } from "./errors.ts";
import { checkEscapes } from "./escapes.ts";
import { ConnectionReset, changesResponse, delay, faultyResponse, isProcessed } from "./faults.ts";
import { describeProblems } from "./validation.ts";

/** Who asks, and what the endpoints are told of them beside the tenant; or why they are refused. */
export type Caller<Known extends readonly unknown[] = []> =
  | { readonly tenant: Tenant; readonly known: Known }
  | { readonly tenant?: Tenant | undefined; readonly refusal: HttpError };

/** Some endpoints of the API, and under which address and for whom they are served. */
export interface EndpointsMount<Known extends readonly unknown[]> {
  readonly endpoints: readonly Endpoint<Known>[];
  /** What comes before the path, such as `/v1`. */
  readonly prefix: string;
  /** Tells by the header `authorization`, which may be empty, who asks. */
  readonly identify: (authorization: string) => Caller<Known>;
  /** Keeps the log of requests of nobody's tenant. */
  readonly fallback: Tenant;
}

/** The longest body of a request that is kept in the log, in characters. */
const MOST_LOGGED = 64 * 1024;

/** What became of a request, as far as the log is concerned. */
type Entry = { -readonly [Field in keyof LoggedRequest]?: LoggedRequest[Field] };

/** Serves endpoints of the API. */
export function mountEndpoints<Known extends readonly unknown[]>(
  app: Hono,
  { endpoints, prefix, identify: callerOf, fallback }: EndpointsMount<Known>,
): void {
  for (const endpoint of endpoints) {
    app.on(endpoint.method, prefix + honoPath(endpoint.path), async (context) => {
      const start = performance.now();
      const identify = () => callerOf(context.req.header("authorization") ?? "");
      const { tenant = fallback } = identify();
      const entry: Entry = { requestId: randomUUID(), operation: endpoint.name };
      try {
        const response = await answer(context, endpoint, identify, entry);
        entry.status = response.status;
        response.headers.set("x-request-id", `${entry.requestId}`);
        return response;
      } finally {
        tenant.requests.add(toLoggedRequest(context, entry, start));
      }
    });
  }
}

/** The caller whose tenant has the key in the header; a wrong key is refused. */
export function identifyByKey(tenantOf: (key: string) => Tenant | undefined): (authorization: string) => Caller {
  return (authorization) => {
    const tenant = tenantOf(keyFromHeader(authorization));
    return tenant ? { tenant, known: [] } : { refusal: wrongKey() };
  };
}

/** Whether something failed only because whoever asked is gone. */
export function isDisconnected(error: unknown, { raw }: HonoRequest): boolean {
  return error instanceof ConnectionReset || raw.signal.aborted;
}

/** A path of the spec as hono writes it. */
export function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** The user name of an `Authorization` header of the kind Basic (RFC 7617); empty when it is none. */
export function keyFromHeader(authorization: string | undefined): string {
  const encoded = /^Basic +([\w+/=-]+)$/i.exec(authorization ?? "")?.[1] ?? "";
  return Buffer.from(encoded, "base64").toString().split(":")[0] ?? "";
}

async function answer<Known extends readonly unknown[]>(
  context: Context,
  endpoint: Endpoint<Known>,
  identify: () => Caller<Known>,
  entry: Entry,
): Promise<Response> {
  const caller = identify();
  if ("refusal" in caller) return refuse(caller.refusal, entry);
  // Reading the request takes a while, in which what is known of the caller may change.
  const serve = (request: RawRequest) => {
    const current = identify();
    if ("refusal" in current) throw current.refusal;
    return endpoint.serve(request, current.tenant, ...current.known);
  };
  const fault = caller.tenant.faults.take(endpoint.name);
  if (!fault) return carryOut(context, serve, entry);
  return fail(fault, entry, context.req.raw.signal, () => carryOut(context, serve, entry));
}

async function fail(fault: Fault, entry: Entry, signal: AbortSignal, work: () => Promise<Response>): Promise<Response> {
  entry.fault = true;
  if (fault.connection !== undefined) entry.connection = fault.connection;
  const response = isProcessed(fault) || !changesResponse(fault) ? await work() : undefined;
  await delay(fault, signal);
  if (changesResponse(fault)) delete entry.answer;
  return response && !changesResponse(fault) ? response : faultyResponse(fault, response);
}

async function carryOut(
  context: Context,
  serve: (request: RawRequest) => Promise<unknown>,
  entry: Entry,
): Promise<Response> {
  try {
    const request = await read(context, entry);
    const answer = await serve(request);
    entry.answer = answer;
    return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
  } catch (error) {
    if (error instanceof HttpError) return refuse(error, entry);
    if (isDisconnected(error, context.req)) throw new ConnectionReset();
    if (error instanceof ResponseViolation) entry.violation = error.problems;
    console.error(DEFECT_MESSAGE, error);
    return refuse(new HttpError(500, "emulator_defect", String(error)), entry);
  }
}

async function read({ req }: Context, entry: Entry): Promise<RawRequest> {
  checkEscapes(req.url);
  const text = await readBody(req);
  const body = parseBody(text);
  entry.body = text.length <= MOST_LOGGED ? body : `${text.length} characters`;
  for (const [name, values] of Object.entries(req.queries())) {
    if (values.length > 1) throw invalidRequest(`query.${name} is given ${values.length} times`);
  }
  return { path: req.param(), query: req.query(), body, signal: req.raw.signal };
}

function refuse(refusal: HttpError, entry: Entry): Response {
  if (!failure(refusal.body))
    throw new ResponseViolation("a refusal", describeProblems(failure.errors ?? [], "answer"));
  entry.problem = refusal.note;
  entry.answer = refusal.body;
  return Response.json(refusal.body, { status: refusal.status, headers: refusal.headers });
}

/** What the log says of a request. @param start When it came, by `performance.now()`. */
export function toLoggedRequest({ req }: Context, entry: Entry, start = performance.now()): LoggedRequest {
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
