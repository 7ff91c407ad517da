import { runInNewContext } from "node:vm";
import { describe, expect, expectTypeOf, it } from "vitest";
import { fieldOf, isRecord } from "../../src/platform/fields.ts";

const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};

const throwing = {
  get message(): string {
    throw new Error("no");
  },
};

describe("fieldOf", () => {
  it("reads own, inherited and symbol fields of objects and functions", () => {
    const mark = Symbol("mark");

    expect(fieldOf({ code: 1 }, "code")).toBe(1);
    expect(fieldOf(new TypeError("wrong"), "message")).toBe("wrong");
    expect(fieldOf(new TypeError("wrong"), "name")).toBe("TypeError");
    expect(fieldOf({ [mark]: true }, mark)).toBe(true);
    expect(fieldOf(["a"], "length")).toBe(1);
    expect(
      fieldOf(
        Object.assign(() => 1, { field: 2 }),
        "field",
      ),
    ).toBe(2);
  });

  it("reads fields of objects of another realm", () => {
    expect(fieldOf(runInNewContext("new Error('there')"), "message")).toBe("there");
  });

  it("is undefined for a value that has no such field", () => {
    for (const value of [undefined, null, true, 0, 1n, "text", Symbol("s"), {}, []]) {
      expect(fieldOf(value, "message")).toBeUndefined();
    }
    expect(fieldOf("text", "length")).toBeUndefined();
  });

  it("is undefined where a getter or a proxy throws", () => {
    expect(fieldOf(throwing, "message")).toBeUndefined();
    expect(fieldOf(revoked({ message: "gone" }), "message")).toBeUndefined();
    expect(
      fieldOf(
        revoked(() => 1),
        "message",
      ),
    ).toBeUndefined();
  });

  it("returns unknown, so that the caller has to check the value", () => {
    expectTypeOf(fieldOf({ code: 1 }, "code")).toEqualTypeOf<unknown>();
  });
});

describe("isRecord", () => {
  it("is true for objects of every class, prototype and realm", () => {
    for (const value of [{}, Object.create(null), new Error("e"), new Map(), runInNewContext("({})")]) {
      expect(isRecord(value)).toBe(true);
    }
  });

  it("is false for null, arrays, functions and primitives", () => {
    for (const value of [null, undefined, [], runInNewContext("[]"), () => 1, "text", 1, true, Symbol("s")]) {
      expect(isRecord(value)).toBe(false);
    }
  });

  it("is false for a revoked proxy, whose fields cannot be read", () => {
    expect(isRecord(revoked({}))).toBe(false);
    expect(isRecord(revoked([]))).toBe(false);
  });

  it("narrows unknown to fields that are unknown", () => {
    const value: unknown = { code: 1 };
    if (isRecord(value)) expectTypeOf(value.code).toEqualTypeOf<unknown>();
  });
});
