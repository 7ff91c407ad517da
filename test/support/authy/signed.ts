import { createHmac } from "node:crypto";
import { isOneTouchSignature, type OneTouchSignature } from "../../../src/authy/one-touch-signature.ts";
import type { Vector } from "./vectors.ts";

export const KEY = "AuthyExampleKey0000000000000000A";
export const CALL = { nonce: "1653487601", method: "POST", url: "https://hooks.example.com/authy" };

/** A good signature over a canonical text, made without our code. */
export function signatureOver(text: string, { nonce, method, url } = CALL, key = KEY): string {
  return createHmac("sha256", key).update([nonce, method, url, text].join("|")).digest("base64");
}

/** Whether parameters verify with a signature over this text. */
export function isSignedAs(params: string | object, text: string, call = CALL): boolean {
  return isOneTouchSignature(KEY, { ...call, params, signature: signatureOver(text, call) });
}

/** Whether a callback verifies, of which parts may be changed to anything. */
export function verifies(
  { key, ...parts }: Vector,
  changes: Partial<Record<keyof OneTouchSignature, unknown>> = {},
): boolean {
  return Reflect.apply(isOneTouchSignature, undefined, [key, { ...parts, ...changes }]);
}
