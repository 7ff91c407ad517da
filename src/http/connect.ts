import createClient, { type Client } from "openapi-fetch";
import type { Api } from "./operation.ts";
import { type CallOptions, type ConnectionOptions, optionChecks } from "./options.ts";
import { pathSerializer } from "./path.ts";
import { redactor } from "./redact.ts";
import { LightRequest } from "./request.ts";
import { buildRoad, type Send } from "./road.ts";
import { bodySerializer, querySerializer } from "./serializers.ts";
import { chooseTransport, type Transport } from "./transport.ts";

/** Where a client calls, and as whom. */
export interface Target {
  readonly api: Api;
  /** Absolute and without a trailing slash. */
  readonly baseUrl: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Wraps what crosses the network, where the service names things otherwise than the types do. */
  readonly translate?: (transport: Transport) => Transport;
}

/**
 * Connects openapi-fetch, typed by the paths of a spec, with the road.
 * The result gives the client; one for a single call when that call has options of its own.
 */
export function connect<Paths extends {}>(target: Target, options: ConnectionOptions) {
  const { api, baseUrl, headers, translate } = target;
  const checks = optionChecks(api);
  checks.connection(options);
  const patience = checks.patience(options);
  const carrier = chooseTransport(baseUrl, options.fetch, options.agent);
  const transport = translate?.(carrier) ?? carrier;
  const { onRequest, onResponse } = options;
  const hooks = onRequest || onResponse ? { onRequest, onResponse } : undefined;
  const roadFor = buildRoad({ api, baseUrl, transport, redact: redactor(target.secret), hooks });

  const fixed = {
    baseUrl,
    headers: { accept: "application/json", "accept-encoding": "identity", ...headers },
    pathSerializer: pathSerializer(api),
    querySerializer: querySerializer(api),
    bodySerializer: bodySerializer(api),
    // openapi-fetch hands the request from here to `fetch` below and reads nothing but its method.
    Request: LightRequest as unknown as typeof Request,
  };
  const common = createClient<Paths>({ ...fixed, fetch: receive(roadFor(patience)) });

  return (call?: CallOptions): Client<Paths> => {
    if (!call) return common;
    const send = roadFor(checks.patience(call, patience));
    return createClient<Paths>({ ...fixed, signal: call.signal, fetch: receive(send) });
  };
}

/** openapi-fetch passes on the request that it was given the class of. */
function receive(send: Send) {
  return (request: Request): Promise<Response> => {
    if (!(request instanceof LightRequest)) throw new TypeError("The request was replaced");
    return send(request);
  };
}
