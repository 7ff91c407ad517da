import type { components } from "../generated/authsignal.ts";
import { InvalidSignatureError } from "./errors.ts";
import { hmacSha256, isSame, toBytes } from "./signature.ts";

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

/** The raw body of a delivery, exactly as it was received. A `Buffer` is a `Uint8Array`. */
export type WebhookPayload = string | Uint8Array;

/** A web `Headers` object, or a plain one with the names in any case. */
export type WebhookHeaders =
  | {
      /** Gives the value of a header, or null. */
      get(name: string): string | null;
    }
  | { readonly [name: string]: string | readonly string[] | undefined };

/**
 * A web `Request` whose body was not read yet, or any object with headers and the raw body: an Express request behind
 * `express.raw()`, a Fastify request with a raw body, an AWS Lambda event whose body is not base64-encoded.
 */
export type WebhookRequest =
  | {
      /** They hold the signature. */
      readonly headers: WebhookHeaders;
      /** Reads the raw body. */
      arrayBuffer(): Promise<ArrayBuffer>;
    }
  | {
      /** They hold the signature. */
      readonly headers: WebhookHeaders;
      /** The raw body. */
      readonly body?: WebhookPayload | null;
    };

const SIGNATURE_HEADER = "x-signature-v2";
const MAX_HEADER_LENGTH = 4096;
const ITEM = /^([^=]+)=(.*)$/;
const TIMESTAMP = /^\d{1,12}$/;
const DEFAULT_TOLERANCE = 5;

// Errors begin with the words of the official SDKs and go on with what to do.
const NOT_RAW = "Payload format is invalid. Pass the raw body, a string or bytes, neither read nor parsed before.";
const MALFORMED = 'Signature format is invalid. It should be "t=…,v2=…".';

/** Tells whether a webhook delivery comes from Authsignal, and signs deliveries for tests. Works on every runtime. */
export class Webhook {
  readonly #keys: readonly string[];

  /**
   * @param secret The Server API secret key; an array while several are active. A delivery is good if any key signed it.
   * @throws InvalidSignatureError if there is no key, or one is blank or not a string.
   */
  constructor(secret: string | readonly string[]) {
    const keys: readonly string[] = [secret].flat();
    if (!keys[0] || !keys.every((key) => typeof key === "string" && key.trim())) {
      refuse("Pass your secret key, or a list of keys.");
    }
    this.#keys = keys.map((key) => key.trim());
  }

  /**
   * Verify a delivery and parse it.
   *
   * @param payload The raw request body. A body that was parsed and serialised again does not verify.
   * @param signature The value of the `X-Signature-V2` header.
   * @param tolerance How many minutes old, or ahead of this clock, the delivery may be; 5 by default. 0 or less turns
   *   the check off.
   * @throws InvalidSignatureError if anything is wrong with the delivery; nothing else.
   */
  constructEvent(payload: WebhookPayload, signature: string, tolerance = DEFAULT_TOLERANCE): WebhookEvent | LogBatch {
    return parseEvent(this.#verified(payload, signature, tolerance));
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
    const [payload, signature] = await readDelivery(request);
    return parseEvent(this.#verified(payload, signature, tolerance));
  }

  /**
   * Only verify a delivery; parameters as in `constructEvent`.
   *
   * @throws InvalidSignatureError if the body is not raw, or its signature or age is wrong.
   */
  verify(payload: WebhookPayload, signature: string, tolerance = DEFAULT_TOLERANCE): void {
    this.#verified(payload, signature, tolerance);
  }

  /**
   * The `X-Signature-V2` header that Authsignal would send with this body: one signature per key. For your tests.
   *
   * @param timestamp When it is sent, in whole Unix seconds; now by default.
   * @throws InvalidSignatureError if the payload is neither string nor bytes, or the timestamp no such number.
   */
  sign(payload: WebhookPayload, timestamp = now()): string {
    if (!isPayload(payload) || !TIMESTAMP.test(`${timestamp}`)) {
      refuse("Pass a string or bytes to sign, and whole Unix seconds.");
    }
    return [`t=${timestamp}`, ...this.#signatures(timestamp, payload).map((signature) => `v2=${signature}`)].join();
  }

  /** Returns the bytes that were signed: what is parsed is these. */
  #verified(payload: unknown, signature: unknown, tolerance: number): Uint8Array {
    if (!isPayload(payload)) refuse(NOT_RAW);
    if (typeof signature !== "string") refuse(`Signature format is invalid. Pass one ${SIGNATURE_HEADER} header.`);
    if (!Number.isFinite(tolerance)) refuse("Tolerance is invalid. Pass a finite number of minutes.");

    const [timestamp, candidates] = parseHeader(signature);
    if (tolerance > 0 && Math.abs(now() - Number(timestamp)) > tolerance * 60)
      refuse("Timestamp is outside the tolerance zone.");

    const bytes = toBytes(payload);
    let matched = false;
    for (const expected of this.#signatures(timestamp, bytes)) {
      for (const candidate of candidates) matched = isSame(expected, candidate) || matched; // no early exit
    }
    if (!matched) refuse("Signature mismatch. Pass the raw body and the right secret key.");
    return bytes;
  }

  /** The signature with each key: 43 characters, since the base64 of 32 bytes ends in exactly one "=". */
  #signatures(timestamp: string | number, body: WebhookPayload): string[] {
    return this.#keys.map((key) => hmacSha256(key, `${timestamp}.`, body).slice(0, 43));
  }
}

function refuse(reason: string): never {
  throw new InvalidSignatureError(reason);
}

const now = (): number => Math.floor(Date.now() / 1000);

const isPayload = (value: unknown): value is WebhookPayload =>
  typeof value === "string" || (ArrayBuffer.isView(value) && value instanceof Uint8Array);
const isEvent = (value: unknown): value is WebhookEvent | LogBatch => Object(value) === value && !Array.isArray(value);

/** One `t`, one `v2` or more; other keys are left to the future. A `v2` of a wrong form is one that will not match. */
function parseHeader(header: string): [timestamp: string, candidates: string[]] {
  if (header.length > MAX_HEADER_LENGTH) refuse(MALFORMED);
  const items = header.split(",").map((item) => ITEM.exec(item.trim()));
  const valuesOf = (key: string) => items.flatMap((item) => (item?.[1] === key ? (item[2] ?? "") : []));
  const [timestamp = "", ...more] = valuesOf("t");
  const candidates = valuesOf("v2");
  if (items.includes(null) || !TIMESTAMP.test(timestamp) || more.length || !candidates.length) refuse(MALFORMED);
  return [timestamp, candidates];
}

function parseEvent(body: Uint8Array): WebhookEvent | LogBatch {
  let event: unknown;
  try {
    event = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // The cause is not kept: it would quote the body, which holds codes and addresses.
  }
  return isEvent(event) ? event : refuse("Payload format is invalid. It is not a JSON object.");
}

function findSignature(headers: WebhookHeaders | undefined): unknown {
  if (typeof headers?.get === "function") return headers.get(SIGNATURE_HEADER);
  const values = Object.entries(headers ?? {}).flatMap(([name, value]) =>
    name.toLowerCase() === SIGNATURE_HEADER ? (value ?? []) : [],
  );
  return values.length > 1 ? values : values[0];
}

async function readDelivery(request: WebhookRequest): Promise<[payload: unknown, signature: unknown]> {
  try {
    return [
      "arrayBuffer" in request ? new Uint8Array(await request.arrayBuffer()) : request.body,
      findSignature(request.headers),
    ];
  } catch {
    return refuse(NOT_RAW);
  }
}
