import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalText, isOneTouchSignature, type OneTouchSignature } from "../../src/authy/one-touch-signature.ts";
import { CALL, isSignedAs, KEY, signatureOver, verifies } from "../support/authy/signed.ts";
import {
  EXAMPLE,
  EXAMPLE_GET_SIGNATURE,
  J2_TEXT,
  N1_TEXT,
  N2_TEXT,
  OVER_NOTHING,
  SAMPLE,
  SAMPLE_TEXT,
  sha256,
  VECTORS,
} from "../support/authy/vectors.ts";

const GOOD = VECTORS.filter(({ isGood }) => isGood);

describe("the published callbacks", () => {
  it.each([...VECTORS, EXAMPLE])("$id ($method): $isGood", (vector) => {
    const { params, method, isGood, canonical } = vector;
    const text = canonicalText(params, method) ?? "";
    expect(text.length).toBe(canonical.length ?? text.length);
    expect(sha256(text)).toBe(canonical.sha256);
    expect(verifies(vector)).toBe(isGood);
    expect(verifies(vector, { params: method === "POST" ? JSON.parse(params) : `?${params}` })).toBe(isGood);
  });

  it("are 13, of which N4 is forged", () => {
    expect(VECTORS.map(({ id }) => id).join(" ")).toBe("J1 J2 J3 J4 J5 J6 J7 N1 N2 N3 N4 P1 P2");
    expect(VECTORS.filter((vector) => !verifies(vector)).map(({ id }) => id)).toEqual(["N4"]);
  });

  it("make these texts", () => {
    const textOf = (id: string) => canonicalText(VECTORS.find((vector) => vector.id === id)?.params, "POST");
    expect(["J2", "N1", "N2", "P1"].map(textOf)).toEqual([J2_TEXT, N1_TEXT, N2_TEXT, SAMPLE_TEXT]);
    expect(canonicalText(JSON.parse('{"b":"val|ue&2","a":"value1"}'), "GET")).toBe(SAMPLE_TEXT);
  });

  it.each(OVER_NOTHING)("are not published over nothing, as for this $method", ({ method, signature }) => {
    expect(signature).toBe(signatureOver("", { ...SAMPLE, method }, SAMPLE.key));
    for (const params of [{ b: "val|ue&2", a: "value1" }, SAMPLE_TEXT, {}, "{}", "", "?", { a: [] }]) {
      expect(isOneTouchSignature(SAMPLE.key, { ...SAMPLE, method, params, signature })).toBe(false);
    }
  });

  it("verify as a GET too, whether its query is raw or was parsed", () => {
    const query = canonicalText(EXAMPLE.params, "POST");
    const get = { method: "GET", signature: EXAMPLE_GET_SIGNATURE };
    expect(verifies(EXAMPLE, { ...get, params: query })).toBe(true);
    expect(verifies(EXAMPLE, { ...get, params: JSON.parse(EXAMPLE.params) })).toBe(true);
    expect(verifies(EXAMPLE, { params: query })).toBe(false);
  });
});

describe("a signature", () => {
  it("does not survive a change of one character in what was signed", () => {
    const unsigned = '"device_details":{},'; // an empty object leaves no trace
    const params = EXAMPLE.params.replace(unsigned, "");
    expect(verifies(EXAMPLE, { params })).toBe(true);
    const get = VECTORS.find(({ id }) => id === "J7");
    const callbacks = [{ ...EXAMPLE, params }, ...(get ? [get] : [])];
    expect(callbacks).toHaveLength(2);
    for (const callback of callbacks) {
      expect(verifies(callback)).toBe(true);
      for (const part of ["params", "url", "nonce", "method", "signature"] as const) {
        for (let i = 0; i < callback[part].length; i++) {
          const character = callback[part][i] === "x" ? "y" : "x";
          const changed = callback[part].slice(0, i) + character + callback[part].slice(i + 1);
          expect([part, changed, verifies(callback, { [part]: changed })]).toEqual([part, changed, false]);
        }
      }
    }
  });

  it("does not survive a change of method, a longer or shorter header, or another key", () => {
    for (const vector of GOOD) {
      const { method, nonce, signature } = vector;
      expect(verifies(vector, { method: method === "GET" ? "POST" : "GET" })).toBe(false);
      for (const other of [
        signature.slice(1),
        signature.slice(0, -1),
        `${signature}=`,
        `${signature}\0`,
        ` ${signature}`,
      ]) {
        expect(verifies(vector, { signature: other })).toBe(false);
      }
      expect(verifies(vector, { signature: signature.toLowerCase() })).toBe(false);
      expect(verifies(vector, { nonce: ` ${nonce}` })).toBe(false);
      expect(verifies({ ...vector, key: `${vector.key}x` })).toBe(false);
    }
  });

  it("may come with a method in any case, a nonce that is a number, and a key with white space around", () => {
    for (const vector of [...GOOD, EXAMPLE]) {
      expect(verifies(vector, { method: vector.method.toLowerCase() })).toBe(true);
      expect(verifies(vector, { nonce: Number(vector.nonce) })).toBe(true);
      expect(verifies({ ...vector, key: ` ${vector.key}\n` })).toBe(true);
    }
  });

  it("may come with a nonce of any characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (nonce) => {
        expect(isSignedAs("a=é", "a=é", { ...CALL, method: "GET", nonce })).toBe(true);
        expect(isSignedAs("a=é", "a=é", { ...CALL, method: "GET", nonce: `${nonce}\ud800` })).toBe(false);
      }),
    );
  });

  it.each([
    ["https://hooks.example.com", "https://hooks.example.com/"],
    ["https://hooks.example.com?a=1", "https://hooks.example.com/"],
    ["https://Hooks.Example.com:443/a/", "https://hooks.example.com/a/"],
    ["http://hooks.example.com:80/a", "http://hooks.example.com/a"],
    ["https://hooks.example.com:8443/a", "https://hooks.example.com:8443/a"],
    ["https://me:secret@hooks.example.com/a", "https://hooks.example.com/a"],
  ])("to %s is over %s", (url, signed) => {
    const signature = signatureOver("a=1", { ...CALL, url: signed });
    expect(isOneTouchSignature(KEY, { ...CALL, url, params: { a: 1 }, signature })).toBe(true);
  });

  it.each<[part: keyof OneTouchSignature, values: unknown[]]>([
    [
      "signature",
      [
        undefined,
        null,
        "",
        5,
        {},
        [],
        [EXAMPLE.signature],
        [EXAMPLE.signature, EXAMPLE.signature],
        true,
        "é🙂",
        "é".repeat(44),
      ],
    ],
    ["nonce", [undefined, null, "", {}, [EXAMPLE.nonce], Number.NaN, Infinity, true, 5n, Symbol("s")]],
    ["method", [undefined, null, "", "PUT", "HEAD", "POST ", "PO\u017fT", ["POST"], 5, {}, Symbol("s")]],
    [
      "url",
      [
        undefined,
        null,
        "",
        "/authy",
        "hooks.example.com/authy",
        "ftp://hooks.example.com/authy",
        "https://",
        [EXAMPLE.url],
        5,
      ],
    ],
    [
      "params",
      [undefined, null, "", "?", "{}", {}, [], [JSON.parse(EXAMPLE.params)], "null", 5, true, "a=1", Symbol("s")],
    ],
  ])("is none with a wrong %s", (part, values) => {
    for (const method of ["POST", "GET"]) {
      for (const value of values) expect(verifies(EXAMPLE, { method, [part]: value })).toBe(false);
    }
  });

  it("is none without a key, or without anything", () => {
    const forged = signatureOver("a=1", CALL, "");
    const parts = { ...CALL, params: { a: 1 }, signature: forged };
    for (const key of ["", " ", undefined, null, 0, [], [""], {}]) {
      expect(Reflect.apply(isOneTouchSignature, undefined, [key, parts])).toBe(false);
    }
    for (const none of [undefined, null, 5, "", [], {}]) {
      expect(Reflect.apply(isOneTouchSignature, undefined, [KEY, none])).toBe(false);
    }
  });

  it("never throws", () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    const method = fc.constantFrom("POST", "GET");
    fc.assert(
      fc.property(
        fc.oneof(fc.json(), fc.string({ unit: "binary" }), anything),
        anything,
        method,
        (params, odd, verb) => {
          for (const part of ["signature", "nonce", "url", "params"]) {
            expect(verifies(EXAMPLE, { method: verb, params, [part]: odd })).toBe(false);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
