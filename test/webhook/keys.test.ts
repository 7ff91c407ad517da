import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { InvalidSignatureError } from "../../src/errors.ts";
import { Webhook } from "../../src/webhook/index.ts";
import {
  ANY_AGE,
  EMAIL,
  EMAIL_HEADER,
  EMAIL_V2,
  EMAIL_V2_OTHER,
  OTHER_SECRET,
  SECRET,
  SENT_AT,
  v2Of,
  webhook,
} from "../support/webhook/deliveries.ts";

describe("the secret", () => {
  it.each([
    "",
    " ",
    "\n\t",
    "\u00A0",
    undefined,
    null,
    5,
    {},
    [],
    [""],
    [SECRET, " "],
    [SECRET, undefined],
    [[SECRET]],
  ])("is neither blank nor missing: %j", (secret) => {
    const construct = () => new Webhook(secret as never);
    expect(construct).toThrow(InvalidSignatureError);
    expect(construct).toThrow("Pass your secret key");
    expect(construct).not.toThrow(SECRET);
  });

  it("has every place filled", () => {
    for (const keys of [
      [SECRET, undefined],
      [SECRET, ""],
      [SECRET, 5],
      [SECRET, [SECRET]],
    ]) {
      expect(() => Reflect.construct(Webhook, [keys])).toThrow(InvalidSignatureError);
    }
  });

  it("may have any length", () => {
    for (const secret of ["k", "é".repeat(40), "k".repeat(64), "k".repeat(65), "k".repeat(10_000)]) {
      expect(new Webhook(secret).sign(EMAIL, 1)).toBe(`t=1,v2=${v2Of(EMAIL, 1, secret)}`);
    }
  });

  it("is shown nowhere, nor is the signature that was expected", () => {
    const receiver = new Webhook([SECRET, OTHER_SECRET]);
    const shown = [receiver, [receiver], { receiver }].map((value) =>
      [inspect(value, { depth: Infinity, showHidden: true }), JSON.stringify(value), String(value)].join(),
    );
    expect(Object.getOwnPropertyNames(receiver)).toEqual([]);
    const hidden = Object.getOwnPropertySymbols(receiver);
    expect(hidden.filter((name) => Object.getOwnPropertyDescriptor(receiver, name)?.enumerable)).toEqual([]);
    for (const [body, header] of [
      [EMAIL, `t=${SENT_AT},v2=x`],
      [EMAIL, "x"],
      [`${EMAIL} `, EMAIL_HEADER],
    ] as const) {
      try {
        receiver.constructEvent(body, header, ANY_AGE);
      } catch (error) {
        shown.push(inspect(error, { depth: Infinity, showHidden: true }), String(error));
      }
    }
    expect(shown).toHaveLength(9);
    for (const text of shown) {
      for (const secret of [SECRET, OTHER_SECRET, EMAIL_V2, EMAIL_V2_OTHER]) expect(text).not.toContain(secret);
    }
  });
});

describe("sign", () => {
  it.each([Number.NaN, Infinity, -1, 1.5, SENT_AT * 1000, 1e21, "now", null])(
    "refuses the timestamp %s",
    (timestamp) => {
      expect(() => webhook.sign(EMAIL, timestamp as never)).toThrow(InvalidSignatureError);
    },
  );

  it("refuses a parsed payload", () => {
    expect(() => webhook.sign(JSON.parse(EMAIL))).toThrow(InvalidSignatureError);
  });
});
