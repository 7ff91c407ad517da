import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { inspect } from "node:util";
import { Webhook as OfficialWebhook } from "@authsignal/node";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { AuthsignalError, InvalidSignatureError } from "../src/errors.ts";
import {
  type EmailCreatedEvent,
  type LogBatch,
  Webhook,
  type WebhookEvent,
  type WebhookEventData,
  type WebhookRequest,
} from "../src/webhook.ts";

const SECRET = "test-secret-key-123";
const OTHER_SECRET = "YOUR_AUTHSIGNAL_SECRET_KEY";
const SENT_AT = 1768446245; // 2026-01-15T03:04:05Z
const ANY_AGE = 0;

const EMAIL =
  '{"version":1,"id":"0f5a6c1e-6a0b-4f0e-9d52-6a3a5c1b7e10","source":"https://authsignal.com","time":"2026-01-15T03:04:05.678Z","tenantId":"3b1d7a52-0c8e-4a57-9f3c-2f6f0f2f9a11","type":"email.created","data":{"to":"jo@example.com","code":"482913","userId":"usr_123","actionCode":"signIn","idempotencyKey":"5924a649-b5d3-4baf-a4ab-4b812dde97a0","verificationMethod":"EMAIL_OTP"}}';
const EMPTY = "{}";
const NON_ASCII =
  '{"version":1,"id":"1","source":"https://authsignal.com","time":"2026-01-15T03:04:05.678Z","tenantId":"t","type":"sms.created","data":{"to":"+64270000000","code":"000111","name":"Zoë 🙂"}}';
const BATCH =
  '{"records":[{"version":1,"id":"2","source":"https://authsignal.com","time":"2026-01-15T03:04:05.678Z","tenantId":"t","type":"action.log_created","record":{"tenantId":"t","userId":"usr_123","actionCode":"signIn","idempotencyKey":"ik_1","createdAt":"2026-01-15T03:00:00.000Z","updatedAt":"2026-01-15T03:01:00.000Z","state":"CHALLENGE_SUCCEEDED","stateUpdatedAt":"2026-01-15T03:01:00.000Z","outcome":"CHALLENGE"}}]}';

/** Body, its size in bytes, its signature with each secret: computed outside of this project. */
const VECTORS: [body: string, bytes: number, withSecret: string, withOther: string][] = [
  [EMAIL, 375, "p0DcGBfVjqnYvZuQX+dWWv4Abx44E5PntrX0d6qIoek", "aZE1GHQN4tPcRJGZrD3QQKl4gtmgPK76brdlydIH6lA"],
  [EMPTY, 2, "imsvWG+eEqG+tiHyVdwsdbbK1K9Cy3PQNsJPqcbWLvs", "lrw/nIU8ptN1R55G3Ay8ICj5wMWxZk5qsdcgcSXh2F4"],
  [NON_ASCII, 190, "9WJKDWX5eVERnj867LUPu//4P4fOaPiu5BHDIBPF32Q", "eUy/poW3eYDbW/JpWyoHGer/oijZSQYObtTN/StndHM"],
  [BATCH, 412, "FLLKomsAcTL40EResPtyGLpnBzLI+mqAPMrpzEFRM7E", "OTmEBWedFqeNZj/wkm53A103UBSOYKfheK0NK12Tsg8"],
];
const [[, , EMAIL_V2, EMAIL_V2_OTHER]] = VECTORS as [(typeof VECTORS)[number]];
const EMAIL_HEADER = `t=${SENT_AT},v2=${EMAIL_V2}`;

const FORMAT = "Signature format is invalid.";
const TOLERANCE = "Timestamp is outside the tolerance zone.";
const MISMATCH = "Signature mismatch.";
const PAYLOAD = "Payload format is invalid.";

const webhook = new Webhook(SECRET);
const seconds = () => Math.floor(Date.now() / 1000);

/** A good signature of anything, made without our code. */
function v2Of(body: string | Uint8Array, timestamp: string | number, secret = SECRET): string {
  return createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("base64").replace("=", "");
}

/** The message with which a delivery is refused; "accepted" if it is not. */
function outcome(deliver: () => unknown): string {
  try {
    deliver();
    return "accepted";
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidSignatureError);
    return error instanceof Error ? error.message : "";
  }
}

const outcomeOf = (body: string | Uint8Array, header: string, tolerance = ANY_AGE) =>
  outcome(() => webhook.constructEvent(body, header, tolerance));

describe("a good delivery", () => {
  it.each(VECTORS)("verifies with either secret: %.30s…", (body, length, withSecret, withOther) => {
    const bytes = new TextEncoder().encode(body);
    expect(bytes).toHaveLength(length);
    for (const [secret, v2] of [
      [SECRET, withSecret],
      [OTHER_SECRET, withOther],
    ] as const) {
      const header = `t=${SENT_AT},v2=${v2}`;
      const receiver = new Webhook(secret);
      expect(receiver.sign(body, SENT_AT)).toBe(header);
      expect(receiver.constructEvent(body, header, ANY_AGE)).toEqual(JSON.parse(body));
      for (const raw of [bytes, Buffer.from(body), Buffer.from(`..${body}..`).subarray(2, 2 + length)]) {
        expect(receiver.sign(raw, SENT_AT)).toBe(header);
        expect(receiver.constructEvent(raw, header, ANY_AGE)).toEqual(JSON.parse(body));
      }
      expect(receiver.verify(body, header, ANY_AGE)).toBeUndefined();
    }
  });

  it("is signed now, and taken for five minutes, by default", () => {
    expect(webhook.constructEvent(EMAIL, webhook.sign(EMAIL))).toEqual(JSON.parse(EMAIL));
    expect(outcome(() => webhook.constructEvent(EMAIL, EMAIL_HEADER))).toContain(TOLERANCE);
    expect(outcome(() => webhook.constructEvent(EMAIL, EMAIL_HEADER, undefined))).toContain(TOLERANCE);
    expect(outcome(() => webhook.verify(EMAIL, EMAIL_HEADER))).toContain(TOLERANCE);
  });

  it("may be signed with two keys, in either order", () => {
    for (const pair of [`v2=${EMAIL_V2_OTHER},v2=${EMAIL_V2}`, `v2=${EMAIL_V2},v2=${EMAIL_V2_OTHER}`]) {
      for (const secret of [SECRET, OTHER_SECRET, [SECRET, OTHER_SECRET], ["unrelated", OTHER_SECRET]]) {
        expect(new Webhook(secret).constructEvent(EMAIL, `t=${SENT_AT},${pair}`, ANY_AGE)).toEqual(JSON.parse(EMAIL));
      }
      expect(outcome(() => new Webhook("unrelated").verify(EMAIL, `t=${SENT_AT},${pair}`, ANY_AGE))).toContain(
        MISMATCH,
      );
    }
  });

  it("may be verified with several keys", () => {
    const keys = [SECRET, OTHER_SECRET];
    const receiver = new Webhook(keys);
    expect(receiver.sign(EMAIL, SENT_AT)).toBe(`t=${SENT_AT},v2=${EMAIL_V2},v2=${EMAIL_V2_OTHER}`);
    keys.length = 0; // the caller's array is the caller's
    receiver.verify(EMAIL, EMAIL_HEADER, ANY_AGE);
    receiver.verify(EMAIL, `t=${SENT_AT},v2=${EMAIL_V2_OTHER}`, ANY_AGE);
  });

  it("is what was signed, even if the string that was passed is another", () => {
    const header = webhook.sign('{"name":"\uFFFD"}');
    expect(webhook.constructEvent('{"name":"\uD800"}', header)).toEqual({ name: "\uFFFD" });
  });
});

describe("beside the official client", () => {
  it("signs what the official client accepts", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()),
        fc.string({ minLength: 1 }),
        (o, s) => {
          fc.pre(s.trim() !== "");
          const body = JSON.stringify(o);
          const header = new Webhook(s).sign(body);
          expect(new OfficialWebhook(s).constructEvent(body, header)).toEqual(JSON.parse(body));
          expect(new Webhook(s).constructEvent(body, header)).toEqual(JSON.parse(body));
        },
      ),
    );
  });

  it("signs any bytes as node:crypto does", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 0, max: 999_999_999_999 }),
        (body, timestamp) => {
          expect(webhook.sign(body, timestamp)).toBe(`t=${timestamp},v2=${v2Of(body, timestamp)}`);
        },
      ),
    );
  });

  it("accepts nothing that the official client refuses", () => {
    const piece = fc.constantFrom(
      "t",
      "v2",
      "v1",
      "=",
      "=",
      ",",
      ",",
      `${SENT_AT}`,
      EMAIL_V2,
      EMAIL_V2_OTHER,
      "t=1",
      "x",
    );
    const item = fc.constantFrom(
      `t=${SENT_AT}`,
      `t=0${SENT_AT}`,
      `v2=${EMAIL_V2}`,
      `v2=${EMAIL_V2_OTHER}`,
      "v3=x",
      "v2=",
    );
    const headers = fc.oneof(
      fc.array(item, { maxLength: 5 }).map((items) => items.join(",")),
      fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join("")),
    );
    let accepted = 0;
    fc.assert(
      fc.property(headers, (header) => {
        if (outcomeOf(EMAIL, header) !== "accepted") return;
        accepted += 1;
        expect(new OfficialWebhook(SECRET).constructEvent(EMAIL, header, ANY_AGE)).toEqual(JSON.parse(EMAIL));
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  it.each([
    ["a padded signature", `t=${SENT_AT},v2=${EMAIL_V2}=`, MISMATCH],
    ["two timestamps, the last signed", `t=1,t=${SENT_AT},v2=${EMAIL_V2}`, FORMAT],
    ["one timestamp twice", `t=${SENT_AT},t=${SENT_AT},v2=${EMAIL_V2}`, FORMAT],
    ["digits and more", `t=${SENT_AT}abc,v2=${EMAIL_V2}`, FORMAT],
    ["a white space before the digits", `t= ${SENT_AT},v2=${EMAIL_V2}`, FORMAT],
    ["another number of the same value", `t=0${SENT_AT},v2=${EMAIL_V2}`, MISMATCH],
    ["an item that is none", `t=${SENT_AT},v2=${EMAIL_V2},x`, FORMAT],
  ])("refuses %s, which it accepts", (_, header, refusal) => {
    expect(new OfficialWebhook(SECRET).constructEvent(EMAIL, header, ANY_AGE)).toEqual(JSON.parse(EMAIL));
    expect(outcomeOf(EMAIL, header)).toContain(refusal);
  });
});

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
        expect(message).toBe("Tolerance is invalid. Pass a finite number of minutes.");
      }
    },
  );

  it("is checked before the signature, and after the form of the header", () => {
    expect(outcome(() => webhook.verify(EMAIL, `t=1,v2=${v2Of(EMAIL, 1)}`))).toContain(TOLERANCE);
    expect(outcome(() => webhook.verify(EMAIL, "t=1,t=1,v2=x"))).toContain(FORMAT);
  });
});

describe("the body", () => {
  it("cannot change by one bit, or lose or gain one byte", () => {
    const body = Buffer.from(EMAIL);
    for (let i = 0; i < body.length; i++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(body);
        changed[i] = (body[i] ?? 0) ^ (1 << bit);
        expect(outcomeOf(changed, EMAIL_HEADER)).toContain(MISMATCH);
      }
      const [before, after, rest] = [body.subarray(0, i), body.subarray(i), body.subarray(i + 1)];
      expect(outcomeOf(Buffer.concat([before, rest]), EMAIL_HEADER)).toContain(MISMATCH);
      expect(outcomeOf(Buffer.concat([before, Buffer.from(" "), after]), EMAIL_HEADER)).toContain(MISMATCH);
    }
    for (const changed of ["", `${EMAIL}\n`, `\uFEFF${EMAIL}`, JSON.stringify(JSON.parse(EMAIL), null, 1)]) {
      expect(outcomeOf(changed, EMAIL_HEADER)).toContain(MISMATCH);
    }
    expect(outcomeOf(NON_ASCII.normalize("NFD"), webhook.sign(NON_ASCII))).toContain(MISMATCH);
  });

  it("cannot give characters to the timestamp, nor take them", () => {
    expect(outcomeOf("{}", `t=123.5,v2=${v2Of("{}", "123.5")}`)).toContain(FORMAT);
    expect(outcomeOf("3.{}", `t=12,v2=${v2Of("{}", "123")}`)).toContain(MISMATCH);
    expect(outcomeOf("{}", `t=12,v2=${v2Of("{}", "123")}`)).toContain(MISMATCH);
  });

  it.each([JSON.parse(EMAIL), [], null, undefined, 5, new ArrayBuffer(2), new Uint16Array(2), new Blob(["{}"])])(
    "is raw, not parsed: %s",
    (parsed) => {
      const message = outcome(() => webhook.constructEvent(parsed as never, EMAIL_HEADER, ANY_AGE));
      expect(message).toContain(`${PAYLOAD} Pass the raw body`);
      expect(message).not.toContain("jo@example.com");
    },
  );

  it.each(["", "null", "[]", "5", '"text"', "true", "{", "482913 is your code", "a=b"])(
    "is a JSON object, not %j, however well it is signed",
    (body) => {
      const header = webhook.sign(body);
      webhook.verify(body, header);
      const message = outcome(() => webhook.constructEvent(body, header));
      expect(message).toContain(`${PAYLOAD} It is not a JSON object`);
      expect(message).not.toContain("482913");
    },
  );

  it("is UTF-8", () => {
    const latin1 = Buffer.from('{"name":"Zoë"}', "latin1");
    expect(outcomeOf(latin1, webhook.sign(latin1))).toContain(PAYLOAD);
  });
});

describe("a request", () => {
  const request = (headers: RequestInit["headers"], body = EMAIL) =>
    new Request("https://example.com/webhook", { method: "POST", headers, body });
  async function refusal(delivery: unknown): Promise<string> {
    const error = await webhook
      .constructEventFromRequest(delivery as never, ANY_AGE)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidSignatureError);
    return error instanceof Error ? error.message : "";
  }
  const anyCase = fc.mixedCase(fc.constant("x-signature-v2"));

  it("is verified and parsed, whatever the case of the header", async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async (name) => {
        for (const delivery of [
          request({ [name]: EMAIL_HEADER }),
          { headers: new Headers({ [name]: EMAIL_HEADER }), body: EMAIL },
          { headers: { host: "example.com", [name]: EMAIL_HEADER }, body: Buffer.from(EMAIL) },
          { headers: { [name]: [EMAIL_HEADER], get: "a header of this name" }, body: EMAIL },
        ] satisfies WebhookRequest[]) {
          expect(await webhook.constructEventFromRequest(delivery, ANY_AGE)).toEqual(JSON.parse(EMAIL));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("is taken for five minutes by default", async () => {
    await expect(webhook.constructEventFromRequest(request({ "X-Signature-V2": EMAIL_HEADER }))).rejects.toThrow(
      TOLERANCE,
    );
    const fresh = request({ "X-Signature-V2": webhook.sign(BATCH) }, BATCH);
    expect(await webhook.constructEventFromRequest(fresh)).toEqual(JSON.parse(BATCH));
  });

  it("is read as bytes", async () => {
    const header = `t=${SENT_AT},v2=${VECTORS[2]?.[2]}`;
    const event = await webhook.constructEventFromRequest(request({ "X-Signature-V2": header }, NON_ASCII), ANY_AGE);
    expect(event).toEqual(JSON.parse(NON_ASCII));
    const withMark = `\uFEFF${EMAIL}`; // text() would lose the byte order mark
    const marked = request({ "X-Signature-V2": webhook.sign(withMark) }, withMark);
    expect(await webhook.constructEventFromRequest(marked)).toEqual(JSON.parse(EMAIL));
  });

  it("is refused without the header", async () => {
    const old = { "X-Signature": EMAIL_HEADER };
    for (const delivery of [
      request(old),
      { headers: old, body: EMAIL },
      { headers: {}, body: EMAIL },
      { body: EMAIL },
    ]) {
      expect(await refusal(delivery)).toContain(`${FORMAT} Pass one x-signature-v2 header`);
    }
    const unset = { headers: { "x-signature-v2": undefined }, body: EMAIL } satisfies WebhookRequest;
    expect(await refusal(unset)).toContain(FORMAT);
  });

  it("is refused with several headers, even alike", async () => {
    for (const headers of [
      { "x-signature-v2": [EMAIL_HEADER, EMAIL_HEADER] },
      { "x-signature-v2": EMAIL_HEADER, "X-Signature-V2": EMAIL_HEADER },
      { "x-signature-v2": [EMAIL_HEADER], "X-Signature-V2": "" },
    ]) {
      expect(await refusal({ headers, body: EMAIL })).toContain(`${FORMAT} Pass one x-signature-v2 header`);
    }
    const twice = new Headers({ "x-signature-v2": EMAIL_HEADER });
    twice.append("X-Signature-V2", EMAIL_HEADER);
    expect(await refusal(request(twice))).toContain(FORMAT);
    expect(await refusal({ headers: { "x-signature-v2": [] }, body: EMAIL })).toContain(FORMAT);
  });

  it("is refused when its body was read or parsed before", async () => {
    const headers = { "x-signature-v2": EMAIL_HEADER };
    const read = request(headers);
    await read.text();
    const error = await webhook.constructEventFromRequest(read, ANY_AGE).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidSignatureError);
    expect(error).toMatchObject({ message: expect.stringContaining("neither read nor parsed") });
    for (const body of [JSON.parse(EMAIL), null, undefined, {}]) {
      expect(await refusal({ headers, body })).toContain("neither read nor parsed");
    }
  });

  it("is refused if it is none, with a rejection", async () => {
    for (const none of [undefined, null, EMAIL, 5, [], {}, { headers: 5, body: EMAIL }]) {
      expect(await refusal(none)).toMatch(/^(Payload|Signature) format is invalid\./);
    }
  });

  it("is refused like any delivery when it was tampered with", async () => {
    expect(await refusal(request({ "x-signature-v2": EMAIL_HEADER }, `${EMAIL} `))).toContain(MISMATCH);
  });
});

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
    expect(construct).toThrow(AuthsignalError);
    expect(construct).toThrow(expect.objectContaining({ errorCode: "invalid_argument", statusCode: undefined }));
    expect(construct).not.toThrow(SECRET);
  });

  it("has every place filled", () => {
    for (const keys of [
      [SECRET, undefined],
      [SECRET, ""],
      [SECRET, 5],
      [SECRET, [SECRET]],
    ]) {
      expect(() => Reflect.construct(Webhook, [keys])).toThrow(AuthsignalError);
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
    expect(Reflect.ownKeys(receiver)).toEqual([]);
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
      for (const hidden of [SECRET, OTHER_SECRET, EMAIL_V2, EMAIL_V2_OTHER]) expect(text).not.toContain(hidden);
    }
  });
});

describe("sign", () => {
  it.each([Number.NaN, Infinity, -1, 1.5, SENT_AT * 1000, 1e21, "now", null])(
    "refuses the timestamp %s",
    (timestamp) => {
      expect(() => webhook.sign(EMAIL, timestamp as never)).toThrow(AuthsignalError);
    },
  );

  it("refuses a parsed payload", () => {
    expect(() => webhook.sign(JSON.parse(EMAIL))).toThrow(AuthsignalError);
  });
});

describe("types", () => {
  it("narrow by type", () => {
    const event = webhook.constructEvent(EMAIL, EMAIL_HEADER, ANY_AGE);
    expectTypeOf(event).toEqualTypeOf<WebhookEvent | LogBatch>();
    if (event.type === "email.created") {
      expectTypeOf(event).toEqualTypeOf<EmailCreatedEvent>();
      expectTypeOf(event.data.to).toEqualTypeOf<string>();
      expect(event.data.to).toBe("jo@example.com");
    } else if (event.type === undefined) {
      expectTypeOf(event).toEqualTypeOf<LogBatch>();
      for (const record of event.records) {
        if (record.type === "action.log_created") expectTypeOf(record.record.userId).toEqualTypeOf<string>();
      }
    } else if (event.type === "challenge.log_created") {
      expectTypeOf(event).not.toHaveProperty("data");
      expectTypeOf(event.record.actionCode).toEqualTypeOf<string>();
    } else if (event.type === "action.verify") {
      expectTypeOf(event.data.action).toEqualTypeOf<string>();
    }
    if ("records" in event) expectTypeOf(event).toEqualTypeOf<LogBatch>();
    expectTypeOf<EmailCreatedEvent["data"]>().toExtend<WebhookEventData>();
    expectTypeOf<WebhookEvent["type"]>().toEqualTypeOf<
      | "email.created"
      | "sms.created"
      | "push.created"
      | "authenticator.created"
      | "authenticator.updated"
      | "authenticator.deleted"
      | "action.verify"
      | "action.log_created"
      | "challenge.log_created"
    >();
  });

  it("take the requests of web, Node and Lambda", () => {
    expectTypeOf<Request>().toExtend<WebhookRequest>();
    expectTypeOf<{ headers: IncomingHttpHeaders; body: Buffer }>().toExtend<WebhookRequest>();
    expectTypeOf<{ headers: Record<string, string | undefined>; body: string | null }>().toExtend<WebhookRequest>();
    expectTypeOf<{ headers: Record<string, string>; body?: string; rawPath: string }>().toExtend<WebhookRequest>();
    expectTypeOf<{ headers: IncomingHttpHeaders; body: { parsed: true } }>().not.toExtend<WebhookRequest>();
  });
});
