import * as crypto from "node:crypto";
import { join } from "node:path";
import * as util from "node:util";
import { createContext, runInContext } from "node:vm";
import { buildSync } from "esbuild";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hmacByNoble, hmacByNode, hmacSha256 } from "../../src/platform/hmac.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "ascii"));
const LARGE_KEY = hex("aa".repeat(131));

/** The test cases of RFC 4231, section 4. The output of the fifth is truncated to 128 bits. */
const VECTORS: [name: string, key: Uint8Array, data: Uint8Array, digest: string][] = [
  ["1", hex("0b".repeat(20)), ascii("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [
    "2",
    ascii("Jefe"),
    ascii("what do ya want for nothing?"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  ["3", hex("aa".repeat(20)), hex("dd".repeat(50)), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
  [
    "4",
    Uint8Array.from({ length: 25 }, (_, at) => at + 1),
    hex("cd".repeat(50)),
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
  ],
  ["5", hex("0c".repeat(20)), ascii("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"],
  [
    "6",
    LARGE_KEY,
    ascii("Test Using Larger Than Block-Size Key - Hash Key First"),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
  [
    "7",
    LARGE_KEY,
    ascii(
      "This is a test using a larger than block-size key and a larger than block-size data. " +
        "The key needs to be hashed before being used by the HMAC algorithm.",
    ),
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  ],
];

describe.each([
  ["node:crypto", hmacByNode],
  ["@noble/hashes", hmacByNoble],
  ["the one that is chosen", (key: Uint8Array, parts: readonly Uint8Array[]) => hmacSha256(key, ...parts)],
])("HMAC-SHA256 with %s", (_, hmac) => {
  test.each(VECTORS)("gives the digest of test case %s of RFC 4231", (_name, key, data, digest) => {
    const given = Buffer.from(hmac(key, [data]) ?? "", "base64").toString("hex");
    expect(given).toHaveLength(64);
    expect(given.slice(0, digest.length)).toBe(digest);
  });

  test("takes a message in parts", () => {
    const [, key, data] = VECTORS[6] ?? ["", LARGE_KEY, LARGE_KEY];
    expect(hmac(key, [data.subarray(0, 63), new Uint8Array(), data.subarray(63)])).toBe(hmac(key, [data]));
  });

  test("is 44 characters of base64", () => {
    expect(hmac(LARGE_KEY, [])).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });
});

test("both ways give the same for any key and message", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(bytes, fc.array(bytes, { maxLength: 4 }), (key, parts) => {
      expect(hmacByNode(key, parts)).toBe(hmacByNoble(key, parts));
    }),
  );
});

const { outputFiles } = buildSync({
  entryPoints: [join(import.meta.dirname, "../../src/platform/hmac.ts")],
  bundle: true,
  write: false,
  format: "iife",
  globalName: "signature",
});

/** Signs in a realm with these globals, what a caller of this realm hands over. */
function signIn(globals: object, key: unknown, parts: unknown[]): unknown {
  const realm = createContext({ btoa, key, parts, ...globals });
  return runInContext(`${outputFiles[0]?.text}; signature.hmacSha256(key, ...parts)`, realm);
}

function processWith(modules: object) {
  return { getBuiltinModule: (name: string) => Object(modules)[name] };
}

const fails = () => {
  throw new Error("not supported by this runtime");
};

const RUNTIMES: [name: string, globals: object][] = [
  ["no process", { TextEncoder }],
  [
    "a getBuiltinModule that throws, as in Next.js' edge runtime",
    { TextEncoder, process: { getBuiltinModule: fails } },
  ],
  ["no node:crypto", { TextEncoder, process: processWith({}) }],
  ["a node:crypto without createHmac", { TextEncoder, process: processWith({ "node:crypto": {} }) }],
  ["a createHmac that throws", { TextEncoder, process: processWith({ "node:crypto": { createHmac: fails } }) }],
  ["a createHmac that gives nothing", { TextEncoder, process: processWith({ "node:crypto": { createHmac() {} } }) }],
  ["Node, as in vitest's jsdom", { TextEncoder, process: processWith({ "node:crypto": crypto }) }],
  [
    "Node without TextEncoder, as in Jest's jsdom",
    { process: processWith({ "node:crypto": crypto, "node:util": util }) },
  ],
  ["neither TextEncoder nor node:crypto", { process: processWith({ "node:util": util }) }],
];

describe.each(RUNTIMES)("where there is %s", (_, globals) => {
  test("texts and bytes of another realm are signed", () => {
    const payload = '{"name":"Zoë 🔑"}';
    const expected = crypto.createHmac("sha256", "ключ").update(`1.${payload}`).digest("base64");
    const bytes = Buffer.from(payload);
    const ofAnotherRealm = runInContext("Uint8Array.from(bytes)", createContext({ bytes }));
    expect(ofAnotherRealm).not.toBeInstanceOf(Uint8Array);
    for (const body of [payload, bytes, Uint8Array.from(bytes), ofAnotherRealm]) {
      expect(signIn(globals, "ключ", ["1.", body])).toBe(expected);
    }
  });

  test("half of a surrogate pair is signed as U+FFFD, in a key as in a message", () => {
    const expected = crypto.createHmac("sha256", "k\ufffd").update("m\ufffd").digest("base64");
    expect(signIn(globals, "k\ud800", ["m\udfff"])).toBe(expected);
  });
});

test("node:crypto is used where it works", () => {
  const algorithms: string[] = [];
  const createHmac = (algorithm: string, key: Uint8Array) => {
    algorithms.push(algorithm);
    return crypto.createHmac(algorithm, key);
  };
  signIn({ TextEncoder, process: processWith({ "node:crypto": { createHmac } }) }, "key", ["message"]);
  expect(algorithms).toEqual(["sha256"]);
});

test("the key and the message stay as they were", () => {
  const key = hex("aa".repeat(20));
  const message = hex("dd".repeat(50));
  hmacSha256(key, message);
  hmacByNoble(key, [message]);
  expect([key, message]).toEqual([hex("aa".repeat(20)), hex("dd".repeat(50))]);
});

test("a view of a transferred buffer counts as empty", () => {
  const buffer = new ArrayBuffer(50);
  const bytes = new Uint8Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  expect(hmacSha256("key", bytes)).toBe(hmacSha256("key"));
});
