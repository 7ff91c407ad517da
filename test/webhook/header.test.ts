import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ANY_AGE,
  EMAIL,
  EMAIL_HEADER,
  EMAIL_V2,
  FORMAT,
  MISMATCH,
  outcome,
  outcomeOf,
  SENT_AT,
  seconds,
  TOLERANCE,
  v2Of,
  webhook,
} from "../support/webhook/deliveries.ts";

describe("the header", () => {
  it.each([
    ["123", FORMAT],
    ["", FORMAT],
    [",", FORMAT],
    ["=", FORMAT],
    ["v2=someSignature", FORMAT],
    ["t=1234567890", FORMAT],
    ["t=1234567890,v3=someSignature", FORMAT],
    ["t=1234567890,V2=someSignature", FORMAT],
    ["t=1630000000,v2=invalid_signature", TOLERANCE],
    [`t=${seconds()},v2=invalid_signature`, MISMATCH],
    [`t=${seconds()},v2=`, MISMATCH],
    [`t=${seconds()},v2=é🙂`, MISMATCH],
    [`t=${seconds()},v2=${"é".repeat(43)}`, MISMATCH],
    ["t=é,v2=x", FORMAT],
    ["\u{1F642}", FORMAT],
    ["t=1740016316,v2=NwFcIT68pK7g+m365Jj4euXj/ke3GSnkTpMPcRVi5q4", TOLERANCE],
    [
      "t=1740016037,v2=zI5rg1XJtKH8dXTX9VCSwy07qTPJliXkK9ppgNjmzqw,v2=KMg8mXXGO/SmNNmcszKXI4UaEVHLc21YNWthHfispQo",
      TOLERANCE,
    ],
  ])("%s: %s", (header, refusal) => {
    expect(outcome(() => webhook.constructEvent(EMAIL, header))).toContain(refusal);
    expect(outcome(() => webhook.verify(EMAIL, header))).toContain(refusal);
  });

  it.each(["abc", "", "NaN", "1e9", "-1", "+1", "1.5", "0x10", "1 2", "１７", "1234567890123", "Infinity"])(
    "has a timestamp of digits, not %j, however well it is signed",
    (timestamp) => {
      expect(outcomeOf(EMAIL, `t=${timestamp},v2=${v2Of(EMAIL, timestamp)}`)).toContain(FORMAT);
    },
  );

  it("may hold items of the future, in any order, and spaces between items", () => {
    for (const header of [
      `v2=${EMAIL_V2},t=${SENT_AT}`,
      `v1=old,t=${SENT_AT},v3=a=b=,v2=${EMAIL_V2}`,
      ` t=${SENT_AT}, v2=${EMAIL_V2}\t`,
      `t=${SENT_AT},v2=invalid_signature,v2=${EMAIL_V2},v2=`,
    ]) {
      expect(outcomeOf(EMAIL, header)).toBe("accepted");
    }
  });

  it("has exactly the characters of the signature", () => {
    const urlSafe = EMAIL_V2.replaceAll("+", "-").replaceAll("/", "_");
    const sameBits = EMAIL_V2.replace(/k$/, "l"); // decodes to the same 32 bytes
    expect(Buffer.from(sameBits, "base64")).toEqual(Buffer.from(EMAIL_V2, "base64"));
    const upper = EMAIL_V2.toUpperCase();
    for (const v2 of [urlSafe, sameBits, upper, EMAIL_V2.slice(0, 42), `${EMAIL_V2}A`, `${EMAIL_V2}\0`]) {
      expect(outcomeOf(EMAIL, `t=${SENT_AT},v2=${v2}`)).toContain(MISMATCH);
    }
  });

  it("cannot change by one character, but for white space around items", () => {
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    const alphabet = [...ascii, "\u00A0", "\uFEFF", "ı", "é", "\uFF1D", "\uD800"];
    const trimmed = (header: string) => header.replace(/^\s+|\s*(,)\s*|\s+$/g, "$1");
    const changes = new Set<string>();
    for (let i = 0; i <= EMAIL_HEADER.length; i++) {
      const [before, after, rest] = [EMAIL_HEADER.slice(0, i), EMAIL_HEADER.slice(i), EMAIL_HEADER.slice(i + 1)];
      changes.add(before + rest);
      for (const character of alphabet) changes.add(before + character + after).add(before + character + rest);
    }
    changes.delete(EMAIL_HEADER);
    for (const header of changes) {
      expect([header, outcomeOf(EMAIL, header) === "accepted"]).toEqual([header, trimmed(header) === EMAIL_HEADER]);
    }
  });

  it("is bounded", () => {
    const filled = (length: number) => `${EMAIL_HEADER},x=`.padEnd(length, "x");
    expect(outcomeOf(EMAIL, filled(4096))).toBe("accepted");
    expect(outcomeOf(EMAIL, filled(4097))).toContain(FORMAT);
    expect(outcomeOf(EMAIL, "v2=,".repeat(2_500_000))).toContain(FORMAT);
  });

  it("is one string", () => {
    for (const header of [[EMAIL_HEADER], undefined, null, 5, {}, new Headers(), Symbol("s")]) {
      const message = outcome(() => webhook.constructEvent(EMAIL, header as never, ANY_AGE));
      expect(message).toContain(`${FORMAT} Pass one x-signature-v2 header`);
    }
  });

  it("never makes anything but an InvalidSignatureError", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (header) => outcomeOf(EMAIL, header) !== "accepted"));
    fc.assert(
      fc.property(
        fc.anything(),
        fc.anything(),
        fc.anything(),
        (payload, header, tolerance) =>
          outcome(() => webhook.constructEvent(payload as never, header as never, tolerance as never)) !== "accepted",
      ),
    );
  });
});

describe("the timestamp", () => {
  /** Runs `check` so that the clock of the code under test shows `now`; once more if a second ends meanwhile. */
  function atOneSecond<T>(check: (now: number) => T): T {
    const now = seconds();
    const result = check(now);
    return seconds() === now ? result : atOneSecond(check);
  }
  const outcomeAt = (offset: number, tolerance?: number) =>
    atOneSecond((now) => outcome(() => webhook.verify(EMAIL, webhook.sign(EMAIL, now + offset), tolerance)));

  it.each([
    [undefined, 300],
    [5, 300],
    [1, 60],
    [0.5, 30],
    [60 * 24, 86_400],
  ])("may be off by %s minutes exactly, either way", (tolerance, limit) => {
    for (const offset of [-limit, -limit + 1, 0, limit - 1, limit])
      expect(outcomeAt(offset, tolerance)).toBe("accepted");
    for (const offset of [-limit - 1, limit + 1, 10 * limit]) expect(outcomeAt(offset, tolerance)).toContain(TOLERANCE);
  });

  it.each([0, -0, -1, -0.1])("is not checked with a tolerance of %s", (tolerance) => {
    for (const timestamp of [0, 1, SENT_AT, 999_999_999_999]) {
      expect(outcome(() => webhook.verify(EMAIL, webhook.sign(EMAIL, timestamp), tolerance))).toBe("accepted");
    }
  });

  it.each([Number.NaN, Infinity, -Infinity, null, "5", "", "abc", true, [], {}, 5n, new Date()])(
    "is checked with a number, not with %s",
    (tolerance) => {
      for (const header of [webhook.sign(EMAIL), webhook.sign(EMAIL, SENT_AT)]) {
        const message = outcome(() => webhook.constructEvent(EMAIL, header, tolerance as never));
        expect(message).toBe(
          "Tolerance is invalid. Pass a finite number of minutes; 0 turns the check of the timestamp off.",
        );
      }
    },
  );

  it("is checked before the signature, and after the form of the header", () => {
    expect(outcome(() => webhook.verify(EMAIL, `t=1,v2=${v2Of(EMAIL, 1)}`))).toContain(TOLERANCE);
    expect(outcome(() => webhook.verify(EMAIL, "t=1,t=1,v2=x"))).toContain(FORMAT);
  });
});
