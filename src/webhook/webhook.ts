import type { LogBatch, UnknownEvent, WebhookEvent } from "./events.ts";
import { throwInvalid } from "./invalid.ts";
import { parseEvent } from "./parse-event.ts";
import { bytesOf } from "./raw-body.ts";
import { readSignedBody, type WebhookPayload, type WebhookRequest } from "./request.ts";
import { DEFAULT_TOLERANCE, type Keys, readKeys, signatureHeader, verifySignature } from "./signature.ts";

const NOT_A_WEBHOOK =
  "Webhook is invalid. Call its methods on the webhook itself, as webhook.verify(…), not taken from it.";

/**
 * The property that holds the keys, which is not enumerable. A private field could not be read through a `Proxy`, in which
 * tracing, mocking and dependency injection wrap their objects.
 */
const KEYS: unique symbol = Symbol("keys");

/**
 * The part of a webhook that its class does not declare, so that any object with the same methods has the type `Webhook`: a
 * test can pass a fake.
 */
interface WithKeys {
  /** Returns the keys. They stay in the closure of this function, so that no inspection of the webhook shows them. */
  readonly [KEYS]?: () => Keys;
}

/** Verifies that webhook deliveries come from Authsignal, and signs deliveries for tests. Works on every runtime. */
export class Webhook {
  /**
   * @param secret The Server API secret key; an array while several are active. A delivery is good if any key signed it.
   * @throws InvalidSignatureError if there is no key, or one is blank or not a string.
   */
  constructor(secret: string | readonly string[]) {
    const keys = readKeys(secret);
    keepKeys(this, () => keys);
  }

  /**
   * Verifies a delivery and parses it. The payload is returned as it was signed; its fields are not checked. One that is
   * neither a known event nor a batch has the type `UnknownEvent`.
   *
   * @param payload The raw request body. A body that was parsed and serialized again does not verify.
   * @param signature The value of the `X-Signature-V2` header. A delivery without one is refused.
   * @param tolerance How many minutes old, or ahead of this clock, the delivery may be; 5 by default. 0 or less turns
   *   the check off.
   * @throws InvalidSignatureError if anything is wrong with the delivery; nothing else. The webhook of a client that has no
   *   secret key throws `AuthsignalError` `invalid_argument`.
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
   * @param timestamp When it is sent, in whole Unix seconds; now by default.
   * @throws InvalidSignatureError if the payload is neither string nor bytes, or the timestamp no such number.
   */
  sign(payload: WebhookPayload, timestamp?: number): string {
    const keys = keysOf(this);
    return signatureHeader(keys, bytesOf(payload), timestamp);
  }
}

/**
 * Makes a webhook that calls `secrets` for its secret keys each time it needs them. What `secrets` throws, the methods of the
 * webhook throw.
 * @internal
 */
export function webhookWithSecrets(secrets: () => readonly string[]): Webhook {
  const webhook: Webhook = Object.create(Webhook.prototype);
  keepKeys(webhook, () => readKeys(secrets()));
  return webhook;
}

function keepKeys(webhook: Webhook, value: () => Keys): void {
  Object.defineProperty(webhook, KEYS, { value, configurable: true });
}

/** Returns the keys of a webhook. Each method calls it first, so that a missing key is reported before any other problem. */
function keysOf(webhook: (Webhook & WithKeys) | undefined): Keys {
  return webhook?.[KEYS]?.() ?? throwInvalid(NOT_A_WEBHOOK);
}
