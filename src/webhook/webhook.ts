import type { LogBatch, UnknownEvent, WebhookEvent } from "./events.ts";
import { throwInvalid } from "./invalid.ts";
import { parseEvent } from "./parse-event.ts";
import { bytesOf } from "./raw-body.ts";
import { readSignedBody, type WebhookPayload, type WebhookRequest } from "./request.ts";
import { DEFAULT_TOLERANCE, type Keys, readKeys, signatureHeader, verifySignature } from "./signature.ts";

const NOT_A_WEBHOOK =
  "Webhook is invalid. Call its methods on the webhook itself, as webhook.verify(…), not taken from it.";

/**
 * The property that holds the keys; not enumerable. It is not a private field, because a private field cannot be read through a
 * `Proxy`, and libraries for tracing, mocking and dependency injection wrap objects in proxies.
 */
const KEYS: unique symbol = Symbol("keys");

/**
 * The property of the keys. The class `Webhook` does not declare this property: if it did, TypeScript would require it of every
 * `Webhook`, and a test could not pass an object of its own with the same methods.
 */
interface WithKeys {
  /** Returns the keys. They stay in the closure of this function, so that no inspection of the webhook shows them. */
  readonly [KEYS]?: () => Keys;
}

/** Verifies that webhook deliveries come from Authsignal, and signs deliveries for tests. Works on every runtime. */
export class Webhook {
  /**
   * @param secret The Server API secret key; an array while several are active. A delivery is valid if any of the keys signed it.
   * @throws InvalidSignatureError if there is no key, or one is blank or not a string.
   */
  constructor(secret: string | readonly string[]) {
    const keys = readKeys(secret);
    keepKeys(this, () => keys);
  }

  /**
   * Verifies a delivery and parses it. The payload is returned as it was signed; its fields are not checked. A payload that
   * is neither a known event nor a batch has the type `UnknownEvent`.
   *
   * @param payload The raw request body. A body that was parsed and serialized again does not verify.
   * @param signature The value of the `X-Signature-V2` header. A delivery without it is refused.
   * @param tolerance How many minutes old, or ahead of this clock, the delivery may be; 5 by default. 0 or less turns
   *   the check off.
   * @throws InvalidSignatureError if anything is wrong with the arguments or the delivery.
   * @throws AuthsignalError `invalid_argument` if the webhook belongs to a client without a secret key.
   * @example
   * ```ts
   * const event = authsignal.webhook.constructEvent(body, request.headers.get("x-signature-v2"));
   * if (event.type === "sms.created") await sendText(event.data.to, event.data.code);
   * ```
   */
  constructEvent(
    payload: WebhookPayload,
    signature: string | null | undefined,
    tolerance = DEFAULT_TOLERANCE,
  ): WebhookEvent | LogBatch | UnknownEvent {
    const keys = keysOf(this);
    const body = bytesOf(payload);
    verifySignature(keys, body, signature, tolerance);
    return parseEvent(body);
  }

  /**
   * Verifies and parses the delivery of a request, as `constructEvent` does: finds the header whatever its case and reads the
   * raw body, once.
   *
   * @param tolerance As in `constructEvent`, in minutes.
   * @throws InvalidSignatureError (as a rejection), also if the header is missing or there twice, or the body was read before.
   */
  async constructEventFromRequest(
    request: WebhookRequest,
    tolerance = DEFAULT_TOLERANCE,
  ): Promise<WebhookEvent | LogBatch | UnknownEvent> {
    const keys = keysOf(this);
    const { body, signature } = await readSignedBody(request);
    verifySignature(keys, body, signature, tolerance);
    return parseEvent(body);
  }

  /**
   * Verifies a delivery without parsing it; parameters as in `constructEvent`.
   *
   * @throws InvalidSignatureError if the body is not raw, or its signature or age is wrong.
   */
  verify(payload: WebhookPayload, signature: string | null | undefined, tolerance = DEFAULT_TOLERANCE): void {
    const keys = keysOf(this);
    verifySignature(keys, bytesOf(payload), signature, tolerance);
  }

  /**
   * Makes the `X-Signature-V2` header that Authsignal would send with this body: one signature per key. For your tests.
   *
   * @param timestamp The time of the delivery, in whole Unix seconds; now by default.
   * @throws InvalidSignatureError if the payload is neither a string nor bytes, or the timestamp is not a number of whole Unix
   *   seconds.
   */
  sign(payload: WebhookPayload, timestamp?: number): string {
    const keys = keysOf(this);
    return signatureHeader(keys, bytesOf(payload), timestamp);
  }
}

/**
 * Creates a webhook whose methods call `secrets` each time, and throw what it throws: a client without a key is only rejected
 * when a method is called.
 * @internal
 */
export function webhookWithSecrets(secrets: () => readonly string[]): Webhook {
  const webhook: Webhook = Object.create(Webhook.prototype);
  keepKeys(webhook, () => readKeys(secrets()));
  return webhook;
}

/** Stores the keys. The property is configurable: a `Proxy` must not return another value for one that is not, as mocks do. */
function keepKeys(webhook: Webhook, value: () => Keys): void {
  Object.defineProperty(webhook, KEYS, { value, configurable: true });
}

/** Returns the keys of a webhook. Each method calls it first, so that a missing key is reported before any other problem. */
function keysOf(webhook: (Webhook & WithKeys) | undefined): Keys {
  return webhook?.[KEYS]?.() ?? throwInvalid(NOT_A_WEBHOOK);
}
