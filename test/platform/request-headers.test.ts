import { describe, expect, it } from "vitest";
import { headerValues } from "../../src/platform/request-headers.ts";

const NAME = "x-signature-v2";

/** Headers of every kind that a server, a framework or a test hands over, each with one value. */
const KINDS: [kind: string, headers: object][] = [
  ["Fetch Headers", new Headers({ "X-Signature-V2": "a" })],
  ["headers with a get method alone", { get: (name: string) => (name === NAME ? "a" : null) }],
  ["the headers of Node", { host: "example.com", "x-signature-v2": "a" }],
  ["a plain object with the name in another case", { "X-Signature-V2": "a" }],
  ["a plain object without a prototype", Object.assign(Object.create(null), { "X-SIGNATURE-V2": "a" })],
  ["a plain object with an array", { "x-signature-v2": ["a"] }],
  ["a plain object with a header that is called get", { get: "b", "x-signature-v2": "a" }],
  ["a Map with the name in lower case", new Map([[NAME, "a"]])],
  ["a Map with the name in another case", new Map([["X-Signature-V2", "a"]])],
  ["a Map with an array", new Map([["X-Signature-V2", ["a"]]])],
];

describe("headerValues", () => {
  it.each(KINDS)("finds the value of %s", (_kind, headers) => {
    expect(headerValues({ headers }, NAME)).toEqual(["a"]);
    expect(headerValues({ headers }, "x-other")).toEqual([]);
  });

  it("returns every value of a header that is there several times", () => {
    expect(headerValues({ headers: { [NAME]: ["a", "b"] } }, NAME)).toEqual(["a", "b"]);
    expect(headerValues({ headers: { [NAME]: "a", "X-Signature-V2": "b" } }, NAME)).toEqual(["a", "b"]);
    expect(headerValues({ headers: new Map([["X-Signature-V2", ["a", "b"]]]) }, NAME)).toEqual(["a", "b"]);
  });

  it("reads multiValueHeaders of a Lambda event before headers", () => {
    const headers = { [NAME]: "last" };
    const multiValueHeaders = { "X-Signature-V2": ["first", "last"] };
    expect(headerValues({ headers, multiValueHeaders }, NAME)).toEqual(["first", "last"]);
    expect(headerValues({ headers, multiValueHeaders: { host: ["h"] } }, NAME)).toEqual(["last"]);
    expect(headerValues({ headers, multiValueHeaders: null }, NAME)).toEqual(["last"]);
  });

  it("returns no value for a header that is null or undefined", () => {
    for (const headers of [{ [NAME]: null }, { [NAME]: undefined }, { [NAME]: [] }, { get: () => null }]) {
      expect(headerValues({ headers }, NAME)).toEqual([]);
    }
  });

  it("returns no value for a request or headers that are no object, and for lists", () => {
    const pairs = [[NAME, "a"]];
    for (const request of [
      undefined,
      null,
      "x",
      5,
      [],
      {},
      { headers: 5 },
      { headers: pairs },
      { headers: [NAME, "a"] },
    ]) {
      expect(headerValues(request, NAME)).toEqual([]);
    }
  });

  it("lets a getter of the caller throw", () => {
    const request = {
      get headers(): never {
        throw new Error("no headers");
      },
    };
    expect(() => headerValues(request, NAME)).toThrow("no headers");
  });
});
