import { InvalidSignatureError } from "../errors.ts";
import { parseJson } from "../http/json.ts";
import { toBytes } from "../signature.ts";
import { parseBracketedQuery } from "./callback-query.ts";
import { isJsonObject } from "./fields.ts";
import { isOneTouchSignature, signedMethod, signedUrl } from "./one-touch-signature.ts";

/** A web `Headers` object, or a plain one with the names in any case. */
export type CallbackHeaders =
  | {
      /** Gives the value of a header, or null. */
      get(name: string): string | null;
    }
  | { readonly [name: string]: string | readonly string[] | undefined };

/** A web `Request` whose body was not read yet. */
export interface WebCallbackRequest {
  /** `GET` or `POST`, in any case. */
  readonly method: string;
  /** The absolute URL with its query. */
  readonly url: string;
  /** They hold the signature and its nonce. */
  readonly headers: CallbackHeaders;
  /** Reads the body of a POST; that of a GET is not read. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A request with its raw body, such as one of Express behind `express.raw({ type: "application/json" })`. */
export interface RawCallbackRequest {
  /** `GET` or `POST`, in any case. */
  readonly method?: string | undefined;
  /** With its query: absolute, or the path only, as Node has it. */
  readonly url?: string | undefined;
  /** What Express keeps of the path while its routers shorten `url`. It is used instead of `url`. */
  readonly originalUrl?: string;
  /** They hold the signature and its nonce. */
  readonly headers: CallbackHeaders;
  /** The body of a POST exactly as it was received; that of a GET is not looked at. A `Buffer` is a `Uint8Array`. */
  readonly body?: string | Uint8Array | null;
}

/** A callback as your server received it. */
export type CallbackRequest = WebCallbackRequest | RawCallbackRequest;

/** How to find the URL that was signed, which is the one that Authy called. */
export interface CallbackOptions {
  /** The callback URL as it is configured with Authy. It wins over whatever the request says. */
  readonly url?: string;
  /** Without `url`: the headers in which your proxy tells what it was called by. */
  readonly trustedHeaders?: TrustedHeaders;
}

/**
 * The headers of a proxy. Name only those that it sets itself, because anybody can send them. A header that is named must
 * be there; of a list its first value is taken.
 */
export interface TrustedHeaders {
  /** The header that holds `http` or `https`, such as `x-forwarded-proto`. */
  readonly protocol?: string;
  /** The header that holds the host and its port, such as `x-forwarded-host`. Without it, the request's own host is taken. */
  readonly host?: string;
}

/** A callback that is signed, with its names as they travel. The values of a GET are all text. */
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
const NOT_RAW =
  "Payload format is invalid. Pass the raw body, a string or UTF-8 bytes, neither read nor parsed before.";
const NOT_JSON = "Payload format is invalid. It is not a JSON object.";
const PASS_URL = "Pass the callback URL, as it is configured with Authy, as the option url";
const UNKNOWN_URL = `Callback URL is unknown. ${PASS_URL}, or name the headers of your proxy in trustedHeaders.`;
const MISMATCH = `Signature mismatch. Pass the right API key, and body and query as they were received. ${PASS_URL}, if a proxy stands before your server.`;

/**
 * Verifies a callback and reads it. The same callback may come again: act once for each approval request.
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
    if (error instanceof InvalidSignatureError) throw error;
    return refuse(NOT_A_REQUEST); // a getter of the request has failed
  }
}

async function readVerified(
  apiKey: string,
  request: CallbackRequest,
  options: CallbackOptions,
): Promise<SignedCallback> {
  if (!isJsonObject(request)) refuse(NOT_A_REQUEST);
  const method = signedMethod(request.method) ?? refuse("Method is invalid. Pass the request's own: GET or POST.");
  const { headers } = request;
  const signature = headerOf(headers, SIGNATURE_HEADER) ?? refuse(missing(SIGNATURE_HEADER));
  const nonce = headerOf(headers, NONCE_HEADER) ?? refuse(missing(NONCE_HEADER));
  const target = targetOf(request);
  const url = externalUrl(target, headers, options);
  const check = (params: string): void => {
    if (!isOneTouchSignature(apiKey, { signature, nonce, method, url, params })) refuse(MISMATCH);
  };

  if (method === "GET") {
    const query = queryOf(target);
    // The one question mark that a query may have in front is ours, so that a second one stays a part of it.
    check(`?${query}`);
    return { method, params: parseBracketedQuery(query) };
  }
  const body = await readBody(request);
  const params = parseJson(body);
  if (!isJsonObject(params)) refuse(NOT_JSON);
  check(body);
  return { method, params };
}

function refuse(reason: string): never {
  throw new InvalidSignatureError(reason);
}

/** The URL as the request has it, perhaps the path only. */
function targetOf(request: CallbackRequest): string {
  const target = ("originalUrl" in request && request.originalUrl) || request.url;
  return typeof target === "string" ? target : "";
}

/** Not by way of `URL`, which would write some characters in another way than they were signed. */
function queryOf(target: string): string {
  return /^[^?#]*\?([^#]*)/.exec(target)?.[1] ?? "";
}

/** The URL that Authy called, as far as the request and the headers that are trusted can tell. */
function externalUrl(target: string, headers: CallbackHeaders, { url, trustedHeaders }: CallbackOptions): string {
  if (url !== undefined) return signedUrl(url) ?? refuse(`Callback URL is invalid. ${PASS_URL}.`);
  const own = signedUrl(target) ? new URL(target) : undefined;
  const protocol = trusted(headers, trustedHeaders?.protocol) ?? own?.protocol.slice(0, -1);
  const host = trusted(headers, trustedHeaders?.host) ?? own?.host ?? headerOf(headers, "host");
  if (!protocol || !host) refuse(UNKNOWN_URL);
  const path = own?.pathname ?? target;
  const isWellFormed = PROTOCOL.test(protocol) && HOST.test(host) && path.startsWith("/");
  return (isWellFormed && signedUrl(`${protocol}://${host}${path}`)) || refuse(UNKNOWN_URL);
}

/** The first value of a header that the caller has named; undefined when none was named. */
function trusted(headers: CallbackHeaders, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  return headerOf(headers, name)?.split(",")[0]?.trim() || refuse(missing(name));
}

function headerOf(headers: CallbackHeaders | undefined, name: string): string | undefined {
  if (typeof name !== "string" || !HEADER_NAME.test(name))
    refuse("Trusted header is invalid. Pass the name of a header.");
  const [value, ...more] = valuesOf(headers, name.toLowerCase());
  if (value === undefined) return undefined;
  const isGood = typeof value === "string" && value !== "" && value.length <= MAX_HEADER_LENGTH && more.length === 0;
  return isGood ? value : refuse(missing(name));
}

function valuesOf(headers: CallbackHeaders | undefined, name: string): unknown[] {
  if (typeof headers?.get === "function") return [headers.get(name) ?? []].flat();
  return Object.entries(headers ?? {})
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? []);
}

function missing(header: string): string {
  return `Header ${header} is missing or malformed. Pass it once, as it was received, or the web Request itself.`;
}

async function readBody(request: CallbackRequest): Promise<string> {
  try {
    const body = "arrayBuffer" in request ? new Uint8Array(await request.arrayBuffer()) : request.body;
    if (typeof body === "string" || body instanceof Uint8Array) {
      return new TextDecoder("utf-8", { fatal: true }).decode(toBytes(body));
    }
  } catch {
    // The cause is not kept: it would quote the body.
  }
  return refuse(NOT_RAW);
}
