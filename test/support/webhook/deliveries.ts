import { createHmac } from "node:crypto";
import { expect } from "vitest";
import { InvalidSignatureError } from "../../../src/errors.ts";
import { Webhook } from "../../../src/webhook/index.ts";

export const SECRET = "test-secret-key-123";
export const OTHER_SECRET = "YOUR_AUTHSIGNAL_SECRET_KEY";
export const SENT_AT = 1768446245; // 2026-01-15T03:04:05Z
export const ANY_AGE = 0;

export const EMAIL =
  '{"version":1,"id":"0f5a6c1e-6a0b-4f0e-9d52-6a3a5c1b7e10","source":"https://authsignal.com","time":"2026-01-15T03:04:05.678Z","tenantId":"3b1d7a52-0c8e-4a57-9f3c-2f6f0f2f9a11","type":"email.created","data":{"to":"jo@example.com","code":"482913","userId":"usr_123","actionCode":"signIn","idempotencyKey":"5924a649-b5d3-4baf-a4ab-4b812dde97a0","verificationMethod":"EMAIL_OTP"}}';
export const EMPTY = "{}";
export const NON_ASCII =
  '{"version":1,"id":"1","source":"https://authsignal.com","time":"2026-01-15T03:04:05.678Z","tenantId":"t","type":"sms.created","data":{"to":"+64270000000","code":"000111","name":"Zoë 🙂"}}';
export const BATCH =
  '{"records":[{"version":1,"id":"2","source":"https://authsignal.com","time":"2026-01-15T03:04:05.678Z","tenantId":"t","type":"action.log_created","record":{"tenantId":"t","userId":"usr_123","actionCode":"signIn","idempotencyKey":"ik_1","createdAt":"2026-01-15T03:00:00.000Z","updatedAt":"2026-01-15T03:01:00.000Z","state":"CHALLENGE_SUCCEEDED","stateUpdatedAt":"2026-01-15T03:01:00.000Z","outcome":"CHALLENGE"}}]}';

/** Body, its size in bytes, its signature with each secret: computed outside of this project. */
export const VECTORS: [body: string, bytes: number, withSecret: string, withOther: string][] = [
  [EMAIL, 375, "p0DcGBfVjqnYvZuQX+dWWv4Abx44E5PntrX0d6qIoek", "aZE1GHQN4tPcRJGZrD3QQKl4gtmgPK76brdlydIH6lA"],
  [EMPTY, 2, "imsvWG+eEqG+tiHyVdwsdbbK1K9Cy3PQNsJPqcbWLvs", "lrw/nIU8ptN1R55G3Ay8ICj5wMWxZk5qsdcgcSXh2F4"],
  [NON_ASCII, 190, "9WJKDWX5eVERnj867LUPu//4P4fOaPiu5BHDIBPF32Q", "eUy/poW3eYDbW/JpWyoHGer/oijZSQYObtTN/StndHM"],
  [BATCH, 412, "FLLKomsAcTL40EResPtyGLpnBzLI+mqAPMrpzEFRM7E", "OTmEBWedFqeNZj/wkm53A103UBSOYKfheK0NK12Tsg8"],
];
export const [[, , EMAIL_V2, EMAIL_V2_OTHER]] = VECTORS as [(typeof VECTORS)[number]];
export const EMAIL_HEADER = `t=${SENT_AT},v2=${EMAIL_V2}`;

export const FORMAT = "Signature format is invalid.";
export const TOLERANCE = "Timestamp is outside the tolerance zone.";
export const MISMATCH = "Signature mismatch.";
export const PAYLOAD = "Payload format is invalid.";

export const webhook = new Webhook(SECRET);
export const seconds = () => Math.floor(Date.now() / 1000);

/** A good signature of anything, made without our code. */
export function v2Of(body: string | Uint8Array, timestamp: string | number, secret = SECRET): string {
  return createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("base64").replace("=", "");
}

/** The message with which a delivery is refused; "accepted" if it is not. */
export function outcome(deliver: () => unknown): string {
  try {
    deliver();
    return "accepted";
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidSignatureError);
    return error instanceof Error ? error.message : "";
  }
}

export const outcomeOf = (body: string | Uint8Array, header: string, tolerance = ANY_AGE) =>
  outcome(() => webhook.constructEvent(body, header, tolerance));
