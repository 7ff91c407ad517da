import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidSignatureError } from "../../src/errors.ts";
import { anythingAtAll, hollow, NO_TEXTS, nested, noBodies, SEED, UNREADABLE } from "../support/tampering.ts";
import {
  ANY_AGE,
  EMAIL,
  EMAIL_HEADER,
  FORMAT,
  MISMATCH,
  NON_ASCII,
  outcome,
  outcomeOf,
  PAYLOAD,
  SENT_AT,
  v2Of,
  webhook,
} from "../support/webhook/deliveries.ts";

const NO_EVENT = `${PAYLOAD} It is signed well, but it is not a JSON object in UTF-8.`;

/** What becomes of anything that a program without types may pass: the message of the refusal, or "accepted". */
const given = (payload: unknown, header: unknown, tolerance: unknown = ANY_AGE) =>
  outcome(() => Reflect.apply(webhook.constructEvent, webhook, [payload, header, tolerance]));

async function received(delivery: unknown): Promise<string> {
  const event: Promise<unknown> = Reflect.apply(webhook.constructEventFromRequest, webhook, [delivery, ANY_AGE]);
  return event.then(
    () => "accepted",
    (error: unknown) => {
      expect(error).toBeInstanceOf(InvalidSignatureError);
      return error instanceof Error ? error.message : "";
    },
  );
}

/** The JSON object that bytes hold, read without our code. */
function objectIn(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

describe("a header", () => {
  it.each(NO_TEXTS)("is a text, not %s", async (_kind, value) => {
    const message = given(EMAIL, value);
    expect(message).toContain(`${FORMAT} Pass one x-signature-v2 header`);
    expect(message).not.toContain("hidden");
    for (const headers of [{ "X-Signature-V2": value }, { "x-signature-v2": [value] }, { get: () => value }]) {
      const refusal = await received({ headers, body: EMAIL });
      expect(refusal).toMatch(/^(Signature|Payload) format is invalid\./);
      expect(refusal).not.toContain("hidden");
    }
  });

  it("is found in no list of pairs, and in no headers that cannot be read", async () => {
    const failing = { get: () => Reflect.get(UNREADABLE, "x") };
    const getter = Object.defineProperty({}, "x-signature-v2", { enumerable: true, get: failing.get });
    const pairs = [["x-signature-v2", EMAIL_HEADER]];
    for (const headers of [pairs, pairs.flat(), failing, getter, UNREADABLE, hollow(Headers.prototype)]) {
      expect(await received({ headers, body: EMAIL })).toMatch(/^(Signature|Payload) format is invalid\./);
    }
    for (const request of [
      UNREADABLE,
      hollow(Request.prototype),
      {
        get headers() {
          return failing.get();
        },
        body: EMAIL,
      },
    ]) {
      expect(await received(request)).toMatch(/^(Signature|Payload) format is invalid\./);
    }
    expect(await received({ headers: new Map(pairs.map(([name, value]) => [name, value])), body: EMAIL })).toBe(
      "accepted",
    );
  });

  it.each<[what: string, header: string]>([
    ["one signature", `t=${SENT_AT},v2=${"A".repeat(10_000_000)}`],
    ["a good one and more", `${EMAIL_HEADER},x=${"A".repeat(10_000_000)}`],
    ["signatures", `${EMAIL_HEADER}${",v2=A".repeat(2_000_000)}`],
    ["times", `${EMAIL_HEADER}${",t=1".repeat(2_500_000)}`],
    ["digits", `t=${"1".repeat(10_000_000)},v2=x`],
    ["commas", ",".repeat(10_000_000)],
    ["equals signs", "=".repeat(10_000_000)],
    ["white space before a good one", `${" ".repeat(10_000_000)}${EMAIL_HEADER}`],
  ])("is refused when it has 10 MB of %s", async (_what, header) => {
    expect(outcomeOf(EMAIL, header)).toContain(FORMAT);
    for (const headers of [{ "x-signature-v2": header }, new Headers({ "x-signature-v2": header })]) {
      const refusal = await received({ headers, body: EMAIL });
      if (headers instanceof Headers && header.startsWith(" "))
        expect(refusal).toBe("accepted"); // they trim
      else expect(refusal).toContain(FORMAT);
    }
  });

  it("is found among 100,000 others, and refused when it is there 100,000 times", async () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`x-signature-v2-${i}`, "x"]));
    expect(await received({ headers: { ...many, "x-signature-v2": EMAIL_HEADER }, body: EMAIL })).toBe("accepted");
    const same = Array.from({ length: 100_000 }, () => EMAIL_HEADER);
    expect(await received({ headers: { "x-signature-v2": same }, body: EMAIL })).toContain(FORMAT);
  });
});

describe("a body", () => {
  it.each(noBodies(EMAIL))("is a text or bytes, not %s", async (_kind, body) => {
    for (const refusal of [
      given(body, EMAIL_HEADER),
      await received({ headers: new Headers({ "x-signature-v2": EMAIL_HEADER }), body }),
    ]) {
      expect(refusal).toContain(`${PAYLOAD} Pass the raw body`);
      expect(refusal).not.toMatch(/jo@example|hidden/);
    }
    expect(outcome(() => Reflect.apply(webhook.verify, webhook, [body, EMAIL_HEADER, ANY_AGE]))).toContain(PAYLOAD);
    expect(outcome(() => Reflect.apply(webhook.sign, webhook, [body]))).toContain(`${PAYLOAD} Pass the raw body`);
  });

  it("is what a part of a buffer shows, not the buffer", () => {
    const bytes = new TextEncoder().encode(`{"a":1}${EMAIL}{"b":2}`);
    const part = bytes.subarray(7, 7 + EMAIL.length);
    expect(given(part, EMAIL_HEADER)).toBe("accepted");
    expect(given(bytes, EMAIL_HEADER)).toContain(MISMATCH);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    expect(given(part, EMAIL_HEADER)).toContain("transferred elsewhere");
  });

  it("of a web Request may fail while it is read", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("sk_live_hidden")) });
    const headers = { "x-signature-v2": EMAIL_HEADER };
    const cut = new Request("https://example.com/", { method: "POST", headers, body, ...{ duplex: "half" } });
    const refusals = [await received(cut)];
    for (const arrayBuffer of [undefined, null, () => null, () => Reflect.get(UNREADABLE, "x"), () => UNREADABLE]) {
      refusals.push(await received({ headers, arrayBuffer }));
    }
    for (const refusal of refusals) {
      expect(refusal).toMatch(/^(Payload format is invalid|Signature mismatch)\./);
      expect(refusal).not.toContain("hidden");
    }
  });

  it.each<[encoding: string, bytes: Uint8Array]>([
    ["UTF-16", Buffer.from(EMAIL, "utf16le")],
    ["UTF-16 with a byte order mark", Buffer.from(`\ufeff${EMAIL}`, "utf16le")],
    ["overlong UTF-8", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])],
    ["half of a character", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xf0, 0x9f]), Buffer.from('"}')])],
    [
      "a surrogate in UTF-8",
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ],
    ["two byte order marks", Buffer.from(`\ufeff\ufeff${EMAIL}`)],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])],
    ["two objects", Buffer.from(`${EMAIL}${EMAIL}`)],
    ["an object and a null character", Buffer.from(`${EMAIL}\0`)],
    ["a comment", Buffer.from(`/**/${EMAIL}`)],
  ])("is no JSON in %s, however well it is signed", (_encoding, bytes) => {
    expect(outcome(() => webhook.verify(bytes, webhook.sign(bytes)))).toBe("accepted");
    expect(outcomeOf(bytes, webhook.sign(bytes))).toContain(NO_EVENT);
  });

  it("may be 100,000 deep", () => {
    const deep = nested(100_000);
    expect(outcomeOf(deep, webhook.sign(deep))).toMatch(/^(accepted$|Payload format is invalid\.)/);
    expect(outcomeOf(`${deep} `, webhook.sign(deep))).toContain(MISMATCH);
  });

  it("may name a member twice: the last one holds, as in JSON.parse", () => {
    const body = '{"type":"a","\\u0074ype":"b","__proto__":{"type":"c"},"type":"email.created"}';
    const content = webhook.constructEvent(body, webhook.sign(body));
    expect(content).toHaveProperty("type", "email.created");
    expect(Object.getPrototypeOf(content)).toBe(Object.prototype);
    expect(Object.keys(content)).toEqual(["type", "__proto__"]);
  });
});

describe(`whatever comes (seed ${SEED})`, () => {
  const run = { seed: SEED, numRuns: 1000 };
  const text = fc.string({ unit: "binary", maxLength: 60 });
  const json = fc.oneof(
    fc.json(),
    fc.json().map((part) => `{"a":${part}}`),
  );
  const body = fc.oneof(
    text,
    json,
    fc.uint8Array({ maxLength: 60 }),
    json.map((part) => new TextEncoder().encode(part)),
  );
  const bytesOf = (payload: string | Uint8Array) =>
    typeof payload === "string" ? new TextEncoder().encode(payload) : payload;

  it("once it is signed, it is read if it holds an object, and else refused", () => {
    let read = 0;
    fc.assert(
      fc.property(body, (payload) => {
        const bytes = bytesOf(payload);
        const header = `t=${SENT_AT},v2=${v2Of(bytes, SENT_AT)}`;
        const expected = objectIn(bytes);
        if (expected === undefined) expect(outcomeOf(payload, header)).toContain(NO_EVENT);
        else expect(webhook.constructEvent(payload, header, ANY_AGE)).toEqual(expected);
        read += Number(expected !== undefined);
      }),
      run,
    );
    expect(read).toBeGreaterThan(100);
  });

  it("no other body has its signature", () => {
    fc.assert(
      fc.property(body, body, (signed, other) => {
        fc.pre(!Buffer.from(bytesOf(signed)).equals(bytesOf(other)));
        expect(outcomeOf(other, webhook.sign(signed))).toContain(MISMATCH);
      }),
      run,
    );
  });

  it("no header that was made without the key verifies", async () => {
    const piece = fc.constantFrom(
      "t=",
      "v2=",
      ",",
      "=",
      " ",
      `${SENT_AT}`,
      v2Of(NON_ASCII, SENT_AT),
      "\0",
      "\n",
      "\ud800",
    );
    const header = fc.oneof(
      text,
      fc.array(fc.oneof(piece, text), { maxLength: 12 }).map((pieces) => pieces.join("")),
    );
    await fc.assert(
      fc.asyncProperty(header, async (value) => {
        for (const refusal of [
          outcomeOf(EMAIL, value),
          await received({ headers: { "x-signature-v2": value }, body: EMAIL }),
        ]) {
          expect(refusal).toMatch(/^Signature (format is invalid|mismatch)\./);
        }
      }),
      run,
    );
  });

  it("no thing of any kind makes another error", async () => {
    const odd = [UNREADABLE, hollow(Uint8Array.prototype), hollow(Headers.prototype), Symbol("s"), () => EMAIL];
    // Behind a function, since fast-check looks into what it makes.
    const anything = fc.oneof(
      anythingAtAll.map((value) => () => value),
      fc.nat(odd.length - 1).map((place) => () => odd[place]),
    );
    await fc.assert(
      fc.asyncProperty(anything, anything, anything, async (one, two, three) => {
        expect(given(one(), two(), three())).not.toBe("accepted");
        expect(given(EMAIL, two(), three())).not.toBe("accepted");
        for (const delivery of [
          one(),
          { headers: one(), body: two() },
          { headers: { "x-signature-v2": one() }, body: EMAIL },
          { headers: { get: one }, arrayBuffer: two },
        ]) {
          expect(await received(delivery)).not.toBe("accepted");
        }
      }),
      run,
    );
  });
});
