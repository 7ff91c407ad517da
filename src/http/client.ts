import createClient, { type Client, type ClientOptions } from "openapi-fetch";
import { type Call, type CallLimits, createPipeline } from "./call.ts";
import { fetchTransport } from "./fetch-transport.ts";
import { combineHeaders, framingHeader } from "./headers.ts";
import { nodeTransport } from "./node-transport.ts";
import type { Api } from "./operation.ts";
import { type CallOptions, type ConnectionOptions, optionChecks } from "./options.ts";
import { redactor } from "./redact.ts";
import {
  bodySerializer,
  type CallerSignal,
  pathSerializer,
  querySerializer,
  RequestData,
  readRequest,
} from "./request.ts";
import type { BufferedResponse } from "./response.ts";
import type { Fetch, HttpAgent, Transport } from "./transport.ts";
import { typedClient, withOwnOptions } from "./typed-client.ts";

type HeaderRecord = Readonly<Record<string, string>>;

/** The service that a client calls, and the key of the client. */
export interface Target {
  readonly api: Api;
  /** Absolute and without a trailing slash. */
  readonly baseUrl: string;
  /** Undefined if the caller passed none: then every call is rejected. */
  readonly secret: string | undefined;
  /** The message of the error of every call, if there is no secret. */
  readonly missingKeyMessage?: string;
  readonly headers: HeaderRecord;
  /** The headers that hold the secret. The transport adds them, so that no middleware sees them. */
  readonly credentials: HeaderRecord;
  /** Wraps the transport of a service whose fields have other names than in the types. */
  readonly translate?: ((transport: Transport) => Transport) | undefined;
}

/** The clients of one connection. */
export interface Connected<Paths extends {}> {
  /**
   * Returns the client of the facade. All calls without options and without a callback share one client.
   * @param onResponse Called with each response.
   */
  readonly client: (options?: CallOptions, onResponse?: (response: BufferedResponse) => void) => Client<Paths>;
  /** Creates the typed client for callers. Its requests and responses are those of the platform, as middleware needs them. */
  readonly typed: () => Client<Paths>;
}

/** Connects openapi-fetch, typed by the paths of a spec, with the request pipeline. */
export function connect<Paths extends {}>(target: Target, options: ConnectionOptions): Connected<Paths> {
  const { api, baseUrl, secret, credentials, translate } = target;
  const checks = optionChecks(api);
  checks.connection(options);
  const limits = checks.call(options);
  const { onRequest, onResponse } = options;
  const hooks = onRequest || onResponse ? { onRequest, onResponse } : undefined;
  const redact = redactor(secret ?? "");
  const missingKeyMessage = secret === undefined ? target.missingKeyMessage : undefined;
  // A copy, because the caller may change the object of the option after the check.
  const headers = combineHeaders(
    { accept: "application/json", "accept-encoding": "identity", ...target.headers },
    options.headers,
  );
  const transport = chooseTransport(baseUrl, options.fetch, options.agent);
  const call = pipelineOver(transport, headers);

  const serializers: ClientOptions = {
    baseUrl,
    pathSerializer: pathSerializer(api),
    querySerializer: querySerializer(api),
    bodySerializer: bodySerializer(api),
  };
  // openapi-fetch creates each request with this class, reads only its method, and passes it to `fetch`.
  const facadeOptions = Object.assign({ ...serializers }, { Request: RequestData });
  const sharedClient = withOwnOptions(createClient<Paths>({ ...facadeOptions, fetch: facadeFetch(call, limits) }));

  return {
    client(given, onResponse) {
      if (!given && !onResponse) return sharedClient;
      const callOptions = checks.callOptions(given);
      const limitsOfCall = checks.call(callOptions, limits);
      const pipeline = callOptions.headers
        ? pipelineOver(transport, combineHeaders(headers, callOptions.headers))
        : call;
      const fetch = facadeFetch(pipeline, limitsOfCall, onResponse);
      return withOwnOptions(createClient<Paths>({ ...facadeOptions, signal: callOptions.signal ?? null, fetch }));
    },
    typed() {
      checks.platform(["Request", "Response"], "The typed client");
      // openapi-fetch adds the headers here, so that a call and a middleware can change them.
      const fetch = fetchOfTypedClient(pipelineOver(transport, {}));
      const client = createClient<Paths>({ ...serializers, headers, fetch });
      return typedClient(client, api, ({ fetch: fetchOfCall, signal }) =>
        fetchOfTypedClient(pipelineOver(fetchOfCall ? fetchTransport(fetchOfCall) : transport, {}), signal),
      );
    },
  };

  /**
   * Creates the pipeline over a transport that adds headers and credentials to each request. Headers are added here and not by
   * openapi-fetch, which would create two `Headers` of the platform for each call.
   */
  function pipelineOver(inner: Transport, headers: HeaderRecord): Call {
    const withHeaders: Transport = (url, init) =>
      inner(url, { ...init, headers: { ...headers, ...init.headers, ...credentials } });
    const transport = translate?.(withHeaders) ?? withHeaders;
    return createPipeline({ api, baseUrl, transport, redact, hooks, missingKeyMessage });
  }

  /** Creates the `fetch` of the typed client, which rejects headers that callers and their middleware may not set. */
  function fetchOfTypedClient(call: Call, signal?: CallerSignal) {
    return async (request: Request): Promise<Response> => {
      const data = await readRequest(request, signal);
      const header = framingHeader(data.headers);
      if (header) checks.refuse(`headers must not set ${header}, which belongs to the connection`);
      const secretHeader = Object.keys(credentials).find((name) => data.headers.has(name));
      if (secretHeader) checks.refuse(`headers must not set ${secretHeader}, which holds the key of the client`);
      return (await call(data, limits)).toPlatform();
    };
  }
}

/** Creates the `fetch` that openapi-fetch calls for the facade. */
function facadeFetch(call: Call, limits: CallLimits, onResponse?: (response: BufferedResponse) => void) {
  return async (request: Request): Promise<Response> => {
    const response = await call(request instanceof RequestData ? request : await readRequest(request), limits);
    onResponse?.(response);
    return response;
  };
}

/** Returns the transport of a client: the caller's `fetch` if there is one, else `node:http`, else the platform's `fetch`. */
export function chooseTransport(baseUrl: string, fetch: Fetch | undefined, agent: HttpAgent | undefined): Transport {
  if (fetch) return fetchTransport(fetch);
  // Not called with the `Request`: the `fetch` of Next.js 15 merges equal requests, although their signals differ.
  return nodeTransport(baseUrl, agent) ?? fetchTransport(({ url }, init) => globalThis.fetch(url, init));
}
