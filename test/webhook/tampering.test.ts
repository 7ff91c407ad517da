import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Webhook } from "../../src/webhook/index.ts";
import { otherSpellings, TAMPERING } from "../support/tampering.ts";
import {
  ANY_AGE,
  BATCH,
  EMAIL,
  EMAIL_V2,
  EMAIL_V2_OTHER,
  EMPTY,
  FORMAT,
  MISMATCH,
  NON_ASCII,
  OTHER_SECRET,
  outcome,
  outcomeOf,
  SECRET,
  SENT_AT,
  seconds,
  TOLERANCE,
  v2Of,
  webhook,
} from "../support/webhook/deliveries.ts";

describe.each(TAMPERING)("when %s", (_way, tamper) => {
  it.each([
    ["an empty object", EMPTY],
    ["an event that is not all ASCII", NON_ASCII],
    ["a batch", BATCH],
  ])("%s does not verify", (_body, body) => {
    const header = webhook.sign(body);
    expect(outcomeOf(Buffer.from(body), header)).toBe("accepted");
    const changes = tamper(body);
    expect(changes.length).toBeGreaterThanOrEqual(body.length / 2);
    for (const changed of changes) {
      expect([changed.toString("latin1"), outcomeOf(changed, header)]).toEqual([
        changed.toString("latin1"),
        expect.stringContaining(MISMATCH),
      ]);
    }
  });

  it("the header verifies only if it still has one time and one signature that belong together", () => {
    const [time, right] = [`t=${SENT_AT}`, `v2=${EMAIL_V2}`];
    const header = `${time},v1=a=b,v2=${EMAIL_V2_OTHER},${right}`;
    expect(outcomeOf(EMAIL, header)).toBe("accepted");
    let refused = 0;
    for (const changed of tamper(header).map((bytes) => bytes.toString("latin1"))) {
      const items = changed.split(",").map((item) => item.trim());
      const isTime = (item: string) => item.startsWith("t=");
      const hasForm = items.every((item) => /^[^=]+=[^\n]*$/.test(item));
      const isGood = hasForm && items.filter(isTime).join() === time && items.includes(right);
      expect([changed, outcomeOf(EMAIL, changed)]).toEqual([
        changed,
        isGood ? "accepted" : expect.stringMatching(/^Signature (format is invalid|mismatch)\./),
      ]);
      refused += Number(!isGood);
    }
    expect(refused).toBeGreaterThan(EMAIL_V2.length);
  });
});

describe("the version", () => {
  const UNKNOWN = [
    "v1",
    "v3",
    "v",
    "2",
    "V2",
    "v02",
    "v2.0",
    "v20",
    "v2 ",
    "v2\0",
    "\ufeffv\u200b2",
    "x-v2",
    "v2[]",
    "ｖ2",
  ];

  it.each(UNKNOWN)("is v2, not %j, however right its signature is", (version) => {
    const item = `${version}=${EMAIL_V2}`;
    expect(outcomeOf(EMAIL, `t=${SENT_AT},${item}`)).toContain(FORMAT);
    expect(outcomeOf(EMAIL, `t=${SENT_AT},${item},v2=${EMAIL_V2_OTHER}`)).toContain(MISMATCH);
    expect(outcomeOf(EMAIL, `t=${SENT_AT},v2=,${item}`)).toContain(MISMATCH);
    expect(outcomeOf(EMAIL, `${item},t=${SENT_AT},v2=${EMAIL_V2}`)).toBe("accepted");
  });

  it("is found among others in any order", () => {
    const orders = (items: string[]): string[][] =>
      items.length === 0
        ? [[]]
        : items.flatMap((item, i) => orders(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
    const others = [`t=${SENT_AT}`, `v1=${EMAIL_V2}`, `v2=${EMAIL_V2_OTHER}`, `v3=${EMAIL_V2}`];
    const headers = orders([...others, `v2=${EMAIL_V2}`]).map((items) => items.join());
    expect(new Set(headers).size).toBe(120);
    for (const header of headers) expect(outcomeOf(EMAIL, header)).toBe("accepted");
    for (const items of orders(others)) expect(outcomeOf(EMAIL, items.join())).toContain(MISMATCH);
  });

  it.each([0, 1, 40, 79, 80])("is found behind %s others of its kind", (place) => {
    const items = Array.from({ length: 80 }, (_, i) => `v2=${v2Of(EMAIL, i)}`);
    expect(outcomeOf(EMAIL, [`t=${SENT_AT}`, ...items].join())).toContain(MISMATCH);
    expect(outcomeOf(EMAIL, [`t=${SENT_AT}`, ...items.toSpliced(place, 0, `v2=${EMAIL_V2}`)].join())).toBe("accepted");
    for (const keys of [
      [SECRET, OTHER_SECRET],
      [OTHER_SECRET, SECRET],
    ]) {
      const receiver = new Webhook(keys);
      const mixed = [`t=${SENT_AT}`, ...items.toSpliced(place, 0, `v2=${EMAIL_V2_OTHER}`)].join();
      expect(outcome(() => receiver.verify(EMAIL, mixed, ANY_AGE))).toBe("accepted");
      expect(outcome(() => receiver.verify(`${EMAIL} `, mixed, ANY_AGE))).toContain(MISMATCH);
    }
  });
});

describe("the time", () => {
  const signedAt = (time: number | string) => `t=${time},v2=${v2Of(EMAIL, time)}`;
  const outcomeNow = (header: string) => outcome(() => webhook.verify(EMAIL, header));

  it.each([0, 1, SENT_AT, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 99_999_999_999, 999_999_999_999])(
    "is far from now at %s, however well it is signed",
    (time) => {
      expect(outcomeNow(signedAt(time))).toContain(TOLERANCE);
      expect(outcomeOf(EMAIL, signedAt(time))).toBe("accepted");
    },
  );

  it.each<[form: string, write: (now: number) => string]>([
    ["in milliseconds", (now) => `${now}000`],
    ["with a fraction", (now) => `${now}.0`],
    ["with an exponent", (now) => `${now}e0`],
    ["in a small number with an exponent", (now) => `${now / 1e9}e9`],
    ["in hexadecimal digits", (now) => `0x${now.toString(16)}`],
    ["with a sign", (now) => `+${now}`],
    ["negative", (now) => `-${now}`],
    ["with separators", (now) => `${now}`.replace(/^(\d)(\d{3})(\d{3})/, "$1_$2_$3_")],
    ["as a bigint", (now) => `${now}n`],
    ["in digits of another script", (now) => `${now}`.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + +digit))],
    ["with a null character", (now) => `${now}\0`],
    ["after a line feed", (now) => `\n${now}`],
    ["in quotes", (now) => `"${now}"`],
    ["as a date", (now) => new Date(now * 1000).toISOString()],
    ["after very many zeros", (now) => `${now}`.padStart(400, "0")],
    ["before very many zeros", (now) => `${now}`.padEnd(400, "0")],
    ["as infinity", () => "Infinity"],
    ["as no number", () => "NaN"],
  ])("cannot be written %s, however well it is signed", (_form, write) => {
    const now = seconds();
    expect(outcomeNow(signedAt(now))).toBe("accepted");
    expect(outcomeNow(signedAt(write(now)))).toContain(FORMAT);
    expect(outcomeOf(EMAIL, signedAt(write(now)))).toContain(FORMAT);
  });

  it("is there once, wherever the other one stands and whatever it says", () => {
    const now = seconds();
    const [time, signature] = signedAt(now).split(",");
    const others = [time, `t=${now + 1}`, "t=0", "t=", "t= ", "t=x", `t=${"9".repeat(300)}`, ` ${time}`];
    for (const other of others) {
      for (const items of [
        [other, time, signature],
        [time, other, signature],
        [time, signature, other],
        [other, time, other, signature, other],
      ]) {
        expect(outcomeNow(items.join())).toContain(FORMAT);
      }
    }
    for (const other of [`T=${now}`, `tt=${now}`, `t1=${now}`, `time=${now}`]) {
      expect(outcomeNow([other, time, signature].join())).toBe("accepted");
      expect(outcomeNow([other, signature].join())).toContain(FORMAT);
    }
  });

  it("is the one that was signed", () => {
    const now = seconds();
    for (const offset of [-299, -1, 1, 2, 60, 299]) {
      expect(outcomeNow(`t=${now + offset},v2=${v2Of(EMAIL, now)}`)).toMatch(/mismatch|tolerance/);
      expect(outcomeOf(EMAIL, `t=${now + offset},v2=${v2Of(EMAIL, now)}`)).toContain(MISMATCH);
    }
    expect(outcomeOf(EMAIL, `t=0${now},v2=${v2Of(EMAIL, now)}`)).toContain(MISMATCH);
  });
});

describe("the signature", () => {
  it("is spelled in one way", () => {
    const spellings = otherSpellings(`${EMAIL_V2}=`).filter(([, text]) => text !== EMAIL_V2);
    expect(spellings.length).toBeGreaterThan(250);
    for (const [name, text] of spellings) {
      expect([name, text, outcomeOf(EMAIL, `t=${SENT_AT},v2=${text}`)]).toEqual([
        name,
        text,
        expect.stringMatching(/^Signature (format is invalid|mismatch)\./),
      ]);
    }
  });

  const hmac = (algorithm: string, key: string | Buffer, message: string) =>
    createHmac(algorithm, key).update(message).digest("base64").replace(/=+$/, "");
  const message = `${SENT_AT}.${EMAIL}`;
  it.each([
    ["with SHA-1", hmac("sha1", SECRET, message)],
    ["with SHA-512", hmac("sha512", SECRET, message)],
    ["with SHA-512, cut", hmac("sha512", SECRET, message).slice(0, 43)],
    ["without a key", hmac("sha256", "", message)],
    ["with a key that is taken for base64", hmac("sha256", Buffer.from(SECRET, "base64"), message)],
    ["with a part of the key", hmac("sha256", SECRET.slice(0, -1), message)],
    [
      "as a hash of key and message",
      createHash("sha256")
        .update(SECRET + message)
        .digest("base64")
        .slice(0, 43),
    ],
    ["over the body alone", hmac("sha256", SECRET, EMAIL)],
    ["over the body first", hmac("sha256", SECRET, `${EMAIL}.${SENT_AT}`)],
    ["over time and body without a dot", hmac("sha256", SECRET, `${SENT_AT}${EMAIL}`)],
    [
      "over the body with its members sorted",
      hmac("sha256", SECRET, `${SENT_AT}.${JSON.stringify(JSON.parse(EMAIL), Object.keys(JSON.parse(EMAIL)).sort())}`),
    ],
    ["over the header before it", hmac("sha256", SECRET, `t=${SENT_AT}.${EMAIL}`)],
  ])("is not made %s", (_how, v2) => {
    expect(hmac("sha256", SECRET, message)).toBe(EMAIL_V2);
    expect(outcomeOf(EMAIL, `t=${SENT_AT},v2=${v2}`)).toContain(MISMATCH);
  });
});
