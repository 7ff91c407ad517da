import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
} from "node:crypto";
import { fieldOf } from "../../platform/fields.ts";
import type { Clock } from "../state/clock.ts";
import type { Action, Session } from "../state/rows.ts";
import type { State } from "../state/state.ts";
import { type JwtKey, signJwt, verifyJwt } from "./jwt.ts";

/** The secret key, the lifetime and the claims of the tenant that its tokens have in common. */
export interface TokenOptions {
  readonly secretKey: string;
  readonly tenantId: string;
  /** Returns the address of the API, which is the issuer of the tokens. */
  readonly issuer: () => string;
  /** How long the token of an action is valid, in milliseconds. */
  readonly tokenLifetime: number;
}

/** The token of an action, verified. */
export interface ActionToken {
  readonly tokenId: string;
  readonly userId: string;
  readonly actionCode: string;
  readonly idempotencyKey: string;
  readonly actionId: string;
  /** The permissions of the token, separated by spaces. */
  readonly scope: string;
  readonly expiresAt: string;
}

/** The access token of a session, verified. */
export interface SessionToken {
  readonly sessionId: string;
  readonly accessTokenId: string;
}

/** A verified token, or the reason why it was rejected. */
export type TokenResult<Token> = Token | "invalid" | "expired";

const DEFAULT_SCOPE = "read:authenticators";

/** The tokens of a tenant: those of actions (HS256, signed with the secret key) and those of sessions (RS256). */
export class Tokens {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #options: TokenOptions;
  readonly #actionKey: JwtKey;
  #parsed: { readonly pem: string; readonly key: KeyObject } | undefined;

  constructor(state: State, clock: Clock, options: TokenOptions) {
    this.#state = state;
    this.#clock = clock;
    this.#options = options;
    this.#actionKey = { algorithm: "HS256", key: createSecretKey(options.secretKey, "utf8") };
  }

  /** Returns a new token of an action, with the documented claims. */
  ofAction({ userId, actionCode, idempotencyKey, actionId, scope = DEFAULT_SCOPE }: Action): string {
    const { tenantId, issuer, tokenLifetime } = this.#options;
    const iat = this.#seconds();
    const claims = {
      iat,
      sub: userId,
      exp: iat + Math.ceil(tokenLifetime / 1_000),
      iss: issuer(),
      aud: issuer(),
      jti: randomUUID(),
      scope,
      other: { tenantId, publishableKey: tenantId.replaceAll("-", ""), userId, actionCode, idempotencyKey },
      actionId,
    };
    return signJwt(claims, this.#actionKey);
  }

  /** Verifies the token of an action. @param ignoreExpiration Whether an expired token is accepted. */
  readAction(token: string, ignoreExpiration = false): TokenResult<ActionToken> {
    const claims = verifyJwt(token, this.#actionKey, { now: this.#seconds(), ignoreExpiration });
    if (typeof claims === "string") return claims;
    const { jti, exp, other, actionId, scope } = claims;
    const read = {
      tokenId: jti,
      userId: fieldOf(other, "userId"),
      actionCode: fieldOf(other, "actionCode"),
      idempotencyKey: fieldOf(other, "idempotencyKey"),
      actionId,
      scope,
      expiresAt: timeOf(exp),
    };
    return isActionToken(read) ? read : "invalid";
  }

  /** Returns the current access token of a session. */
  ofSession({ sessionId, userId, clientId, accessTokenId, accessExpiresAt }: Session): string {
    const claims = {
      iat: this.#seconds(),
      exp: Math.ceil(Date.parse(accessExpiresAt) / 1_000),
      sub: userId,
      aud: clientId,
      iss: this.#options.issuer(),
      jti: accessTokenId,
      sid: sessionId,
    };
    return signJwt(claims, { algorithm: "RS256", key: this.#signingKey(), keyId: this.#options.tenantId });
  }

  /** Verifies the access token of a session. @param ignoreExpiration Whether an expired token is accepted. */
  readSession(token: string, ignoreExpiration = false): TokenResult<SessionToken> {
    if (this.#state.signingKey.value === undefined) return "invalid";
    const key = createPublicKey(this.#signingKey());
    const claims = verifyJwt(token, { algorithm: "RS256", key }, { now: this.#seconds(), ignoreExpiration });
    if (typeof claims === "string") return claims;
    const { sid, jti } = claims;
    return isText(sid) && isText(jti) ? { sessionId: sid, accessTokenId: jti } : "invalid";
  }

  /** Returns a random secret, such as a refresh token. */
  randomSecret(): string {
    return randomBytes(16).toString("hex");
  }

  /** Returns the public key that verifies access tokens, as a JWK set (RFC 7517). */
  keySet(): { keys: object[] } {
    const key = createPublicKey(this.#signingKey()).export({ format: "jwk" });
    return { keys: [{ ...key, kid: this.#options.tenantId, use: "sig", alg: "RS256" }] };
  }

  /** Returns the private key of the tenant. It is generated at its first use, because that takes a while. */
  #signingKey(): KeyObject {
    const pem = this.#state.signingKey.value;
    if (pem === undefined) {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      this.#state.signingKey.value = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      return this.#signingKey();
    }
    if (this.#parsed?.pem !== pem) this.#parsed = { pem, key: createPrivateKey(pem) };
    return this.#parsed.key;
  }

  #seconds(): number {
    return Math.floor(this.#clock.milliseconds / 1_000);
  }
}

/** Returns a NumericDate (RFC 7519) in ISO 8601; undefined for a value that is not a date. A missing date counts as 1970. */
function timeOf(seconds: unknown = 0): string | undefined {
  const time = new Date(typeof seconds === "number" ? seconds * 1_000 : Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

function isActionToken(read: Record<keyof ActionToken, unknown>): read is ActionToken {
  return Object.values(read).every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
