import { gzipSync } from "node:zlib";
import type { Json } from "./spec.ts";

/** What a server says instead of an answer, made from a good one. */
export interface BadBody {
  readonly name: string;
  readonly make: (good: Json) => string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

const DEEP = 100_000;
const PAD = " ".repeat(9 * 1024 * 1024);

const text = (good: Json): string => JSON.stringify(good);
const same =
  (body: string): BadBody["make"] =>
  () =>
    body;

/** A body whose fields all come twice, the second time as something else. */
function twice(good: Json): string {
  const first = Array.isArray(good) ? (good[0] ?? null) : good;
  const fields = Object.entries(Object(first));
  const pairs = [...fields, ...fields.map(([name]) => [name, []])];
  const object = `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
  return Array.isArray(good) ? `[${object}]` : object;
}

/** Bodies that have nothing to do with the answer, and answers that were spoilt as a whole. */
export const badBodies: readonly BadBody[] = [
  { name: "nothing", make: same("") },
  { name: "white space", make: same(" \r\n\t") },
  { name: "a NUL", make: same("\u0000") },
  { name: "HTML", make: same("<!doctype html><title>Sign in to the Wi-Fi</title>") },
  {
    name: "HTML that says so",
    make: same("<html><body>502 Bad Gateway</body></html>"),
    headers: { "content-type": "text/html; charset=utf-8" },
  },
  { name: "XML", make: same('<?xml version="1.0"?><ok>true</ok>') },
  { name: "plain text", make: same("OK"), headers: { "content-type": "text/plain" } },
  { name: "null", make: same("null") },
  { name: "true", make: same("true") },
  { name: "false", make: same("false") },
  { name: "0", make: same("0") },
  { name: "42", make: same("42") },
  { name: "1e999", make: same("1e999") },
  { name: "NaN", make: same("NaN") },
  { name: "undefined", make: same("undefined") },
  { name: "a text", make: same('"text"') },
  { name: "an empty text", make: same('""') },
  { name: "an empty list", make: same("[]") },
  { name: "an empty object", make: same("{}") },
  { name: "a list of null", make: same("[null]") },
  { name: "a list of a list", make: same("[[]]") },
  { name: "an object of other fields", make: same('{"message":"OK","status_":1}') },
  { name: "an error", make: same('{"errorCode":"unauthorized","errorDescription":"No"}') },
  { name: "the answer in a list", make: (good) => text([good]) },
  { name: "the answer in a field", make: (good) => text({ data: good }) },
  { name: "the answer as a text", make: (good) => text(text(good)) },
  { name: "the answer as the prototype", make: (good) => `{"__proto__":${text(good)}}` },
  { name: "the answer as the constructor", make: (good) => `{"constructor":{"prototype":${text(good)}}}` },
  {
    name: "a list as an object",
    make: (good) => text({ length: 1, 0: Array.isArray(good) ? (good[0] ?? null) : good }),
  },
  {
    name: "prototypes to be spoilt",
    make: same('{"__proto__":{"spoilt":1},"constructor":{"prototype":{"spoilt":1}}}'),
  },
  { name: "the answer without its end", make: (good) => text(good).slice(0, -1) },
  { name: "half of the answer", make: (good) => text(good).slice(0, text(good).length / 2) },
  { name: "the answer with more after it", make: (good) => `${text(good)}x` },
  { name: "the answer two times", make: (good) => `${text(good)}\n${text(good)}` },
  { name: "the answer with a comment", make: (good) => `/* ok */${text(good)}` },
  { name: "the answer as a script", make: (good) => `callback(${text(good)})` },
  { name: "the answer behind a guard", make: (good) => `)]}',\n${text(good)}` },
  { name: "the answer behind two byte order marks", make: (good) => `\uFEFF\uFEFF${text(good)}` },
  { name: "the answer in UTF-16", make: (good) => Buffer.from(text(good), "utf16le") },
  { name: "the answer in marked UTF-16", make: (good) => Buffer.from(`\uFEFF${text(good)}`, "utf16le") },
  { name: "the body as undeclared gzip", make: (good) => gzipSync(text(good)) },
  { name: "bytes that are no UTF-8", make: () => Uint8Array.of(0xff, 0xfe, 0x7b, 0x7d, 0xc0, 0x80) },
  { name: "fields that come twice and end wrong", make: twice },
  { name: "lists 100,000 deep", make: () => "[".repeat(DEEP) + "]".repeat(DEEP) },
  { name: "objects 100,000 deep", make: () => `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}` },
  { name: "half of 100,000 lists", make: () => "[".repeat(DEEP) },
  {
    name: "the answer with a list 100,000 deep",
    make: (good) =>
      text({ ...Object(good), extra: 0 }).replace('"extra":0', `"extra":${"[".repeat(DEEP)}${"]".repeat(DEEP)}`),
  },
  { name: "the answer in 9 MB", make: (good) => text(good) + PAD },
];
