import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
} from "node:crypto";
import jwt from "jsonwebtoken";
import type { Action, Session } from "../state/rows.ts";
import type { State } from "../state/state.ts";
import type { Clock } from "./clock.ts";

/** Who signs, for whom, and for how long. */
export interface TokenOptions {
  readonly secretKey: string;
  readonly tenantId: string;
  /** Gives the address of the API, which the tokens name. */
  readonly issuer: () => string;
  readonly tokenLifetime: number;
}

/** What the token of an action says. */
export interface ActionToken {
  readonly tokenId: string;
  readonly userId: string;
  readonly actionCode: string;
  readonly idempotencyKey: string;
  readonly actionId: string;
  /** What it allows, separated by spaces. */
  readonly scope: string;
  readonly expiresAt: string;
}

/** What an access token says that matters here. */
export interface SessionToken {
  readonly sessionId: string;
  readonly accessTokenId: string;
}

/** A token that was read, or what is wrong with it. */
export type Read<Token> = Token | "invalid" | "expired";

const DEFAULT_SCOPE = "read:authenticators";

/** The tokens of a tenant: those of actions (HS256, signed with the secret key) and those of sessions (RS256). */
export class Tokens {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #options: TokenOptions;
  readonly #secretKey: KeyObject;
  #parsed: { readonly pem: string; readonly key: KeyObject } | undefined;

  constructor(state: State, clock: Clock, options: TokenOptions) {
    this.#state = state;
    this.#clock = clock;
    this.#options = options;
    this.#secretKey = createSecretKey(options.secretKey, "utf8");
  }

  /** Makes a token of an action, with the documented claims. */
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
    return jwt.sign(claims, this.#secretKey, { algorithm: "HS256" });
  }

  /** Reads the token of an action. @param ignoreExpiration Whether one that has expired is as good. */
  readAction(token: string, ignoreExpiration = false): Read<ActionToken> {
    const claims = this.#verify(token, this.#secretKey, "HS256", ignoreExpiration);
    if (typeof claims === "string") return claims;
    const { jti: tokenId, exp = 0, other, actionId, scope } = claims;
    const { userId, actionCode, idempotencyKey } = Object(other);
    const read = {
      tokenId,
      userId,
      actionCode,
      idempotencyKey,
      actionId,
      scope,
      expiresAt: new Date(exp * 1_000).toISOString(),
    };
    return isActionToken(read) ? read : "invalid";
  }

  /** Makes the access token that is in force for a session. */
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
    return jwt.sign(claims, this.#signingKey(), { algorithm: "RS256", keyid: this.#options.tenantId });
  }

  /** Reads an access token. @param ignoreExpiration Whether one that has expired is as good. */
  readSession(token: string, ignoreExpiration = false): Read<SessionToken> {
    if (this.#state.signingKey.value === undefined) return "invalid";
    const claims = this.#verify(token, createPublicKey(this.#signingKey()), "RS256", ignoreExpiration);
    if (typeof claims === "string") return claims;
    const { sid, jti } = claims;
    return isText(sid) && isText(jti) ? { sessionId: sid, accessTokenId: jti } : "invalid";
  }

  /** Makes a refresh token or another secret that means nothing by itself. */
  opaque(): string {
    return randomBytes(16).toString("hex");
  }

  /** The public keys with which access tokens can be checked without a call, as a JWK set (RFC 7517). */
  keySet(): { keys: object[] } {
    const key = createPublicKey(this.#signingKey()).export({ format: "jwk" });
    return { keys: [{ ...key, kid: this.#options.tenantId, use: "sig", alg: "RS256" }] };
  }

  #verify(token: string, key: KeyObject, algorithm: "HS256" | "RS256", ignoreExpiration = false): Read<jwt.JwtPayload> {
    try {
      const options = { algorithms: [algorithm], clockTimestamp: this.#seconds(), ignoreExpiration };
      const claims = jwt.verify(token, key, options);
      return typeof claims === "string" ? "invalid" : claims;
    } catch (error) {
      return error instanceof jwt.TokenExpiredError ? "expired" : "invalid";
    }
  }

  /** The private key of the tenant. It is made when it is needed first, because that takes a while. */
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

function isActionToken(read: Record<keyof ActionToken, unknown>): read is ActionToken {
  return Object.values(read).every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
