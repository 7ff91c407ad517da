import fc from "fast-check";

/** The seed of arbitrary values, so that they are the same in every run. */
export const SEED = 20_260_115;

/** Changes of some bytes at one place. */
type Way = (bytes: Buffer, place: number) => Buffer[];

const replaced = (bytes: Buffer, place: number, ...by: number[]): Buffer =>
  Buffer.concat([bytes.subarray(0, place), Buffer.from(by), bytes.subarray(place + 1)]);

const WAYS: Record<string, Way> = {
  "one bit of it is another": (bytes, place) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => replaced(bytes, place, (bytes[place] ?? 0) ^ (1 << bit))),
  "one byte of it is another": (bytes, place) =>
    [0x00, 0x0a, 0x20, 0x2c, 0x30, 0x3d, 0x7f, 0x80, 0xff].map((byte) => replaced(bytes, place, byte)),
  "one byte is missing": (bytes, place) => [replaced(bytes, place)],
  "one byte is there twice": (bytes, place) => [replaced(bytes, place, bytes[place] ?? 0, bytes[place] ?? 0)],
  "two bytes have changed places": (bytes, place) => [
    replaced(replaced(bytes, place), place, ...bytes.subarray(place + 1, place + 2), bytes[place] ?? 0),
  ],
  "it ends early": (bytes, place) => [bytes.subarray(0, place)],
  "it begins late": (bytes, place) => [bytes.subarray(place + 1)],
  "its end is there twice": (bytes, place) => [Buffer.concat([bytes, bytes.subarray(place)])],
};

/** The ways to tamper with a text, each with all different results. */
export const TAMPERING: [way: string, tamper: (text: string) => Buffer[]][] = Object.entries(WAYS).map(([way, at]) => [
  way,
  (text) => {
    const bytes = Buffer.from(text);
    const changed = Array.from(bytes, (_, place) => at(bytes, place)).flat();
    return changed.filter((one) => !one.equals(bytes));
  },
]);

/** Other texts that a lenient decoder decodes to the same bytes, or that look like the same digest. */
export function otherSpellings(base64: string): [name: string, text: string][] {
  const bare = base64.replace(/=+$/, "");
  const bytes = Buffer.from(base64, "base64");
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const last = alphabet.indexOf(bare.slice(-1));
  const unusedBits = [1, 2, 3].map((bits) => bare.slice(0, -1) + alphabet.charAt(last ^ bits));
  const places = Array.from({ length: bare.length - 1 }, (_, place) => place + 1);
  const inside = (text: string) => places.map((place) => bare.slice(0, place) + text + bare.slice(place));
  const texts: [name: string, texts: string[]][] = [
    ["unused bits that are set", unusedBits.flatMap((text) => [text, `${text}=`])],
    ["less or more padding", ["", "=", "==", "===", "===="].map((padding) => bare + padding)],
    ["padding in front or inside", [`=${bare}`, ...inside("=")]],
    ["white space inside", [" ", "\t", "\r\n", "\u00a0", "\u200b"].flatMap(inside)],
    ["the URL-safe alphabet", [bytes.toString("base64url"), `${bytes.toString("base64url")}=`]],
    ["percent-encoding", [encodeURIComponent(bare), encodeURIComponent(base64), bare.replace(/^./, "%$&")]],
    ["hexadecimal digits", [bytes.toString("hex"), bytes.toString("hex").toUpperCase()]],
    ["the bytes themselves", [bytes.toString("latin1")]],
    ["quotes", [`"${bare}"`, `'${bare}'`, `"${base64}"`]],
    ["another case", [bare.toLowerCase(), bare.toUpperCase(), `${bare.toLowerCase()}=`, `${bare.toUpperCase()}=`]],
    ["base64 of base64", [Buffer.from(base64).toString("base64"), Buffer.from(bare).toString("base64")]],
  ];
  const all: [name: string, text: string][] = [];
  for (const [name, those] of texts) for (const text of those) if (text !== base64) all.push([name, text]);
  return all;
}

const fail = (): never => {
  throw new Error("This cannot be read: sk_live_hidden");
};

/** A proxy that throws at every access. */
export const UNREADABLE: object = new Proxy(
  {},
  { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail },
);

/** Makes an object with this prototype and without its internal slots. */
export const hollow = (prototype: object): object => Object.create(prototype);

/** Values of every type of JavaScript. */
export const anythingAtAll = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

const revokedList = Proxy.revocable(["v2"], {});
revokedList.revoke();

/** Values of a header in a program, except one text. */
export const NO_TEXTS: [kind: string, value: unknown][] = [
  ["null", null],
  ["a number", 1768446245],
  ["NaN", Number.NaN],
  ["a bigint", 5n],
  ["a boolean", true],
  ["a symbol", Symbol("v2")],
  ["a function", () => "v2"],
  ["a list of lists", [["v2"]]],
  ["a list with a number", [5]],
  ["bytes", Buffer.from("v2")],
  ["an object of a text", Object("v2")],
  ["a Headers object", new Headers({ v2: "v2" })],
  ["what fails when it is made a text", { toString: fail, valueOf: fail, [Symbol.toPrimitive]: fail }],
  ["what fails always", UNREADABLE],
  ["a list behind a proxy that was revoked", revokedList.proxy],
];

/** Values of a body in a program that are no text and no bytes, although each holds those of one. */
export function noBodies(text: string): [kind: string, body: unknown][] {
  const bytes = new TextEncoder().encode(text);
  const revoked = Proxy.revocable(bytes, {});
  revoked.revoke();
  return [
    ["a list of bytes", [...bytes]],
    ["a Buffer that was made JSON", Buffer.from(bytes).toJSON()],
    ["a Blob", new Blob([text])],
    ["a stream", new Blob([text]).stream()],
    ["a Response", new Response(text)],
    ["a form", new URLSearchParams(text)],
    ["an object of a text", Object(text)],
    ["what becomes that text", { toString: () => text, toJSON: () => text }],
    ["a promise of it", Promise.resolve(text)],
    ["bytes behind a proxy", new Proxy(bytes, {})],
    ["bytes behind a proxy that was revoked", revoked.proxy],
    ["what only looks like bytes", hollow(Uint8Array.prototype)],
    [
      "what says that it is a buffer",
      { [Symbol.toStringTag]: "ArrayBuffer", byteLength: 2, length: 2, 0: 123, 1: 125 },
    ],
    ["what fails always", UNREADABLE],
  ];
}

/** Returns JSON with `levels` nested objects. */
export const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
