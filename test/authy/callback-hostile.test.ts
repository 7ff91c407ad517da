import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidSignatureError } from "../../src/authy/index.ts";
import { isOneTouchSignature } from "../../src/authy/one-touch-signature.ts";
import { CALL, signatureOver } from "../support/authy/signed.ts";
import { authyAt, KEY } from "../support/authy/support.ts";
import { anythingAtAll, hollow, NO_TEXTS, nested, noBodies, SEED, UNREADABLE } from "../support/tampering.ts";

const { oneTouch } = authyAt("https://gateway.example.com");
const BODY = '{"uuid":"u-1","status":"approved"}';
const TEXT = "status=approved&uuid=u-1";

const signed = (text: string, method = "POST") => ({
  "x-authy-signature": signatureOver(text, { ...CALL, method }, KEY),
  "x-authy-signature-nonce": CALL.nonce,
});
const post = { method: "POST", url: CALL.url, headers: signed(TEXT), body: BODY };
const get = { method: "GET", url: `${CALL.url}?${TEXT}`, headers: signed(TEXT, "GET") };

/** What is read of anything that a program without types may pass, or the message of the refusal. */
async function outcome(request: unknown, options?: unknown): Promise<unknown> {
  const callback: Promise<unknown> = Reflect.apply(oneTouch.readCallback, oneTouch, [request, options]);
  return callback.catch((error: unknown) => {
    expect(error).toBeInstanceOf(InvalidSignatureError);
    return error instanceof Error ? error.message : "";
  });
}

const posted = (body: string | Uint8Array, text: string) => outcome({ ...post, headers: signed(text), body });
const gotten = (query: string) => outcome({ ...get, url: `${CALL.url}?${query}`, headers: signed(query, "GET") });

const APPROVED = { uuid: "u-1", status: "approved" };
const NO_CALLBACK = expect.stringContaining("Callback is invalid. It is signed, but");
const NOT_JSON = expect.stringContaining("It is not a JSON object");
const NOT_RAW = expect.stringContaining("Pass the raw body");
const MISMATCH = expect.stringContaining("Signature mismatch");
const INVALID = expect.stringMatching(/ is (invalid|missing or malformed|unknown)\. /);

it("a callback that is neither hostile nor odd is read", async () => {
  expect(await outcome(post)).toEqual(APPROVED);
  expect(await outcome(get)).toEqual(APPROVED);
});

describe("a header", () => {
  it.each(NO_TEXTS)("is a text, not %s", async (_kind, value) => {
    for (const name of Object.keys(post.headers)) {
      for (const odd of [{ [name]: value }, { [name]: [value] }, { get: () => value }]) {
        for (const request of [post, get]) {
          const message = await outcome({ ...request, headers: { ...request.headers, ...odd } });
          expect(message).toEqual(INVALID);
          expect(message).not.toContain("hidden");
        }
      }
    }
    const trustedHeaders = { protocol: "x-proto", host: "x-host" };
    for (const headers of [
      { ...post.headers, "x-proto": value, "x-host": "hooks.example.com" },
      { ...post.headers, "x-proto": "https", "x-host": value },
    ]) {
      expect(await outcome({ ...post, url: "/authy", headers }, { trustedHeaders })).toEqual(INVALID);
    }
  });

  it.each(["x-authy-signature", "x-authy-signature-nonce", "x-proto", "x-host"])(
    "is refused when it has 10 MB: %s",
    async (name) => {
      const trustedHeaders = { protocol: "x-proto", host: "x-host" };
      for (const unit of ["A", ",", "https,", "hooks.example.com,", "=", "\u00e9"]) {
        const long = unit.repeat(10_000_000 / unit.length);
        const headers = { ...post.headers, "x-proto": "https", "x-host": "hooks.example.com", [name]: long };
        for (const given of [headers, new Headers(headers)]) {
          expect(await outcome({ ...post, url: "/authy", headers: given }, { trustedHeaders })).toEqual(INVALID);
        }
      }
    },
  );

  it("is found among 100,000 others, and refused when it is there 100,000 times", async () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`x-authy-signature-${i}`, "x"]));
    expect(await outcome({ ...post, headers: { ...many, ...post.headers } })).toEqual(APPROVED);
    const same = Array.from({ length: 100_000 }, () => post.headers["x-authy-signature"]);
    expect(await outcome({ ...post, headers: { ...post.headers, "x-authy-signature": same } })).toEqual(INVALID);
  });
});

describe("a request", () => {
  it("that cannot be read is refused, and nothing of the failure is told", async () => {
    const fail = () => Reflect.get(UNREADABLE, "x");
    const failing = (request: object, name: string) => Object.defineProperty({ ...request }, name, { get: fail });
    for (const request of [
      ...[UNREADABLE, hollow(Request.prototype)],
      ...["method", "url", "originalUrl", "headers", "body"].map((name) => failing(post, name)),
      ...["method", "url", "originalUrl", "headers"].map((name) => failing(get, name)),
      ...[UNREADABLE, hollow(Headers.prototype), { get: fail }].map((headers) => ({ ...post, headers })),
      ...[fail, () => null, () => UNREADABLE, () => Promise.reject(new Error("sk_live_hidden"))].map((arrayBuffer) => ({
        ...post,
        arrayBuffer,
      })),
    ]) {
      const message = await outcome(request);
      expect(message).toEqual(expect.stringMatching(/ is (invalid|missing or malformed)\. /));
      expect(message).not.toContain("hidden");
    }
    for (const options of [UNREADABLE, { url: UNREADABLE }, { trustedHeaders: UNREADABLE }, failing({}, "url")]) {
      expect(await outcome({ ...post, url: "/" }, options)).toEqual(INVALID);
    }
  });

  it("in parts is not signed when a part cannot be read", () => {
    const parts = { ...CALL, params: BODY, signature: post.headers["x-authy-signature"] };
    const verifies = (odd: unknown): unknown => Reflect.apply(isOneTouchSignature, undefined, [KEY, odd]);
    expect(verifies(parts)).toBe(true);
    for (const name of Object.keys(parts)) {
      expect(verifies(Object.defineProperty({ ...parts }, name, { get: () => Reflect.get(UNREADABLE, "x") }))).toBe(
        false,
      );
      expect(verifies({ ...parts, [name]: UNREADABLE })).toBe(false);
    }
    expect(verifies(UNREADABLE)).toBe(false);
  });
});

describe("the body of a POST", () => {
  it.each(noBodies(BODY))("is a text or bytes, not %s", async (_kind, body) => {
    const message = await outcome({ ...post, body });
    expect(message).toEqual(NOT_RAW);
    expect(message).not.toMatch(/approved|hidden/);
  });

  it.each<[encoding: string, bytes: Buffer]>([
    ["UTF-16", Buffer.from(BODY, "utf16le")],
    ["UTF-16 with a byte order mark", Buffer.from(`\ufeff${BODY}`, "utf16le")],
    ["latin1", Buffer.from(BODY.replace("u-1", "\u00fc-1"), "latin1")],
    ["overlong UTF-8", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])],
    ["half of a character", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xf0, 0x9f]), Buffer.from('"}')])],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])],
    ["two byte order marks", Buffer.from(`\ufeff\ufeff${BODY}`)],
    ["two objects", Buffer.from(`${BODY}${BODY}`)],
    ["an object and a null character", Buffer.from(`${BODY}\0`)],
  ])("is JSON in UTF-8, not %s", async (_encoding, bytes) => {
    expect(await posted(bytes, TEXT)).toEqual(expect.stringMatching(/^Payload format is invalid\./));
  });

  it.each(["null", "7", "[]", `[${BODY}]`, '"x"', "{}", '{"a":[{}],"b":{}}'])("is a callback, not %s", async (body) => {
    for (const text of ["", body, "=", "null"]) expect(await posted(body, text)).toEqual(expect.any(String));
  });

  it("may be of 1 MB, of which every bit counts", async () => {
    const long = "x".repeat(999_900);
    const bytes = Buffer.from(`{"uuid":"${long}","status":"denied"}`);
    const text = `status=denied&uuid=${long}`;
    expect(await posted(bytes, text)).toEqual({ uuid: long, status: "denied" });
    for (const place of [2, 9, 1_000, 500_000, bytes.length - 3]) {
      const changed = Buffer.from(bytes);
      changed[place] = (bytes[place] ?? 0) ^ 1;
      expect(await posted(changed, text)).toEqual(MISMATCH);
    }
  });

  it("is refused when it makes a text of more than a million characters, however well it is signed", async () => {
    const outcomeOf = (length: number) => {
      const uuid = "x".repeat(length - "status=denied&uuid=".length);
      return posted(`{"uuid":"${uuid}","status":"denied"}`, `status=denied&uuid=${uuid}`);
    };
    expect(await outcomeOf(999_990)).toMatchObject({ status: "denied" });
    expect(await outcomeOf(1_000_010)).toEqual(MISMATCH);
    expect(await outcomeOf(10_000_000)).toEqual(MISMATCH);
  });

  it("is refused when little of it stands for much, however well it is signed", async () => {
    const levels = Array.from({ length: 490 }, (_, level) => level);
    const body = `{"status":"denied",${levels.map(() => '"a":{"b":1,').join("")}"c":1${"}".repeat(491)}`;
    const name = (level: number) => `a${"%5Ba%5D".repeat(level)}`;
    const inner = [...levels].reverse().map((level) => `${name(level)}%5Bb%5D=1`);
    const sorted = [...inner.toSpliced(1, 0, `${name(489)}%5Bc%5D=1`), "status=denied"].join("&");
    expect(body.length).toBeLessThan(7_000);
    expect(sorted.length).toBeLessThan(1_000_000);
    expect(await posted(body, sorted)).toEqual(MISMATCH);
    const one = body.replaceAll('"b":1,', "");
    expect(await posted(one, `${name(489)}%5Bc%5D=1&status=denied`)).toEqual(NO_CALLBACK);
  });

  it.each([501, 10_000, 100_000])("is not %s deep", async (levels) => {
    for (const body of [
      nested(levels),
      '{"a":'.repeat(levels),
      "[".repeat(levels),
      `{"uuid":"u","status":"x","a":${nested(levels)}}`,
    ]) {
      expect(await posted(body, `a${"%5Ba%5D".repeat(levels - 1)}=1`)).toEqual(NOT_JSON);
    }
  });

  it("is read as it was signed when it names a member twice: the last one holds", async () => {
    const twice = '{"uuid":"u-1","status":"approved","st\\u0061tus":"denied"}';
    expect(await posted(twice, "status=denied&uuid=u-1")).toEqual({ uuid: "u-1", status: "denied" });
    for (const text of [TEXT, "status=approved&status=denied&uuid=u-1", "status=denied&status=approved&uuid=u-1"]) {
      expect(await posted(twice, text)).toEqual(MISMATCH);
    }
  });

  it.each(["__proto__", "constructor", "prototype", "toString"])("gives nothing away by the name %s", async (name) => {
    const inside = `"${name}":{"status":"approved","uuid":"u-1"}`;
    const pairs = `${name}%5Bstatus%5D=approved&${name}%5Buuid%5D=u-1`;
    expect(await posted(`{${inside}}`, pairs)).toEqual(NO_CALLBACK);
    expect(await gotten(pairs)).toEqual(NO_CALLBACK);
    const text = name < "status" ? `${pairs}&status=denied&uuid=u-2` : `status=denied&${pairs}&uuid=u-2`;
    for (const callback of [await posted(`{${inside},"uuid":"u-2","status":"denied"}`, text), await gotten(text)]) {
      expect(callback).toMatchObject({ status: "denied", uuid: "u-2" });
      expect(Object.getPrototypeOf(callback)).toBe(Object.prototype);
      expect(Object.keys(Object(callback))).toContain(name);
    }
    expect("status" in {}).toBe(false);
  });
});

describe("the query of a GET", () => {
  it("is a callback, not nothing", async () => {
    for (const query of ["", "?", "#", "##"])
      expect(await outcome({ ...get, url: `${CALL.url}${query}`, headers: signed("", "GET") })).toEqual(MISMATCH);
    for (const query of ["=", "&", "null", "7", "[]", "%", "a=1", BODY, encodeURIComponent(BODY)])
      expect(await gotten(query)).toEqual(NO_CALLBACK);
  });

  it.each([500, 10_000, 100_000])("fits nowhere when a name is %s deep", async (levels) => {
    for (const step of ["[a]", "[]", "%5B%5D", "[", "]", "]["]) {
      expect(await gotten(`a${step.repeat(levels)}=1&${TEXT}`)).toEqual(NO_CALLBACK);
    }
  });

  it.each([
    ["separators", "&"],
    ["names", "a&"],
    ["empty values", "a=&"],
    ["percent signs", "%"],
    ["plus signs", "+"],
    ["brackets", "["],
    ["question marks", "?"],
    ["letters that are not ASCII", "\u00e9"],
    ["lists", "a[]=1&"],
    ["lists in objects", "a[b][]=1&"],
    ["objects in lists", "a[][b]=1&"],
    ["lists in lists", `a${"[]".repeat(499)}=1&`],
    ["objects in objects", `a${"[a]".repeat(499)}=1&`],
  ])("may be of 1 MB of %s, and is refused when it is not signed", async (_what, unit) => {
    const query = `${TEXT}&${unit.repeat(1_000_000 / unit.length)}`;
    expect(await outcome({ ...get, url: `${CALL.url}?${query}` })).toEqual(MISMATCH);
  });

  it("of 1 MB is read once it is signed", async () => {
    const list = Array.from({ length: 50_000 }, (_, i) => `approval_request[logos][][url]=${i}`);
    const callback = await gotten(`${TEXT}&${list.join("&")}`);
    expect(callback).toMatchObject({
      ...APPROVED,
      approvalRequest: { logos: { length: 50_000, 49999: { url: "49999" } } },
    });
  });

  it("holds the last of several values, none of them hidden by a list or an object", async () => {
    expect(await gotten("status=approved&uuid=u-1&status=denied")).toEqual({ uuid: "u-1", status: "denied" });
    for (const query of [
      "status[]=approved&uuid=u-1",
      "status[a]=approved&uuid=u-1",
      "status=approved&status[]=x&uuid=u",
    ]) {
      expect(await gotten(query)).toEqual(NO_CALLBACK);
    }
  });
});

describe(`whatever comes (seed ${SEED})`, () => {
  const run = { seed: SEED, numRuns: 500 };
  const text = fc.string({ unit: "binary", maxLength: 60 });
  const units = fc.array(fc.nat(0xffff), { maxLength: 30 }).map((codes) => String.fromCharCode(...codes));

  it("without a signature, it is refused", async () => {
    const odd = fc.oneof(text, units);
    const body = fc.oneof(odd, fc.json(), fc.uint8Array({ maxLength: 60 }));
    await fc.assert(
      fc.asyncProperty(odd, odd, odd, body, async (signature, nonce, query, payload) => {
        const headers = { "x-authy-signature": signature, "x-authy-signature-nonce": nonce };
        for (const request of [post, get]) {
          expect(await outcome({ ...request, headers, body: payload })).toEqual(expect.any(String));
          expect(
            await outcome({ ...request, headers: { ...request.headers, "x-authy-signature": signature } }),
          ).toEqual(expect.any(String));
          expect(await outcome({ ...request, url: query })).toEqual(expect.any(String));
        }
        expect(await outcome({ ...post, body: payload })).toEqual(expect.any(String));
        expect(await outcome({ ...get, url: `${get.url}&${query.replaceAll("#", "")}` })).toEqual(MISMATCH);
      }),
      run,
    );
  });

  it("any query that is signed is read, whatever else it holds", async () => {
    const value = fc.string({ unit: "grapheme", maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(value, value, units, async (uuid, status, more) => {
        const query = new URLSearchParams({ odd: more, uuid, status }).toString();
        expect(await gotten(query)).toMatchObject({ uuid, status });
        expect(await outcome({ ...get, url: `${CALL.url}?${query}&x`, headers: signed(query, "GET") })).toEqual(
          MISMATCH,
        );
      }),
      run,
    );
  });

  it("no value of any kind makes another error", async () => {
    const things = fc.array(anythingAtAll, { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(things, fc.constantFrom(...Object.keys(post)), async ([one, two, three], part) => {
        for (const request of [one, { ...post, [part]: one, body: two }, { ...get, [part]: one, headers: two }]) {
          for (const options of [undefined, two, { url: three }, { trustedHeaders: three }]) {
            expect(await outcome(request, options)).toEqual(expect.any(String));
          }
        }
      }),
      run,
    );
  });
});
