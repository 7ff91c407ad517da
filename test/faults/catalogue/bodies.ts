import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Fault, Outcome } from "../fault.ts";
import { json, large, response } from "../responses.ts";
import { GOOD, goodOr, maybe, unusable } from "./outcomes.ts";

type Body = string | Uint8Array;
const MEGABYTE = 1024 * 1024;

/** A 200 with another body, made from the good one. */
function ok(name: string, outcome: Outcome, body: (text: string, good: object) => Body, ...headers: string[]): Fault {
  return {
    name: `200 ${name}`,
    when: "request",
    acts: true,
    script: ({ good }) => [response(200, body(JSON.stringify(good), good), ...headers)],
    outcome,
    passes: true,
  };
}

const WRONG = unusable();

const nothing: Fault[] = [
  ok("without a body", WRONG, () => ""),
  ok("with spaces", WRONG, () => "  \n "),
  ok("with cut JSON", WRONG, (text) => text.slice(0, -3)),
  ok("with more than JSON", WRONG, (text) => `${text}${text}`),
  ok("with HTML", WRONG, () => "<!doctype html><title>Log in to the hotel</title>", "content-type: text/html"),
  ok("with NaN", WRONG, (text) => text.replace("{", '{"x":NaN,')),
  ok("with NUL", WRONG, (text) => `${text}\0`),
];

const strange: Fault[] = [
  ...["null", "42", "true", '"text"', "[]", "[{}]", "{}"].map((text) => ok(`with ${text}`, WRONG, () => text)),
  ok("with the response in an array", WRONG, (text) => `[${text}]`),
  ok("with the response in data", WRONG, (text) => `{"data":${text}}`),
  ok("with null in every field", WRONG, (_text, good) =>
    JSON.stringify(Object.fromEntries(Object.keys(good).map((name) => [name, null]))),
  ),
  ok("with arrays in every field", WRONG, (_text, good) =>
    JSON.stringify(Object.fromEntries(Object.keys(good).map((name) => [name, []]))),
  ),
  ok("with the names of fields in capitals", WRONG, (text) => text.toUpperCase()),
  ok("with an error", WRONG, () => '{"errorCode":"unauthorized","errorDescription":"No"}'),
];

/** Keys that are not what they seem. */
const keys: Fault[] = [
  ok("with every field in __proto__", WRONG, (text) => `{"__proto__":${text}}`),
  ok("with every field in constructor", WRONG, (text) => `{"constructor":{"prototype":${text}}}`),
  {
    ...ok("with __proto__ beside the fields", WRONG, (text) => text.replace("{", '{"__proto__":{"admin":true},')),
    outcome: {
      ...WRONG,
      values: (good) => [good, JSON.parse(JSON.stringify(good).replace("{", '{"__proto__":{"admin":true},'))],
    },
  },
  ok("with duplicate keys", goodOr(WRONG), (text) => text.replace("{", `${text.slice(0, -1)},`)),
  ok("with null before the right key", goodOr(WRONG), (text) => text.replace(/\{("\w+":)/, "{$1null,$1")),
];

const deep: Fault[] = [
  {
    ...ok("with 50 MB", WRONG, () => ""),
    script: ({ good }) => large(200, 50, '{"x":"', JSON.stringify(good).replace("{", '",')),
  },
  { ...ok("with 50 MB that is not JSON", WRONG, () => ""), script: () => large(200, 50) },
  ok("with an array 100,000 deep", WRONG, (text) => text.replace("{", `{"x":${nested("[", "]")},`)),
  ok("with an object 100,000 deep", WRONG, (text) => text.replace("{", `{"x":${nested('{"x":', "}", "1")},`)),
  ok("with brackets that are never closed", WRONG, () => "[".repeat(MEGABYTE)),
];

function nested(open: string, close: string, inside = ""): string {
  return open.repeat(100_000) + inside + close.repeat(100_000);
}

const types: Fault[] = [
  ok("of type text/html", GOOD, (text) => text, "content-type: text/html"),
  ok("of no type", GOOD, (text) => text),
  ok(
    "in UTF-8 under the name of another charset",
    GOOD,
    (text) => text,
    "content-type: application/json; charset=latin1",
  ),
  ok("in UTF-8 with a byte order mark", goodOr(WRONG), (text) => `\ufeff${text}`),
  ok("in ISO-8859-1", goodOr(WRONG), odd, "content-type: application/json; charset=iso-8859-1"),
  ok("in bytes that are not UTF-8", WRONG, odd, "content-type: application/json"),
  ok(
    "in UTF-16",
    goodOr(WRONG),
    (text) => Buffer.from(text, "utf16le"),
    "content-type: application/json; charset=utf-16",
  ),
];

/** A text with letters beyond ASCII, each in a byte. */
function odd(text: string): Uint8Array {
  return Buffer.from(text.replace("{", '{"note":"\u00e9",'), "latin1");
}

const GZIP = "content-encoding: gzip";

/** The request accepts `identity` only: a client may decode other encodings that it supports, and must reject the rest. */
const encodings: Fault[] = [
  ok("in gzip", goodOr(WRONG), (text) => gzipSync(text), GZIP),
  ok("in brotli", goodOr(WRONG), (text) => brotliCompressSync(text), "content-encoding: br"),
  ok("in cut gzip", goodOr(WRONG), (text) => gzipSync(text).subarray(0, -9), GZIP),
  ok(
    "in gzip with a wrong sum",
    WRONG,
    (text) => Buffer.concat([gzipSync(text).subarray(0, -8), Buffer.alloc(8)]),
    GZIP,
  ),
  ok("in plain text that calls itself gzip", goodOr(WRONG), (text) => text, GZIP),
  ok("in an unknown encoding", goodOr(WRONG), (text) => text, "content-encoding: rot13"),
  ok("in a gzip bomb", WRONG, bomb, GZIP),
  ok("in an empty gzip", WRONG, () => "", GZIP),
];

let spaces: Uint8Array | undefined;

/** 1 GB of spaces within the good response. */
function bomb(text: string): Uint8Array {
  spaces ??= gzipSync(Buffer.alloc(16 * MEGABYTE, " "));
  return Buffer.concat([gzipSync(text.slice(0, -1)), ...Array<Uint8Array>(64).fill(spaces), gzipSync("}")]);
}

const late: Fault = {
  ...ok("in a second response", maybe(goodOr(WRONG), 200), (text) => text),
  script: ({ good }) => [Buffer.concat([json(200, good), json(200, { isEnrolled: "no" })])],
};

export const BODIES: Fault[] = [...nothing, ...strange, ...keys, ...deep, ...types, ...encodings, late];
