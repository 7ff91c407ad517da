import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Request as ExpressRequest } from "express";
import type { FastifyRequest } from "fastify";
import type { Context } from "hono";
import type { CallbackOptions, CallbackRequest } from "../../../src/authy/callback.ts";
import type {
  LogBatch,
  UnknownEvent,
  Webhook,
  WebhookEvent,
  WebhookHeaders,
  WebhookPayload,
} from "../../../src/webhook/index.ts";

/** A Lambda event of API Gateway, version 1.0, as `@types/aws-lambda` has it. */
export interface APIGatewayProxyEvent {
  body: string | null;
  headers: { [name: string]: string | undefined };
  multiValueHeaders: { [name: string]: string[] | undefined };
  httpMethod: string;
  isBase64Encoded: boolean;
  path: string;
}

/** A Lambda event of API Gateway, version 2.0, or of a function URL. */
export interface APIGatewayProxyEventV2 {
  version: string;
  rawPath: string;
  rawQueryString: string;
  headers: { [name: string]: string | undefined };
  requestContext: { http: { method: string; path: string } };
  body?: string | undefined;
  isBase64Encoded: boolean;
}

/** A Lambda event of a load balancer. */
export interface ALBEvent {
  httpMethod: string;
  path: string;
  headers?: { [name: string]: string | undefined } | undefined;
  multiValueHeaders?: { [name: string]: string[] | undefined } | undefined;
  body: string | null;
  isBase64Encoded: boolean;
}

/** Of `@nestjs/common`. */
export type RawBodyRequest<T> = T & { rawBody?: Buffer };

declare const webhook: Webhook;

/** A web request as an edge runtime of another vendor declares it. */
interface EdgeRequest {
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Each of these compiles without a cast, whichever way a program handles what is optional. */
export function webhooks(
  web: Request,
  edge: EdgeRequest,
  express: ExpressRequest,
  nest: RawBodyRequest<ExpressRequest>,
  fast: FastifyRequest<{ Body: Buffer }>,
  keptByFastify: FastifyRequest & { rawBody?: string | Buffer },
  hono: Context,
  node: IncomingMessage & { body: Buffer },
  events: [APIGatewayProxyEvent, APIGatewayProxyEventV2, ALBEvent],
): Promise<WebhookEvent | LogBatch | UnknownEvent>[] {
  const requests = [
    web,
    edge,
    express,
    nest,
    fast,
    { headers: keptByFastify.headers, body: keptByFastify.rawBody },
    hono.req.raw,
    node,
    ...events,
    { headers: new Map([["x-signature-v2", "x"]]), body: "{}" },
    { headers: { "x-signature-v2": null }, body: null },
    { headers: express.headers, body: undefined },
    { headers: new Headers(), rawBody: new DataView(new ArrayBuffer(2)), body: { parsed: true } },
  ];
  return requests.map((request) => webhook.constructEventFromRequest(request, undefined));
}

/** What a header can be where it is read by hand. */
export function byHand(web: Request, express: ExpressRequest, body: Buffer, shared: SharedArrayBuffer): void {
  const payloads: WebhookPayload[] = ["{}", body, body.buffer, shared, new DataView(shared), new Uint8Array(shared)];
  for (const payload of payloads) webhook.verify(payload, web.headers.get("x-signature-v2"));
  webhook.constructEvent(body, express.get("x-signature-v2"), undefined);
  webhook.sign(body, undefined);
}

/** Headers of every kind. */
export function headers(incoming: IncomingHttpHeaders, event: ALBEvent): WebhookHeaders[] {
  return [incoming, new Headers(), new Map([["a", "b"]]), event.headers ?? {}, event.multiValueHeaders ?? {}];
}

/** Callbacks of Authy, for which a Lambda event has method and URL elsewhere. */
export function callbacks(
  web: Request,
  express: ExpressRequest,
  node: IncomingMessage & { body: Buffer },
  first: APIGatewayProxyEvent,
  second: APIGatewayProxyEventV2,
  balanced: ALBEvent,
): [CallbackRequest[], CallbackOptions[]] {
  const { method } = second.requestContext.http;
  const requests = [
    web,
    express,
    node,
    { ...first, method: first.httpMethod, url: first.path },
    { ...second, method, url: `${second.rawPath}?${second.rawQueryString}` },
    { ...balanced, method: balanced.httpMethod, url: balanced.path },
    { method: undefined, url: undefined, originalUrl: undefined, headers: express.headers, body: undefined },
  ];
  return [requests, [{ url: undefined, trustedHeaders: undefined }, { trustedHeaders: { protocol: undefined } }]];
}
