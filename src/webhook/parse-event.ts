import { isRecord } from "../platform/fields.ts";
import { decodeUtf8 } from "../platform/utf8.ts";
import type { LogBatch, UnknownEvent, WebhookEvent } from "./events.ts";
import { throwInvalid } from "./invalid.ts";

const NOT_AN_OBJECT =
  "Payload format is invalid. It is signed well, but it is not a JSON object in UTF-8. Sign one, or call verify() and read it yourself.";

/**
 * Parses the signed body of a delivery. Fields are not checked, so that an event of another version of the API, with other
 * fields, is not lost.
 *
 * @throws InvalidSignatureError when the body is not a JSON object in UTF-8.
 */
export function parseEvent(body: Uint8Array): WebhookEvent | LogBatch | UnknownEvent {
  let payload: WebhookEvent | LogBatch | UnknownEvent | undefined;
  try {
    payload = JSON.parse(decodeUtf8(body, { fatal: true }));
  } catch {
    // The cause is not kept: it would quote the body, which holds codes and addresses.
  }
  return isRecord(payload) ? payload : throwInvalid(NOT_AN_OBJECT);
}
