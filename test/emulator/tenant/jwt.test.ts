import { createHmac, createSecretKey, generateKeyPairSync } from "node:crypto";
import jwt from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { decodeJwt, type JwtKey, signJwt, verifyJwt } from "../../../src/emulator/tenant/jwt.ts";

// The package jsonwebtoken is the independent judge: it must accept our tokens, and we its.

const SECRET = "sk_emulator_default";
const NOW = 1_800_000_000;
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const hs: JwtKey = { algorithm: "HS256", key: createSecretKey(SECRET, "utf8") };
const rsSigner: JwtKey = { algorithm: "RS256", key: privateKey, keyId: "tenant" };
const rsVerifier: JwtKey = { algorithm: "RS256", key: publicKey };

const claims = { iat: NOW - 60, exp: NOW + 60, sub: "jo – Zoë 🎟", other: { deep: [1, null, "x"] } };
const base64url = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const HEADER = { alg: "HS256", typ: "JWT" };

/** Signs any parts with the right secret. */
function signed(header: unknown, payload: unknown): string {
  const text = `${base64url(header)}.${base64url(payload)}`;
  return `${text}.${createHmac("sha256", SECRET).update(text).digest("base64url")}`;
}

/** What the judge says of a token, in our terms. */
function judged(token: string, ignoreExpiration = false): unknown {
  try {
    const read = jwt.verify(token, SECRET, { algorithms: ["HS256"], clockTimestamp: NOW, ignoreExpiration });
    return typeof read !== "object" || Array.isArray(read) ? "invalid" : read;
  } catch (error) {
    return error instanceof jwt.TokenExpiredError ? "expired" : "invalid";
  }
}

describe("signJwt", () => {
  it("returns the same bytes as jsonwebtoken for HS256 and RS256", () => {
    expect(signJwt(claims, hs)).toBe(jwt.sign(claims, SECRET, { algorithm: "HS256" }));
    expect(signJwt(claims, rsSigner)).toBe(jwt.sign(claims, privateKey, { algorithm: "RS256", keyid: "tenant" }));
  });

  it("leaves out claims that are undefined", () => {
    expect(decodeJwt(signJwt({ ...claims, scope: undefined }, hs))).toEqual(claims);
  });
});

describe("verifyJwt", () => {
  it("accepts a token of yesterday's library, with both algorithms", () => {
    expect(verifyJwt(jwt.sign(claims, SECRET), hs, { now: NOW })).toEqual(claims);
    expect(verifyJwt(jwt.sign(claims, privateKey, { algorithm: "RS256" }), rsVerifier, { now: NOW })).toEqual(claims);
  });

  it("accepts a token until the second in which it expires", () => {
    const token = signJwt(claims, hs);
    expect(verifyJwt(token, hs, { now: claims.exp - 1 })).toEqual(claims);
    expect(verifyJwt(token, hs, { now: claims.exp })).toBe("expired");
    expect(verifyJwt(token, hs, { now: claims.exp, ignoreExpiration: true })).toEqual(claims);
  });

  it("reports a forged token as invalid also if it has expired", () => {
    expect(verifyJwt(jwt.sign({ ...claims, exp: 1 }, "sk_emulator_other"), hs, { now: NOW })).toBe("invalid");
  });

  it.each<[what: string, token: string]>([
    ["an empty text", ""],
    ["a text", "x"],
    ["dots", ".."],
    ["two parts", signed(HEADER, claims).split(".").slice(0, 2).join(".")],
    ["four parts", `${signed(HEADER, claims)}.x`],
    ["no signature", signed(HEADER, claims).replace(/[^.]*$/, "")],
    ["a blank signature", signed(HEADER, claims).replace(/[^.]*$/, " ")],
    ["a longer signature", `${signed(HEADER, claims)}A`],
    ["a padded signature", `${signed(HEADER, claims)}=`],
    ["a line break at its end", `${signed(HEADER, claims)}\n`],
    ["a shorter signature", signed(HEADER, claims).slice(0, -1)],
    [
      "a signature in base64",
      signed(HEADER, claims).replace(/[^.]*$/, (text) => Buffer.from(text, "base64url").toString("base64")),
    ],
    [
      "an altered last bit, which base64url ignores",
      signed(HEADER, claims).replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
    ],
    ["other claims", signed(HEADER, claims).replace(/\.[^.]*\./, `.${base64url({ ...claims, sub: "thief" })}.`)],
    ["alg none", signed({ alg: "none", typ: "JWT" }, claims)],
    ["alg none without a signature", `${base64url({ alg: "none", typ: "JWT" })}.${base64url(claims)}.`],
    ["alg None", signed({ alg: "None" }, claims)],
    ["alg hs256", signed({ alg: "hs256" }, claims)],
    ["alg HS384", jwt.sign(claims, SECRET, { algorithm: "HS384" })],
    ["alg HS512", jwt.sign(claims, SECRET, { algorithm: "HS512" })],
    ["alg RS256", jwt.sign(claims, privateKey, { algorithm: "RS256" })],
    ["alg RS256 with an HMAC", signed({ alg: "RS256" }, claims)],
    ["a list as alg", signed({ alg: ["HS256"] }, claims)],
    ["no alg", signed({ typ: "JWT" }, claims)],
    ["null as header", signed(null, claims)],
    ["a text as header", signed('"HS256"', claims)],
    ["a header that is no JSON", signed("{", claims)],
    ["a payload that is no JSON", signed(HEADER, "{")],
    ["a payload that is no base64url", `${base64url(HEADER)}.+/==.x`],
    ["null as payload", signed(HEADER, "null")],
    ["a text as payload", signed(HEADER, '"text"')],
    ["a number as payload", signed(HEADER, "5")],
    ["a list as payload", signed(HEADER, "[1]")],
    ["nesting without end", signed(HEADER, "[".repeat(100_000))],
    ["a text as exp", signed(HEADER, { ...claims, exp: `${NOW + 60}` })],
    ["null as exp", signed(HEADER, { ...claims, exp: null })],
    ["NaN as exp", signed(HEADER, '{"exp":NaN}')],
    ["nbf in the future", signed(HEADER, { ...claims, nbf: NOW + 1 })],
    ["a text as nbf", signed(HEADER, { ...claims, nbf: "1" })],
    ["letters of other scripts", signed(HEADER, claims).replace(/^./, "е")],
    ["a zero character", `${signed(HEADER, claims)}\0`],
  ])("rejects %s without throwing, as jsonwebtoken does", (_what, token) => {
    expect(judged(token)).toBe("invalid");
    expect(verifyJwt(token, hs, { now: NOW })).toBe("invalid");
  });

  it.each<[what: string, token: string]>([
    ["without typ", signed({ alg: "HS256" }, claims)],
    ["with more header fields", signed({ ...HEADER, kid: "x", jku: "https://evil.test" }, claims)],
    ["without exp", signed(HEADER, { sub: "jo" })],
    ["with nbf now", signed(HEADER, { ...claims, nbf: NOW })],
    ["with exp far away", signed(HEADER, { ...claims, exp: 1e300 })],
    ["with __proto__ as a claim", signed(HEADER, `{"__proto__":{"exp":1},"exp":${NOW + 60}}`)],
    ["that has expired", signed(HEADER, { ...claims, exp: NOW })],
    ["with a negative exp", signed(HEADER, { ...claims, exp: -1 })],
  ])("agrees with jsonwebtoken about a token %s", (_what, token) => {
    expect(verifyJwt(token, hs, { now: NOW })).toEqual(judged(token));
    expect(verifyJwt(token, hs, { now: NOW, ignoreExpiration: true })).toEqual(judged(token, true));
  });

  it("agrees with jsonwebtoken about every token with one altered character", () => {
    const token = signed(HEADER, { exp: NOW + 60 });
    for (let at = 0; at < token.length; at++) {
      for (const character of ["A", "z", "0", "-", "_", "=", "+", "/", ".", " ", "é"]) {
        const altered = token.slice(0, at) + character + token.slice(at + 1);
        expect(verifyJwt(altered, hs, { now: NOW }), altered).toEqual(judged(altered));
      }
    }
  });

  it("rejects signatures of any length for RS256 without throwing", () => {
    const [header = "", payload = ""] = signJwt(claims, rsSigner).split(".");
    for (const size of [0, 1, 32, 255, 256, 257, 5_000]) {
      const token = `${header}.${payload}.${Buffer.alloc(size, 7).toString("base64url")}`;
      expect(verifyJwt(token, rsVerifier, { now: NOW }), `${size} bytes`).toBe("invalid");
    }
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const confused = jwt.sign(claims, createSecretKey(pem, "utf8"), { algorithm: "HS256" });
    expect(verifyJwt(confused, rsVerifier, { now: NOW }), "the public key as secret").toBe("invalid");
  });
});

describe("decodeJwt", () => {
  it("reads the claims of any token without its key, signed or not", () => {
    expect(decodeJwt(jwt.sign(claims, "other"))).toEqual(claims);
    expect(decodeJwt(`${base64url({ alg: "none" })}.${base64url(claims)}.`)).toEqual(claims);
  });

  it.each([
    "",
    "x",
    "a.b",
    "a.b.c",
    "..",
    `${base64url(HEADER)}.${base64url("[]")}.x`,
    `${base64url("5")}.${base64url({})}.x`,
  ])("returns undefined for %j", (token) => {
    expect(decodeJwt(token)).toBeUndefined();
  });
});
