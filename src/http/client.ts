import createClient, { type Client, type ClientOptions } from "openapi-fetch";
import { createPipeline, type Send } from "./call.ts";
import { combineHeaders, framingHeader } from "./headers.ts";
import type { Api } from "./operation.ts";
import { type CallOptions, type ConnectionOptions, optionChecks } from "./options.ts";
import { pathSerializer } from "./path.ts";
import { redactor } from "./redact.ts";
import { RequestData, readRequest } from "./request.ts";
import type { BufferedResponse } from "./response.ts";
import { bodySerializer, querySerializer } from "./serializers.ts";
import { chooseTransport, fetchTransport, type Transport } from "./transport.ts";
import { ownInits, typedClient } from "./typed-client.ts";

/** Where a client calls, and as whom. */
export interface Target {
  readonly api: Api;
  /** Absolute and without a trailing slash. */
  readonly baseUrl: string;
  /** Undefined when it is missing: then every call is refused, and says so. */
  readonly secret: string | undefined;
  /** What every call is refused with when the secret is missing. */
  readonly missing?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The headers that hold the secret. They are added at the transport, so that no middleware sees them. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Wraps what crosses the network, where the service names things otherwise than the types do. */
  readonly translate?: ((transport: Transport) => Transport) | undefined;
}

/** The two faces of a connection. */
export interface Connected<Paths extends {}> {
  /** Gives the client of the facade; one for a single call when that call has options of its own, or `note` wants its responses. */
  readonly client: (call?: CallOptions, note?: (response: BufferedResponse) => void) => Client<Paths>;
  /** Makes a client for callers, whose requests and responses are those of the platform, as middleware needs them. */
  readonly typed: () => Client<Paths>;
}

/** Connects openapi-fetch, typed by the paths of a spec, with the request pipeline. */
export function connect<Paths extends {}>(target: Target, options: ConnectionOptions): Connected<Paths> {
  const { api, baseUrl, secret, credentials, translate } = target;
  const missing = secret === undefined ? target.missing : undefined;
  const checks = optionChecks(api);
  checks.connection(options);
  const limits = checks.call(options);
  const { onRequest, onResponse } = options;
  const hooks = onRequest || onResponse ? { onRequest, onResponse } : undefined;
  const redact = redactor(secret ?? "");
  // A copy, so that nothing gets in later that was not checked.
  const headers = combineHeaders(
    { accept: "application/json", "accept-encoding": "identity", ...target.headers },
    options.headers,
  );
  const transport = chooseTransport(baseUrl, options.fetch, options.agent);
  const senderFor = sendersOver(transport, headers);

  /**
   * Makes the function that gives the sender of calls with some limits. The secret is added at the transport, so that no
   * middleware sees it; and so are the headers of the facade, of which openapi-fetch would make the platform's `Headers` twice.
   */
  function sendersOver(carrier: Transport, headers: Readonly<Record<string, string>>) {
    const withHeaders: Transport = (url, { method, headers: own, body, onStop }) =>
      carrier(url, { method, headers: { ...headers, ...own, ...credentials }, body, onStop });
    return createPipeline({ api, baseUrl, transport: translate?.(withHeaders) ?? withHeaders, redact, hooks, missing });
  }

  const fixed = {
    baseUrl,
    pathSerializer: pathSerializer(api),
    querySerializer: querySerializer(api),
    bodySerializer: bodySerializer(api),
  } satisfies ClientOptions;
  // openapi-fetch hands the request from here to `fetch` below and reads nothing but its method.
  const light = { ...fixed, Request: RequestData as unknown as typeof Request };
  const common = ownInits(createClient<Paths>({ ...light, fetch: receive(senderFor(limits)) }));

  return {
    client(call, note) {
      if (!call && !note) return common;
      const given = checks.callOptions(call);
      const limitsOfCall = checks.call(given, limits);
      const senders = given.headers ? sendersOver(transport, combineHeaders(headers, given.headers)) : senderFor;
      const fetch = receive(senders(limitsOfCall), note);
      return ownInits(createClient<Paths>({ ...light, signal: given.signal ?? null, fetch }));
    },
    typed() {
      checks.platform(["Request", "Response"], "The typed client");
      // A call and a middleware may change the headers of these.
      const sender = (carrier: Transport) => sendersOver(carrier, {})(limits);
      const client = createClient<Paths>({ ...fixed, headers, fetch: receiveForTyped(sender(transport)) });
      return typedClient(client, api, ({ fetch, signal }) =>
        receiveForTyped(sender(fetch ? fetchTransport(fetch) : transport), signal),
      );
    },
  };

  /** The same for callers: nothing that they or their middleware set may break the framing; the response is the platform's. */
  function receiveForTyped(send: Send, signal?: AbortSignal) {
    return async (request: Request): Promise<Response> => {
      const data = await readRequest(request, signal);
      const header = framingHeader(data.headers);
      if (header) checks.refuse(`headers must not set ${header}, which belongs to the connection`);
      const secretHeader = Object.keys(credentials).find((name) => data.headers.has(name));
      if (secretHeader) checks.refuse(`headers must not set ${secretHeader}, which holds the key of the client`);
      return (await send(data)).toPlatform();
    };
  }
}

/** Sends what openapi-fetch passes on. */
function receive(send: Send, note?: (response: BufferedResponse) => void) {
  return async (request: Request): Promise<Response> => {
    const response = await send(request instanceof RequestData ? request : await readRequest(request));
    note?.(response);
    return response;
  };
}
