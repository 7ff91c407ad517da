import { parseJson } from "../http/body.ts";
import { headerValues } from "../platform/request-headers.ts";
import { decodeUtf8 } from "../platform/utf8.ts";
import { rethrowInvalid, throwInvalid } from "../webhook/invalid.ts";
import { rawBodyOf } from "../webhook/raw-body.ts";
import { parseBracketedQuery } from "./callback-query.ts";
import { isJsonObject } from "./fields.ts";
import { isOneTouchSignature, signedMethod, signedUrl } from "./one-touch-signature.ts";

/** A web `Headers` object or one with the same `get`, or a plain object with the names in any case. */
export type CallbackHeaders =
  | {
      /** Returns the value of a header, or null. */
      get(name: string): string | null | undefined;
    }
  | { readonly [name: string]: string | readonly string[] | null | undefined };

/** The raw body, exactly as it was received: a string, a buffer, or a view of one such as a `Buffer`, of any realm. */
export type CallbackPayload = string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** A web `Request` whose body has not been read yet. */
export interface WebCallbackRequest {
  /** `GET` or `POST`, in any case. */
  readonly method: string;
  /** The absolute URL with its query. */
  readonly url: string;
  /** The headers, which hold the signature and its nonce. */
  readonly headers: CallbackHeaders;
  /** Reads the body of a POST; that of a GET is not read. */
  arrayBuffer(): Promise<ArrayBuffer | SharedArrayBuffer | ArrayBufferView>;
}

/** A request with its raw body, such as one of Express behind `express.raw({ type: "application/json" })`. */
export interface RawCallbackRequest {
  /** `GET` or `POST`, in any case. */
  readonly method?: string | undefined;
  /** The URL with its query: absolute, or the path only, as Node has it. */
  readonly url?: string | undefined;
  /** The whole path in Express, whose routers shorten `url`. It is used instead of `url`. */
  readonly originalUrl?: string | undefined;
  /** The headers, which hold the signature and its nonce. */
  readonly headers: CallbackHeaders;
  /** The body of a POST exactly as it was received; that of a GET is ignored. */
  readonly body?: CallbackPayload | null | undefined;
  /** The raw body where `body` holds the parsed one, as in NestJS and Cloud Functions. It is used instead of `body`. */
  readonly rawBody?: CallbackPayload | null | undefined;
}

/**
 * An AWS Lambda event with a method and a URL, which events have under other names: `{ ...event, method: event.httpMethod, url: event.path }`
 * for a POST of version 1.0 or of a load balancer; `{ ...event, method: event.requestContext.http.method, url:
 * event.rawPath + "?" + event.rawQueryString }` for version 2.0 and for function URLs. Only the latter two hold the query of a
 * GET as it was signed. Pass the callback URL as the option `url`.
 */
export interface LambdaCallbackRequest {
  /** `GET` or `POST`, in any case. */
  readonly method: string;
  /** The path, with its query for a GET. */
  readonly url: string;
  /** The headers, which hold the signature and its nonce. */
  readonly headers?: CallbackHeaders | null | undefined;
  /** All values of each header, which API Gateway and load balancers may set; used before `headers`. */
  readonly multiValueHeaders?: { readonly [name: string]: readonly string[] | undefined } | null | undefined;
  /** The body of a POST, possibly in base64; that of a GET is ignored. */
  readonly body?: string | null | undefined;
  /** Whether the body is in base64. */
  readonly isBase64Encoded: boolean;
}

/** The request of a callback as your server received it. */
export type CallbackRequest = WebCallbackRequest | RawCallbackRequest | LambdaCallbackRequest;

/** Options that give the signed URL, which is the one that Authy called. */
export interface CallbackOptions {
  /** The callback URL as it is configured with Authy. It replaces that of the request. */
  readonly url?: string | undefined;
  /** Without `url`: the headers in which your proxy forwards the protocol and the host. */
  readonly trustedHeaders?: TrustedHeaders | undefined;
}

/**
 * The headers of a proxy. Name only those that it sets itself, because any client can send them. A named header must be there;
 * the first value of a list is used.
 */
export interface TrustedHeaders {
  /** The header that holds `http` or `https`, such as `x-forwarded-proto`. */
  readonly protocol?: string | undefined;
  /** The header that holds the host and its port, such as `x-forwarded-host`. Without it, the host of the request is used. */
  readonly host?: string | undefined;
}

/** A verified callback, with its names in snake_case. The values of a GET are all text. */
export interface SignedCallback {
  readonly method: "GET" | "POST";
  readonly params: Record<string, unknown>;
}

const SIGNATURE_HEADER = "x-authy-signature";
const NONCE_HEADER = "x-authy-signature-nonce";
const MAX_HEADER_LENGTH = 4096;
const HEADER_NAME = /^[\w-]+$/;
const PROTOCOL = /^https?$/i;
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

const NOT_A_REQUEST = "Request is invalid. Pass a web Request, or method, url, headers and the raw body.";
const NO_METHOD =
  "Method is invalid. Pass the request's own as method: GET or POST. A Lambda event has it as httpMethod, or as requestContext.http.method.";
const NOT_UTF8 =
  "Payload format is invalid. Pass the raw body in UTF-8: these bytes are not, and may be compressed still.";
const NOT_JSON =
  "Payload format is invalid. It is not a JSON object. Pass the body exactly as received, and isBase64Encoded with that of a Lambda event.";
const PASS_URL = "Pass the callback URL, as it is configured with Authy, as the option url";
const UNKNOWN_URL = `Callback URL is unknown. ${PASS_URL}, or name the headers of your proxy in trustedHeaders.`;
const MISMATCH = `Signature mismatch. Pass the right API key, and body and query as they were received. ${PASS_URL}, if a proxy stands before your server.`;

/**
 * Verifies a callback and reads its parameters. Authy may send the same callback again: act once for each approval request.
 *
 * @throws InvalidSignatureError (as a rejection) if anything is wrong with the callback; nothing else.
 */
export async function readCallback(
  apiKey: string,
  request: CallbackRequest,
  options?: CallbackOptions,
): Promise<SignedCallback> {
  try {
    return await readVerified(apiKey, request, options ?? {});
  } catch (error) {
    return rethrowInvalid(error, NOT_A_REQUEST);
  }
}

async function readVerified(
  apiKey: string,
  request: CallbackRequest,
  options: CallbackOptions,
): Promise<SignedCallback> {
  if (!isJsonObject(request)) throwInvalid(NOT_A_REQUEST);
  const method = signedMethod(request.method) ?? throwInvalid(NO_METHOD);
  const signature = headerOf(request, SIGNATURE_HEADER) ?? throwInvalid(missing(SIGNATURE_HEADER));
  const nonce = headerOf(request, NONCE_HEADER) ?? throwInvalid(missing(NONCE_HEADER));
  const target = targetOf(request);
  const url = externalUrl(target, request, options);
  const check = (params: string): void => {
    if (!isOneTouchSignature(apiKey, { signature, nonce, method, url, params })) throwInvalid(MISMATCH);
  };

  if (method === "GET") {
    const query = queryOf(target);
    // `canonicalText` removes one question mark in front. Another one belongs to the query.
    check(`?${query}`);
    return { method, params: parseBracketedQuery(query) };
  }
  const body = textOf(await rawBodyOf(request));
  const params = parseJson(body);
  if (!isJsonObject(params)) throwInvalid(NOT_JSON);
  check(body);
  return { method, params };
}

/** Returns the URL of the request, possibly the path only. */
function targetOf(request: CallbackRequest): string {
  const target = ("originalUrl" in request && request.originalUrl) || request.url;
  return typeof target === "string" ? target : "";
}

/** Returns the query as it was sent. The class `URL` would encode some characters in another way than they were signed. */
function queryOf(target: string): string {
  return /^[^?#]*\?([^#]*)/.exec(target)?.[1] ?? "";
}

/** Returns the URL that Authy called, from the option, the trusted headers or the request. */
function externalUrl(target: string, request: CallbackRequest, { url, trustedHeaders }: CallbackOptions): string {
  if (url !== undefined) return signedUrl(url) ?? throwInvalid(`Callback URL is invalid. ${PASS_URL}.`);
  const own = signedUrl(target) ? new URL(target) : undefined;
  const protocol = trusted(request, trustedHeaders?.protocol) ?? own?.protocol.slice(0, -1);
  const host = trusted(request, trustedHeaders?.host) ?? own?.host ?? headerOf(request, "host");
  if (!protocol || !host) throwInvalid(UNKNOWN_URL);
  const path = own?.pathname ?? target;
  const isWellFormed = PROTOCOL.test(protocol) && HOST.test(host) && path.startsWith("/");
  return (isWellFormed && signedUrl(`${protocol}://${host}${path}`)) || throwInvalid(UNKNOWN_URL);
}

/** Returns the first value of a header that the caller trusts; undefined when the caller named none. */
function trusted(request: CallbackRequest, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  return headerOf(request, name)?.split(",")[0]?.trim() || throwInvalid(missing(name));
}

function headerOf(request: CallbackRequest, name: string): string | undefined {
  if (typeof name !== "string" || !HEADER_NAME.test(name))
    throwInvalid("Trusted header is invalid. Pass the name of a header, such as x-forwarded-host.");
  const [value, ...more] = headerValues(request, name.toLowerCase());
  if (value === undefined) return undefined;
  const isGood = typeof value === "string" && value !== "" && value.length <= MAX_HEADER_LENGTH && more.length === 0;
  return isGood ? value : throwInvalid(missing(name));
}

function missing(header: string): string {
  return `Header ${header} is missing or malformed. Pass it once, as it was received, or the web Request itself.`;
}

function textOf(body: Uint8Array): string {
  try {
    return decodeUtf8(body, { fatal: true });
  } catch {
    return throwInvalid(NOT_UTF8); // without its cause, which would quote the body
  }
}
