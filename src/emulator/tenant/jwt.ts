import { createHmac, type KeyObject, sign, verify } from "node:crypto";
import { isEqualInConstantTime } from "../../platform/constant-time.ts";
import { isRecord } from "../../platform/fields.ts";

// JSON Web Tokens (RFC 7519) in compact form: header, payload and signature in base64url, separated by dots.

/** The claims of a token. Their types are not checked. */
export type Claims = Readonly<Record<string, unknown>>;

/** A key with its algorithm. Tokens whose header names another algorithm are rejected. */
export type JwtKey =
  | { readonly algorithm: "HS256"; readonly key: KeyObject }
  | { readonly algorithm: "RS256"; readonly key: KeyObject; readonly keyId?: string | undefined };

export interface VerifyOptions {
  /** The current time, in seconds since 1970. */
  readonly now: number;
  /** Whether an expired token is accepted. */
  readonly ignoreExpiration?: boolean | undefined;
}

const COMPACT_FORM = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/;

/** Returns a signed token. @param signer For RS256, it holds the private key. */
export function signJwt(claims: Claims, signer: JwtKey): string {
  const { algorithm } = signer;
  const kid = algorithm === "RS256" ? signer.keyId : undefined;
  const signed = `${encode({ alg: algorithm, typ: "JWT", kid })}.${encode(claims)}`;
  const signature = algorithm === "HS256" ? hmac(signed, signer.key) : rsaSignature(signed, signer.key);
  return `${signed}.${signature}`;
}

/**
 * Returns the claims of a token whose form, algorithm, signature, `nbf` and `exp` are right, in this order of checks.
 * @param verifier For RS256, it holds the public key.
 */
export function verifyJwt(token: string, verifier: JwtKey, options: VerifyOptions): Claims | "invalid" | "expired" {
  const [, header = "", payload = "", signature = ""] = COMPACT_FORM.exec(token) ?? [];
  const claims = decode(payload);
  if (decode(header)?.alg !== verifier.algorithm || claims === undefined) return "invalid";
  if (!isSignature(`${header}.${payload}`, signature, verifier)) return "invalid";
  const { nbf, exp } = claims;
  if (nbf !== undefined && !(typeof nbf === "number" && nbf <= options.now)) return "invalid";
  if (exp === undefined || options.ignoreExpiration) return claims;
  if (typeof exp !== "number") return "invalid";
  return exp > options.now ? claims : "expired";
}

/** Returns the claims of a token without checking its signature; undefined for a text that is not a token. */
export function decodeJwt(token: string): Claims | undefined {
  const [, header = "", payload = ""] = COMPACT_FORM.exec(token) ?? [];
  return decode(header) && decode(payload);
}

function isSignature(signed: string, signature: string, { algorithm, key }: JwtKey): boolean {
  if (algorithm === "HS256") return isEqualInConstantTime(hmac(signed, key), signature);
  return isRsaKey(key) && verify("sha256", Buffer.from(signed), key, Buffer.from(signature, "base64url"));
}

/** Whether a key is one for RS256 (RFC 7518, section 3.3): `sign` of node:crypto would use any other kind of key as well. */
export function isRsaKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === "rsa" && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048;
}

function hmac(signed: string, key: KeyObject): string {
  return createHmac("sha256", key).update(signed).digest("base64url");
}

function rsaSignature(signed: string, key: KeyObject): string {
  if (!isRsaKey(key)) throw new TypeError("RS256 needs an RSA key of at least 2,048 bits");
  return sign("sha256", Buffer.from(signed), key).toString("base64url");
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/** Parses a part of a token; undefined when it is not the base64url of a JSON object. */
function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
