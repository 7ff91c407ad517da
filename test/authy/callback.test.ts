import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Request as ExpressRequest } from "express";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type CallbackOptions, type CallbackRequest, readCallback } from "../../src/authy/callback.ts";
import { canonicalText } from "../../src/authy/one-touch-signature.ts";
import { InvalidSignatureError } from "../../src/errors.ts";
import { signatureOver } from "../support/authy/signed.ts";
import { EXAMPLE, EXAMPLE_GET_SIGNATURE } from "../support/authy/vectors.ts";

const { key: KEY, url: URL_CALLED, nonce, params: BODY } = EXAMPLE;
const QUERY = canonicalText(BODY, "POST");
const PATH = "/authy/onetouch";
const POSTED = { method: "POST", params: JSON.parse(BODY) };
const NONCE = { "x-authy-signature-nonce": nonce };
const SIGNED = { "x-authy-signature": EXAMPLE.signature, ...NONCE };
const GET_SIGNED = { "x-authy-signature": EXAMPLE_GET_SIGNATURE, ...NONCE };

const post = { method: "POST", url: URL_CALLED, headers: SIGNED, body: BODY };
const get = { method: "GET", url: `${URL_CALLED}?${QUERY}`, headers: GET_SIGNED };
const webPost = (headers: Record<string, string> = {}, url = URL_CALLED) =>
  new Request(url, { method: "POST", headers: { ...SIGNED, ...headers }, body: BODY });

const read = (request: CallbackRequest, options?: CallbackOptions) => readCallback(KEY, request, options);

async function refusal(request: unknown, options?: unknown): Promise<string> {
  const outcome: Promise<unknown> = Reflect.apply(readCallback, undefined, [KEY, request, options]);
  const error = await outcome.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidSignatureError);
  return error instanceof Error ? error.message : "";
}

describe("a callback", () => {
  it("is read from a web Request", async () => {
    expect(await read(webPost())).toEqual(POSTED);
    expect(await read(new Request(`${URL_CALLED}?a=1#b`, { method: "POST", headers: SIGNED, body: BODY }))).toEqual(
      POSTED,
    );
  });

  it.each([
    ["a string", BODY],
    ["bytes", new TextEncoder().encode(BODY)],
    ["a Buffer", Buffer.from(BODY)],
    ["bytes with a byte order mark", Buffer.from(`\uFEFF${BODY}`)],
  ])("is read from method, URL, headers and %s", async (_, body) => {
    expect(await read({ ...post, body })).toEqual(POSTED);
    expect(await read({ ...post, method: "post", url: `${URL_CALLED}?a=1`, body })).toEqual(POSTED);
  });

  it("is read from a GET as the same tree, with text for values", async () => {
    for (const request of [new Request(get.url, { headers: GET_SIGNED }), get, { ...get, method: "get", body: "x" }]) {
      const { method, params } = await read(request);
      expect(method).toBe("GET");
      expect(params).toMatchObject({
        authy_id: "40213377",
        status: "approved",
        approval_request: {
          logos: "",
          transaction: { details: { Amount: "480.00 EUR", Recipient: "Lena Berg" }, flagged: "false", reason: "" },
        },
        device: { enabled_unlock_methods: ["pin", "fingerprint"], ip: "203.0.113.25" },
      });
      expect(params.approval_request).not.toHaveProperty("transaction.device_details");
    }
  });

  it("is found whatever the case of the headers, alone in an array or not", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.mixedCase(fc.constant("x-authy-signature")),
        fc.mixedCase(fc.constant("x-authy-signature-nonce")),
        async (signatureName, nonceName) => {
          const headers = { host: "a", [signatureName]: [EXAMPLE.signature], [nonceName]: nonce, get: "a header" };
          expect(await read({ ...post, headers })).toEqual(POSTED);
          const web = new Headers({ [signatureName]: EXAMPLE.signature, [nonceName]: nonce });
          expect(await read({ ...post, headers: web })).toEqual(POSTED);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("takes the requests of web, Express and Node", () => {
    expectTypeOf<Request>().toExtend<CallbackRequest>();
    expectTypeOf<ExpressRequest>().toExtend<CallbackRequest>();
    expectTypeOf<IncomingMessage & { body: Buffer }>().toExtend<CallbackRequest>();
    expectTypeOf<{
      method: string;
      url: string;
      headers: IncomingHttpHeaders;
      body: string;
    }>().toExtend<CallbackRequest>();
    expectTypeOf<{ headers: IncomingHttpHeaders; body: { parsed: true } }>().not.toExtend<CallbackRequest>();
  });
});

describe("the URL that was called", () => {
  const headers = { ...SIGNED, host: "hooks.example.com" };
  const express = { ...post, url: "/onetouch", originalUrl: `${PATH}?a=1`, headers };
  const proxied = {
    ...headers,
    host: "internal:8080",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "hooks.example.com",
  };
  const trustedHeaders = { protocol: "X-Forwarded-Proto", host: "x-forwarded-host" };

  it("is the option, whatever the request says", async () => {
    const spoofed = { ...proxied, "x-forwarded-host": "evil.example.com", host: "evil.example.com" };
    for (const url of [URL_CALLED, `${URL_CALLED}?a=1#b`, URL_CALLED.replace(".com", ".com:443")]) {
      for (const called of [undefined, "/", "*", "https://evil.example.com/"]) {
        expect(await read({ ...post, url: called, headers: spoofed }, { url, trustedHeaders })).toEqual(POSTED);
      }
      expect((await read({ ...get, url: `/x?${QUERY}#y` }, { url })).params).toHaveProperty("status", "approved");
    }
    expect(await refusal(post, { url: "https://hooks.example.com/other" })).toContain("Signature mismatch");
  });

  it.each(["", "/authy/onetouch", "hooks.example.com", "ftp://hooks.example.com/", null, 5])(
    "cannot be the option %j",
    async (url) => {
      expect(await refusal(post, { url })).toMatch(/^Callback URL is invalid\. Pass the callback URL, .* option url/);
    },
  );

  it("is made of path, host and protocol where the request has the path only", async () => {
    const trusted = { trustedHeaders: { protocol: "x-forwarded-proto" } };
    expect(await read({ ...express, headers: { ...headers, "x-forwarded-proto": "https" } }, trusted)).toEqual(POSTED);
    expect(await read({ ...express, headers: proxied }, { trustedHeaders })).toEqual(POSTED);
    expect(await read({ ...post, url: PATH, headers: proxied }, { trustedHeaders })).toEqual(POSTED);
    expect(await refusal({ ...express, headers: proxied }, trusted)).toContain("Signature mismatch");
  });

  it("is not guessed", async () => {
    for (const request of [express, { ...express, headers: proxied }]) {
      for (const options of [undefined, null, {}, { trustedHeaders: {} }, { trustedHeaders: { host: "host" } }]) {
        expect(await refusal(request, options)).toMatch(
          /option url, or name the headers of your proxy in trustedHeaders\.$/,
        );
      }
    }
    const noHost = { ...express, headers: { ...SIGNED, "x-forwarded-proto": "https" } };
    expect(await refusal(noHost, { trustedHeaders: { protocol: "x-forwarded-proto" } })).toContain("option url");
    for (const url of [undefined, "", "*", "authy/onetouch", "ftp://hooks.example.com/authy/onetouch", 5]) {
      expect(await refusal({ ...post, url, headers })).toContain("option url");
      expect(
        await refusal({ ...post, url, headers: proxied }, { trustedHeaders: { protocol: "x-forwarded-proto" } }),
      ).not.toBe("");
    }
    for (const url of ["authy/onetouch", `:443${PATH}`, `?${PATH}`]) {
      expect(await refusal({ ...post, url, headers: proxied }, { trustedHeaders })).toMatch(/^Callback URL is unknown/);
    }
    expect(
      await refusal({ ...post, url: "//hooks.example.com/authy/onetouch", headers: proxied }, { trustedHeaders }),
    ).toContain("Signature mismatch");
  });

  it("is the one of a web Request, unless a header that is named says otherwise", async () => {
    const inside = webPost(proxied, `http://internal:8080${PATH}`);
    expect(await read(inside, { trustedHeaders })).toEqual(POSTED);
    const cases: [string, CallbackOptions?][] = [
      [`http://hooks.example.com${PATH}`, { trustedHeaders: { protocol: "x-forwarded-proto" } }],
      [`https://internal${PATH}`, { trustedHeaders: { host: "x-forwarded-host" } }],
      [URL_CALLED, undefined],
    ];
    for (const [url, options] of cases) expect(await read(webPost(proxied, url), options)).toEqual(POSTED);
    expect(await refusal(webPost(proxied, `http://internal:8080${PATH}`))).toContain("Signature mismatch");
    expect(await refusal(webPost(proxied, `http://hooks.example.com${PATH}`), { trustedHeaders: {} })).toContain(
      "mismatch",
    );
  });

  it("is not taken from headers that are not named", async () => {
    const spoofed = {
      host: "evil.example.com",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "evil.example.com",
      "x-forwarded-port": "8080",
      forwarded: "host=evil.example.com;proto=http",
      "x-original-url": "/evil",
    };
    expect(await read({ ...post, headers: { ...SIGNED, ...spoofed } })).toEqual(POSTED);
    expect(await read(webPost({ ...spoofed }))).toEqual(POSTED);
    const named = { trustedHeaders: { protocol: "x-real-proto", host: "x-real-host" } };
    const real = { "x-real-proto": "https", "x-real-host": "hooks.example.com" };
    expect(await read({ ...express, headers: { ...SIGNED, ...spoofed, ...real } }, named)).toEqual(POSTED);
  });

  it.each([
    ["https", "hooks.example.com, internal", true],
    ["HTTPS , http", "Hooks.Example.com:443", true],
    ["https", "hooks.example.com:8443", false],
    ["http", "hooks.example.com", false],
    ["https", "[::1]", false],
  ])("comes from the first values of %j and %j: %s", async (protocol, host, isGood) => {
    const named = { ...proxied, "x-forwarded-proto": protocol, "x-forwarded-host": host };
    if (isGood) expect(await read({ ...express, headers: named }, { trustedHeaders })).toEqual(POSTED);
    else expect(await refusal({ ...express, headers: named }, { trustedHeaders })).toContain("Signature mismatch");
  });

  it("is refused where a header that is named is malformed, there twice, or not there", async () => {
    const good = "hooks.example.com";
    const hosts = [
      "",
      " ",
      ",",
      ", hooks.example.com",
      "hooks.example.com/authy?",
      `me@${good}`,
      `${good}#`,
      `${good}:x`,
      `${good}:99999`,
    ];
    const odd = [...hosts, "a b", "é.example.com", "[::1", "\u0000", "x".repeat(4097), [good, good], [], undefined];
    for (const host of odd) {
      const headers = { ...proxied, "x-forwarded-host": host };
      expect(await refusal({ ...express, headers }, { trustedHeaders })).toMatch(
        /^(Header x-forwarded-host|Callback URL) is /,
      );
    }
    for (const protocol of [
      "",
      ",",
      "ftp",
      "https:",
      "https://x",
      "wss",
      "javascript",
      ["https", "https"],
      undefined,
    ]) {
      const headers = { ...proxied, "x-forwarded-proto": protocol };
      expect(await refusal({ ...express, headers }, { trustedHeaders })).toMatch(
        /^(Header X-Forwarded-Proto|Callback URL) is /,
      );
    }
    for (const name of ["", "a b", "é", 5, null, Symbol("s"), {}]) {
      expect(await refusal(webPost(), { trustedHeaders: { host: name } })).toContain("Trusted header is invalid");
    }
  });
});

describe("a callback that is refused", () => {
  it("is a callback without its headers, or with one of them twice", async () => {
    for (const name of ["x-authy-signature", "x-authy-signature-nonce"] as const) {
      const { [name]: value, ...rest } = SIGNED;
      const odd = [undefined, "", [], [value, value], [value, ""], 5, {}, "x".repeat(4097)];
      for (const given of [
        ...odd.map((one) => ({ ...rest, [name]: one })),
        rest,
        { ...SIGNED, [name.toUpperCase()]: value },
      ]) {
        for (const request of [
          { ...post, headers: given },
          { ...get, headers: given },
        ]) {
          expect(await refusal(request)).toContain(`Header ${name} is missing or malformed. Pass it once`);
        }
      }
      const twice = new Headers(SIGNED);
      twice.append(name, value);
      expect(await refusal({ ...post, headers: twice })).toContain("Signature mismatch");
      twice.delete(name);
      expect(await refusal({ ...post, headers: twice })).toContain(`Header ${name} is missing`);
      for (const text of ["é".repeat(44), "🙂", "\u0000", "x".repeat(4096)]) {
        expect(await refusal({ ...post, headers: { ...SIGNED, [name]: text } })).toContain("Signature mismatch");
      }
    }
    for (const headers of [undefined, null, 5, [], new Map()])
      expect(await refusal({ ...post, headers })).toContain("Header");
  });

  it("is a body that was parsed, read, or is not there", async () => {
    const used = webPost();
    await used.text();
    const gone = { ...post, arrayBuffer: () => Promise.reject(new Error(BODY)) };
    const bodies = [JSON.parse(BODY), undefined, null, {}, [], 5, Buffer.from([0xff])];
    for (const request of [used, gone, ...bodies.map((body) => ({ ...post, body }))]) {
      const message = await refusal(request);
      expect(message).toMatch(/Pass (the raw body|a request whose body nothing has read yet)/);
      expect(message).not.toContain("Lena");
    }
    expect(await refusal({ ...post, body: JSON.parse(BODY) })).toContain("mount express.raw(");
  });

  it.each(["", "null", "[]", "5", '"text"', "{", "a=1", `[${BODY}]`, `${'{"a":'.repeat(501)}1${"}".repeat(501)}`])(
    "is a body that is no JSON object, however well it is signed: %.20s",
    async (body) => {
      for (const text of ["", body, BODY]) {
        const headers = {
          ...NONCE,
          "x-authy-signature": signatureOver(text, { nonce, method: "POST", url: URL_CALLED }, KEY),
        };
        expect(await refusal({ ...post, headers, body })).toContain("It is not a JSON object");
      }
    },
  );

  it("is whatever was changed, with another key, or with another method", async () => {
    expect(await refusal({ ...post, body: BODY.replaceAll("approved", "denied") })).toContain("Signature mismatch");
    expect(await refusal({ ...get, url: get.url.replace("approved", "denied") })).toContain("Signature mismatch");
    expect(await refusal({ ...get, url: URL_CALLED })).toContain("Signature mismatch");
    expect(await refusal({ ...post, method: "GET", url: get.url })).toContain("Signature mismatch");
    for (const key of ["", "x", undefined]) {
      const outcome: Promise<unknown> = Reflect.apply(readCallback, undefined, [key, post]);
      await expect(outcome).rejects.toThrow("Pass the right API key");
    }
    for (const method of ["PUT", "HEAD", "", undefined, 5])
      expect(await refusal({ ...post, method })).toContain("GET or POST");
  });

  it("is refused with no other error", async () => {
    for (const none of [undefined, null, 5, "", [], {}, () => post]) await refusal(none);
    await fc.assert(
      fc.asyncProperty(
        fc.anything(),
        fc.anything(),
        fc.constantFrom(...Object.keys(post)),
        async (odd, options, part) => {
          await refusal({ ...post, [part]: odd, body: part === "url" ? {} : odd }, options);
          await refusal({ ...post, url: "/", headers: Object(odd) }, { trustedHeaders: Object(options) });
          await refusal(odd, options);
        },
      ),
    );
  });
});
