import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalText, isOneTouchSignature } from "../../src/authy/one-touch-signature.ts";
import { CALL, isSignedAs, KEY, signatureOver } from "../support/authy/signed.ts";

describe("the traps", () => {
  const encoded = (text: string) => text.replaceAll("[", "%5B").replaceAll("]", "%5D");
  const twelve = Array.from({ length: 12 }, (_, i) => i);

  it.each<[trap: string, params: unknown, right: string, ...wrong: string[]]>([
    [
      "sorting the elements of an array",
      { a: ["pin", "fingerprint"] },
      "a[]=pin&a[]=fingerprint",
      "a[]=fingerprint&a[]=pin",
    ],
    [
      "regrouping the members of an array's objects",
      {
        a: [
          { url: "1", res: "b" },
          { res: "a", url: "2" },
        ],
      },
      "a[][res]=b&a[][url]=1&a[][res]=a&a[][url]=2",
      "a[][res]=a&a[][res]=b&a[][url]=1&a[][url]=2",
      "a[][res]=b&a[][res]=a&a[][url]=1&a[][url]=2",
      "a[][url]=1&a[][res]=b&a[][res]=a&a[][url]=2",
    ],
    ["a space as %20", { "a b": "c d" }, "a+b=c+d", "a%20b=c%20d", "a b=c d"],
    [
      "empty objects and arrays that leave a trace",
      { a: {}, b: [], c: { d: [{}] }, e: "1" },
      "e=1",
      "a=&b=&e=1",
      "a=&b[]=&e=1",
      "&e=1",
    ],
    [
      "nulls and empty texts that leave none",
      { a: null, b: "", c: [null], d: "1" },
      "a=&b=&c[]=&d=1",
      "d=1",
      "a=null&b=&c[]=null&d=1",
    ],
    [
      "the order of a locale",
      { amount: "1", Zone: "2", Ärger: "3" },
      "%C3%84rger=3&Zone=2&amount=1",
      "amount=1&%C3%84rger=3&Zone=2",
      "Zone=2&amount=1&%C3%84rger=3",
    ],
    ["raw names in order", { d: { "IP address": "2", IP: "1" } }, "d[IP]=1&d[IP+address]=2", "d[IP+address]=2&d[IP]=1"],
    ["keys in order", { IP: "1", "IP address": "2" }, "IP+address=2&IP=1", "IP=1&IP+address=2"],
    ["names in order", { uuid: "1", uuid2: "2" }, "uuid2=2&uuid=1", "uuid=1&uuid2=2"],
    [
      "keys of digits taken for indices",
      { details: { "2024": "x", "7": "y" } },
      "details[2024]=x&details[7]=y",
      "details[]=x&details[]=y",
    ],
    ["values that begin with None", { a: "None of them", b: "None" }, "a=None+of+them&b=None", "a=+of+them&b="],
    ["booleans inside arrays", { a: [true, false], b: true }, "a[]=true&a[]=false&b=true", "a[]=True&a[]=False&b=true"],
    [
      "textual indices",
      { a: twelve.map((n) => ({ n })) },
      twelve.map((n) => `a[][n]=${n}`).join("&"),
      [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `a[][n]=${n}`).join("&"),
    ],
    [
      "another encoder",
      { a: "*~-_.!'()" },
      "a=%2A~-_.%21%27%28%29",
      "a=*%7E-_.%21%27%28%29",
      "a=*~-_.!'()",
      "a=%2a~-_.%21%27%28%29",
    ],
  ])("%s", (_, params, right, ...wrong) => {
    const json = JSON.stringify(params);
    expect(canonicalText(json, "POST")).toBe(encoded(right));
    for (const given of [json, JSON.parse(json)]) {
      expect(isSignedAs(given, encoded(right))).toBe(true);
      for (const text of wrong) expect([text, isSignedAs(given, encoded(text))]).toEqual([text, false]);
    }
  });

  it("brackets left as they are", () => {
    expect(isSignedAs({ a: { b: ["c"] } }, "a%5Bb%5D%5B%5D=c")).toBe(true);
    expect(isSignedAs({ a: { b: ["c"] } }, "a[b][]=c")).toBe(false);
  });

  it("numbers written anew", () => {
    const numbers = '{"a":1.0,"b":12345678901234567890,"c":[-0, 1E+2,0.10],"d":"1.0 \\"2.50\\\\","3.0\\"":4}';
    const text = "3.0%22=4&a=1.0&b=12345678901234567890&c%5B%5D=-0&c%5B%5D=1E%2B2&c%5B%5D=0.10&d=1.0+%222.50%5C";
    expect(canonicalText(numbers, "POST")).toBe(text);
    expect(isSignedAs(numbers, text)).toBe(true);
    expect(isSignedAs('{"a":1.0}', "a=1")).toBe(false);
    expect(isSignedAs('{"b":12345678901234567890}', "b=12345678901234567000")).toBe(false);
  });

  it("the query in the URL", () => {
    const call = { ...CALL, method: "GET" };
    const signature = signatureOver("a=1", call);
    for (const ending of ["", "?a=1", "#a", "?#", "?a=1#b?c"]) {
      const parts = { ...call, url: `${call.url}${ending}`, params: "a=1" };
      expect(isOneTouchSignature(KEY, { ...parts, signature })).toBe(true);
      if (ending) expect(isOneTouchSignature(KEY, { ...parts, signature: signatureOver("a=1", parts) })).toBe(false);
    }
  });

  it("a query decoded, or sorted again", () => {
    const query = "b[]=2&b%5b%5D=1&a=%2a*&c=%20+";
    expect(canonicalText(query, "GET")).toBe(query);
    expect(canonicalText(`??${query}`, "GET")).toBe(`?${query}`);
    expect(isSignedAs(`?${query}`, query, { ...CALL, method: "GET" })).toBe(true);
  });

  it("nothing signed taken for signed", () => {
    for (const method of ["POST", "GET"]) {
      const parts = { ...CALL, method, params: { a: "1" } };
      for (const signature of [undefined, null, "", " "]) {
        expect(Reflect.apply(isOneTouchSignature, undefined, [KEY, { ...parts, signature }])).toBe(false);
      }
      expect(isOneTouchSignature(KEY, { ...parts, signature: signatureOver("a=1", parts) })).toBe(true);
    }
  });
});

describe("the canonical text", () => {
  /** JSON with members in an order of our choice, which `JSON.stringify` does not leave to us for keys of digits. */
  function jsonOf(value: unknown, arrange: (members: string[]) => string[]): string {
    if (Array.isArray(value)) return `[${value.map((element) => jsonOf(element, arrange)).join()}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const members = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${jsonOf(inner, arrange)}`);
    return `{${arrange(members).join()}}`;
  }
  const text = fc.string({ unit: "grapheme", maxLength: 8 });
  const key = fc
    .oneof(text, fc.constantFrom("a", "aa", "A", "1", "10", "__proto__"))
    .filter((name) => !/[[#]/.test(name));
  const { object } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie("object"), tie("array")),
    object: fc.array(fc.tuple(key, tie("value")), { maxLength: 6 }).map((members) => Object.fromEntries(members)),
    array: fc.array(tie("value"), { maxLength: 14 }),
  }));

  /** The other way of section 6: number the elements, sort all pairs at once, then take the numbers away. */
  function byNumbers(params: unknown): string {
    const pairs: string[] = [];
    const visit = (name: string, value: unknown): void => {
      if (typeof value !== "object" || value === null) {
        const pair = new URLSearchParams([[name, `${value ?? ""}`]]).toString();
        pairs.push(pair.replaceAll("*", "%2A").replaceAll("%7E", "~"));
      } else if (Array.isArray(value)) {
        for (const [i, element] of value.entries()) visit(`${name}[#${`${i}`.padStart(4, "0")}]`, element);
      } else {
        for (const [inner, member] of Object.entries(value))
          visit(name === "" ? `.${inner}` : `${name}[${inner}]`, member);
      }
    };
    visit("", params);
    const sorted = pairs.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return sorted.map((pair) => pair.slice(1).replaceAll(/%5B%23\d{4}%5D/g, "%5B%5D")).join("&");
  }

  it("is the same whichever way it is made, and in whatever order the members came", () => {
    fc.assert(
      fc.property(object, (params) => {
        const expected = byNumbers(params);
        expect(canonicalText(params, "POST")).toBe(expected);
        expect(canonicalText(params, "GET")).toBe(expected);
        for (const arrange of [
          (members: string[]) => members,
          (members: string[]) => [...members].reverse(),
          (members: string[]) => [...members].sort(),
        ]) {
          expect(canonicalText(jsonOf(params, arrange), "POST")).toBe(expected);
        }
        expect(isSignedAs(Object(params), expected)).toBe(expected !== "");
      }),
      { numRuns: 300 },
    );
  });

  it("keeps arrays in order, however long", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 11, maxLength: 120 }), (list) => {
        const pairs = list.flatMap((n) => [`a%5B%5D%5Bm%5D=${n}`, `a%5B%5D%5Bn%5D=x`]);
        expect(canonicalText({ a: list.map((n) => ({ n: "x", m: n })) }, "POST")).toBe(pairs.join("&"));
      }),
    );
  });

  it("is safe with any key", () => {
    const params = '{"__proto__":{"polluted":"1"},"constructor":{"prototype":{"polluted":2}},"toString":"3","a[b":"4"}';
    expect(canonicalText(params, "POST")).toBe(
      "__proto__%5Bpolluted%5D=1&a%5Bb=4&constructor%5Bprototype%5D%5Bpolluted%5D=2&toString=3",
    );
    expect(canonicalText(JSON.parse(params), "POST")).toBe(canonicalText(params, "POST"));
    expect({}).not.toHaveProperty("polluted");
  });

  it("is there only for an object that can be written as such a text", () => {
    const circular = { a: {} };
    circular.a = circular;
    const bomb = `{"${"k".repeat(100_000)}":[${"1,".repeat(100_000)}1]}`;
    const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    expect(canonicalText(deep(500), "POST")).toMatch(/^a(%5Ba%5D){499}=1$/);
    for (const params of [
      ...["", "null", "[]", "[1]", "5", '"text"', "true", "{", "{}x", "a=1", deep(501), deep(100_000), bomb],
      ...[
        '{"a":"\\ud800"}',
        '{"\\udc00":1}',
        { a: "\ud800" },
        circular,
        { a: 1n },
        JSON.parse(bomb),
        [],
        [{ a: 1 }],
        5,
      ],
      ...[null, undefined, true, Symbol("s"), () => ({ a: 1 }), { toJSON: () => "a=1" }, { toJSON: () => refuse() }],
    ]) {
      expect(canonicalText(params, "POST")).toBeUndefined();
    }
  });
});

function refuse(): never {
  throw new Error("not to be written");
}
