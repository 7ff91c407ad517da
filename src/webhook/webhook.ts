import type { components } from "../../generated/authsignal.ts";
import { isEqualInConstantTime } from "../platform/constant-time.ts";
import { hmacSha256 } from "../platform/hmac.ts";
import { decodeUtf8, encodeUtf8 } from "../platform/utf8.ts";
import { bytesOf, headerValues, rawBody, refuse, refuseAgain } from "./request.ts";

type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** Asks you to send an e-mail with a code or a magic link. */
export interface EmailCreatedEvent extends Schema<"EmailCreatedEvent"> {}
/** Asks you to send a text message with a code. */
export interface SmsCreatedEvent extends Schema<"SmsCreatedEvent"> {}
/** Asks you to send a push notification. */
export interface PushCreatedEvent extends Schema<"PushCreatedEvent"> {}
/** A user enrolled an authenticator. */
export interface AuthenticatorCreatedEvent extends Schema<"AuthenticatorCreatedEvent"> {}
/** An authenticator of a user changed. */
export interface AuthenticatorUpdatedEvent extends Schema<"AuthenticatorUpdatedEvent"> {}
/** A user lost an authenticator. */
export interface AuthenticatorDeletedEvent extends Schema<"AuthenticatorDeletedEvent"> {}
/** Asks you to agree to a challenge that the user passed. */
export interface ActionVerifyEvent extends Schema<"ActionVerifyEvent"> {}
/** One log record of an action; arrives inside a `LogBatch`. */
export interface ActionLogCreatedEvent extends Schema<"ActionLogCreatedEvent"> {}
/** One log record of a challenge; arrives inside a `LogBatch`. */
export interface ChallengeLogCreatedEvent extends Schema<"ChallengeLogCreatedEvent"> {}

/** One event; `type` tells which. */
export type WebhookEvent =
  | EmailCreatedEvent
  | SmsCreatedEvent
  | PushCreatedEvent
  | AuthenticatorCreatedEvent
  | AuthenticatorUpdatedEvent
  | AuthenticatorDeletedEvent
  | ActionVerifyEvent
  | ActionLogCreatedEvent
  | ChallengeLogCreatedEvent;

/** Up to 500 log events. It has no `type`, and it can arrive twice: skip every event whose `id` you have seen. */
export interface LogBatch extends Schema<"LogBatch"> {
  /** A batch has none, which tells it from an event. */
  type?: undefined;
}

/** The `data` of the events that have it; log events have a `record` instead. */
export type WebhookEventData = Extract<WebhookEvent, { data: unknown }>["data"];

/**
 * The raw body of a delivery, exactly as it was received: a string, a buffer, or a view of one such as a `Buffer` or a
 * `Uint8Array`, of any realm. Bytes are copied before anything else is done.
 */
export type WebhookPayload = string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** A web `Headers` object or what is like one, or a plain object with the names in any case. */
export type WebhookHeaders =
  | {
      /** Gives the value of a header, or null. */
      get(name: string): string | null | undefined;
    }
  | { readonly [name: string]: string | readonly string[] | null | undefined };

/**
 * A web `Request` whose body was not read yet, such as that of Next.js or `c.req.raw` of Hono; an object with headers and the
 * raw body, such as an Express request behind `express.raw()`, or a Fastify request whose body was parsed as a buffer; a
 * request that keeps the raw body as `rawBody`, such as those of NestJS and Cloud Functions; or an AWS Lambda event.
 */
export type WebhookRequest =
  | {
      /** They hold the signature. */
      readonly headers: WebhookHeaders;
      /** Reads the raw body. */
      arrayBuffer(): Promise<ArrayBuffer | SharedArrayBuffer | ArrayBufferView>;
    }
  | {
      /** They hold the signature. */
      readonly headers: WebhookHeaders;
      /** The raw body, which is used instead of `body`. */
      readonly rawBody: WebhookPayload;
    }
  | {
      /** They hold the signature. */
      readonly headers: WebhookHeaders;
      /** The raw body. */
      readonly body?: WebhookPayload | null | undefined;
    }
  | {
      /** They hold the signature. */
      readonly headers?: WebhookHeaders | null | undefined;
      /** All values of each header, which API Gateway and load balancers may give; looked at first. */
      readonly multiValueHeaders?: { readonly [name: string]: readonly string[] | undefined } | null | undefined;
      /** The raw body, perhaps in base64. */
      readonly body?: string | null | undefined;
      /** Whether the body is in base64. */
      readonly isBase64Encoded: boolean;
    };

const SIGNATURE_HEADER = "x-signature-v2";
const MAX_HEADER_LENGTH = 4096;
const ITEM = /^([^=]+)=(.*)$/;
const TIMESTAMP = /^\d{1,12}$/;
const DEFAULT_TOLERANCE = 5;

// Errors begin with the words of the official SDKs and go on with what to do.
const ONE_HEADER = `Signature format is invalid. Pass one ${SIGNATURE_HEADER} header, a string`;
const REASONS = {
  notSecret:
    "Secret key is invalid. Pass your secret key of the Server API, or a list of such keys, none of them blank.",
  notWebhook: "Webhook is invalid. Call its methods on the webhook itself, as webhook.verify(…), not taken from it.",
  notRequest:
    "Payload format is invalid. Pass a web Request, a Lambda event, or an object with the headers and the raw body.",
  notEvent:
    "Payload format is invalid. It is signed well, but it is not a JSON object in UTF-8. Sign one, or call verify() and read it yourself.",
  noHeader: `${ONE_HEADER}: there is none.`,
  severalHeaders: `${ONE_HEADER}: there are several values.`,
  malformed: `Signature format is invalid. Pass the whole ${SIGNATURE_HEADER} header: "t=<Unix seconds>,v2=<signature>".`,
  badTolerance: "Tolerance is invalid. Pass a finite number of minutes; 0 turns the check of the timestamp off.",
  badTimestamp: "Timestamp is invalid. Pass whole Unix seconds, not milliseconds and not a Date.",
  untimely: "Timestamp is outside the tolerance zone. If it is no replay, set the clock of this machine.",
  mismatch: "Signature mismatch. Pass the body exactly as received, and the secret key of the tenant that sent it.",
} as const;

/** Makes the signatures of a delivery, one with each key. */
type Sign = (timestamp: string | number, body: Uint8Array) => string[];

/** The name of a property that is not enumerable. A private field would not be found behind a `Proxy`. */
const SIGNER: unique symbol = Symbol("signer");

/** What a webhook holds. It is not declared by the class, so that what has the methods can stand in for one. */
interface Keyed {
  /** Asks for the keys, which stay in a closure, so that they show in no inspection. */
  readonly [SIGNER]?: () => Sign;
}

/** Tells whether a webhook delivery comes from Authsignal, and signs deliveries for tests. Works on every runtime. */
export class Webhook {
  /**
   * @param secret The Server API secret key; an array while several are active. A delivery is good if any key signed it.
   * @throws InvalidSignatureError if there is no key, or one is blank or not a string.
   */
  constructor(secret: string | readonly string[]) {
    const keys = keysIn(secret);
    setSigner(this, () => keys);
  }

  /**
   * Verify a delivery and parse it.
   *
   * @param payload The raw request body. A body that was parsed and serialized again does not verify.
   * @param signature The value of the `X-Signature-V2` header. A delivery without one is refused.
   * @param tolerance How many minutes old, or ahead of this clock, the delivery may be; 5 by default. 0 or less turns
   *   the check off.
   * @throws InvalidSignatureError if anything is wrong with the delivery; nothing else. The webhook of a client that has no
   *   secret key throws `AuthsignalError` `invalid_argument`.
   */
  constructEvent(
    payload: WebhookPayload,
    signature: string | null | undefined,
    tolerance = DEFAULT_TOLERANCE,
  ): WebhookEvent | LogBatch {
    return parseEvent(verified(signerOf(this), payload, signature, tolerance));
  }

  /**
   * The same from a request: finds the header whatever its case and reads the raw body, once.
   *
   * @param tolerance As in `constructEvent`, in minutes.
   * @throws InvalidSignatureError (as a rejection), also if the header is missing or there twice, or the body was read before.
   */
  async constructEventFromRequest(
    request: WebhookRequest,
    tolerance = DEFAULT_TOLERANCE,
  ): Promise<WebhookEvent | LogBatch> {
    const sign = signerOf(this);
    const [payload, signature] = await readDelivery(request);
    return parseEvent(verified(sign, payload, signature, tolerance));
  }

  /**
   * Only verify a delivery; parameters as in `constructEvent`.
   *
   * @throws InvalidSignatureError if the body is not raw, or its signature or age is wrong.
   */
  verify(payload: WebhookPayload, signature: string | null | undefined, tolerance = DEFAULT_TOLERANCE): void {
    verified(signerOf(this), payload, signature, tolerance);
  }

  /**
   * The `X-Signature-V2` header that Authsignal would send with this body: one signature per key. For your tests.
   *
   * @param timestamp When it is sent, in whole Unix seconds; now by default.
   * @throws InvalidSignatureError if the payload is neither string nor bytes, or the timestamp no such number.
   */
  sign(payload: WebhookPayload, timestamp = now()): string {
    const sign = signerOf(this);
    const bytes = bytesOf(payload);
    if (!Number.isInteger(timestamp) || !TIMESTAMP.test(`${timestamp}`)) refuse(REASONS.badTimestamp);
    return [`t=${timestamp}`, ...sign(timestamp, bytes).map((signature) => `v2=${signature}`)].join();
  }
}

/**
 * Makes a webhook that asks for its keys each time it needs them. What `keys` throws, its methods throw.
 * @internal
 */
export function webhookOf(keys: () => readonly string[]): Webhook {
  const webhook: Webhook = Object.create(Webhook.prototype);
  setSigner(webhook, () => keysIn(keys()));
  return webhook;
}

function setSigner(webhook: Webhook, keys: () => readonly Uint8Array[]): void {
  const value = (): Sign => {
    const active = keys();
    // 43 characters, since the base64 of 32 bytes ends in exactly one "=".
    return (timestamp, body) => active.map((key) => hmacSha256(key, encodeUtf8(`${timestamp}.`), body).slice(0, 43));
  };
  Object.defineProperty(webhook, SIGNER, { value, configurable: true });
}

/** Before anything else is looked at, so that a missing key is always told. */
function signerOf(webhook: (Webhook & Keyed) | undefined): Sign {
  return webhook?.[SIGNER]?.() ?? refuse(REASONS.notWebhook);
}

function keysIn(secret: unknown): readonly Uint8Array[] {
  let given: readonly unknown[] = [];
  try {
    given = Array.isArray(secret) ? [...secret] : [secret];
  } catch {
    // It cannot be read, so there is no key.
  }
  const keys = given.flatMap((key) => (typeof key === "string" ? key.trim() || [] : []));
  return keys.length > 0 && keys.length === given.length ? keys.map(encodeUtf8) : refuse(REASONS.notSecret);
}

/** Returns the bytes that were signed: what is parsed is these. */
function verified(sign: Sign, payload: unknown, signature: unknown, tolerance: number): Uint8Array {
  const bytes = bytesOf(payload);
  if (typeof signature !== "string") refuse(whyNoHeader(signature));
  if (!Number.isFinite(tolerance)) refuse(REASONS.badTolerance);

  const [timestamp, candidates] = parseHeader(signature);
  if (tolerance > 0 && Math.abs(now() - Number(timestamp)) > tolerance * 60) refuse(REASONS.untimely);

  let matched = false;
  for (const expected of sign(timestamp, bytes)) {
    for (const candidate of candidates) matched = isEqualInConstantTime(expected, candidate) || matched; // no early exit
  }
  if (!matched) refuse(REASONS.mismatch);
  return bytes;
}

const now = (): number => Math.floor(Date.now() / 1000);

const isEvent = (value: unknown): value is WebhookEvent | LogBatch => Object(value) === value && !Array.isArray(value);

function whyNoHeader(signature: unknown): string {
  if (signature === undefined || signature === null) return REASONS.noHeader;
  if (typeof signature !== "object") return `${ONE_HEADER}, not a ${typeof signature}.`;
  try {
    return Array.isArray(signature) ? REASONS.severalHeaders : `${ONE_HEADER}, not an object.`;
  } catch {
    return `${ONE_HEADER}, not a revoked proxy.`;
  }
}

/** One `t`, one `v2` or more; other keys are left to the future. A `v2` of a wrong form is one that will not match. */
function parseHeader(header: string): [timestamp: string, candidates: string[]] {
  if (header.length > MAX_HEADER_LENGTH) refuse(REASONS.malformed);
  const items = header.split(",").map((item) => ITEM.exec(item.trim()));
  const valuesOf = (key: string) => items.flatMap((item) => (item?.[1] === key ? (item[2] ?? "") : []));
  const [timestamp = "", ...more] = valuesOf("t");
  const candidates = valuesOf("v2");
  if (items.includes(null) || !TIMESTAMP.test(timestamp) || more.length || !candidates.length)
    refuse(REASONS.malformed);
  return [timestamp, candidates];
}

function parseEvent(body: Uint8Array): WebhookEvent | LogBatch {
  let event: unknown;
  try {
    event = JSON.parse(decodeUtf8(body, { fatal: true }));
  } catch {
    // The cause is not kept: it would quote the body, which holds codes and addresses.
  }
  return isEvent(event) ? event : refuse(REASONS.notEvent);
}

async function readDelivery(request: unknown): Promise<[payload: Uint8Array, signature: unknown]> {
  try {
    if (Object(request) !== request) refuse(REASONS.notRequest);
    const [signature, ...more] = headerValues(request, SIGNATURE_HEADER);
    return [await rawBody(request), more.length > 0 ? [signature, ...more] : signature];
  } catch (error) {
    return refuseAgain(error, REASONS.notRequest);
  }
}
