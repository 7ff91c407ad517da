import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCallback } from "../../src/authy/callback.ts";
import { canonicalText } from "../../src/authy/one-touch-signature.ts";
import { CALL, KEY, signatureOver } from "../support/authy/signed.ts";

/** What a GET with this query is read as, once it is signed. */
async function readQuery(query: string): Promise<unknown> {
  const signature = signatureOver(query, { ...CALL, method: "GET" });
  const headers = { "x-authy-signature": signature, "x-authy-signature-nonce": CALL.nonce };
  return (await readCallback(KEY, { method: "GET", url: `${CALL.url}?${query}`, headers })).params;
}

describe("the query of a GET", () => {
  it.each<[query: string, tree: object]>([
    ["a=1&b=&c", { a: "1", b: "", c: "" }],
    ["a%5Bb%5D%5Bc%5D=1&a[b][d]=2", { a: { b: { c: "1", d: "2" } } }],
    ["a=x+y%20z%2B%26%C3%A9&b=%zz%ff", { a: "x y z+&é", b: "%zz\uFFFD" }],
    ["a[]=1&a[]=2&a[]=", { a: ["1", "2", ""] }],
    [
      "a[][r]=1&a[][u]=2&a[][r]=3&a[][u]=4",
      {
        a: [
          { r: "1", u: "2" },
          { r: "3", u: "4" },
        ],
      },
    ],
    ["a[][r]=1&a[][r]=2&a[][u]=3", { a: [{ r: "1" }, { r: "2", u: "3" }] }],
    ["a[][b][c]=1&a[][b][d]=2&a[][b][c]=3", { a: [{ b: { c: "1", d: "2" } }, { b: { c: "3" } }] }],
    ["a[][b][]=1&a[][b][]=2&a[][c]=3&a[][c]=4", { a: [{ b: ["1", "2"], c: "3" }, { c: "4" }] }],
    ["a[]=1&a[][b]=2&a[]=3", { a: ["1", { b: "2" }, "3"] }],
    ["a[][]=1&a[][]=2", { a: [["1", "2"]] }],
    ["a[10]=x&a[9]=y", { a: { 9: "y", 10: "x" } }],
    ["a=1&a=2", { a: "2" }],
    ["a=1&a[b]=2&c[b]=1&c[]=2&d[]=1&d=2", { a: { b: "2" }, c: ["2"], d: "2" }],
    ["a[b=1&a]=2&a]b[=3&[=4&]=5&a[b]c=6", { "a[b": "1", "a]": "2", "a]b[": "3", "[": "4", "]": "5", "a[b]c": "6" }],
    ["a[b[c]]=1&[b]=2&[]=3&=4", { a: { "b[c]": "1" }, "": "4" }],
    ["toString=1&constructor[prototype][polluted]=2", { toString: "1", constructor: { prototype: { polluted: "2" } } }],
  ])("%s", async (query, tree) => {
    expect(await readQuery(query)).toEqual(tree);
  });

  it("pollutes nothing", async () => {
    const params = await readQuery("__proto__[polluted]=1&a[__proto__][polluted]=2&b[][__proto__][polluted]=3");
    expect(params).toEqual(
      JSON.parse(
        '{"__proto__":{"polluted":"1"},"a":{"__proto__":{"polluted":"2"}},"b":[{"__proto__":{"polluted":"3"}}]}',
      ),
    );
    expect({}).not.toHaveProperty("polluted");
  });

  it("may be nested as deep as JSON, and is a name beyond", async () => {
    const deep = (levels: number) => `a${"[a]".repeat(levels)}`;
    expect(JSON.stringify(await readQuery(`${deep(499)}=1`))).toBe(`${'{"a":'.repeat(500)}"1"${"}".repeat(500)}`);
    expect(await readQuery(`${deep(500)}=1`)).toEqual({ [deep(500)]: "1" });
    expect(await readQuery(`a${"[]".repeat(20_000)}=1`)).toHaveProperty([`a${"[]".repeat(20_000)}`], "1");
  });

  it("gives the tree back that it was made from", async () => {
    const key = fc.string({ unit: "grapheme", minLength: 1 }).filter((name) => !/[[\]]/.test(name));
    const text = fc.string({ unit: "grapheme" });
    const { tree } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, text, tie("tree"), tie("list")),
      tree: fc.dictionary(key, tie("value"), { minKeys: 1, noNullPrototype: true }),
      // An object is told from the next one by a member that all of them begin with, as those of the service do.
      list: fc.oneof(
        fc.array(text, { minLength: 1, maxLength: 14 }),
        fc.array(
          tie("value").map((x) => ({ "!": "1", x })),
          { minLength: 1, maxLength: 14 },
        ),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (params) => {
        expect(await readQuery(canonicalText(params, "POST") ?? "")).toEqual(params);
      }),
    );
  });

  it("is refused with no other error", async () => {
    const piece = fc.constantFrom("a", "b", "[", "]", "[]", "=", "&", "%5B", "%5D", "%", "+", "__proto__");
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 20 }), async (pieces) => {
        expect(await readQuery(pieces.join(""))).toBeTypeOf("object");
      }),
      { numRuns: 1000 },
    );
  });
});
