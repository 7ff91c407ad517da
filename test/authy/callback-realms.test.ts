import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCallback } from "../../src/authy/callback.ts";
import { canonicalText, isOneTouchSignature } from "../../src/authy/one-touch-signature.ts";
import { InvalidSignatureError } from "../../src/errors.ts";
import { EXAMPLE, EXAMPLE_GET_SIGNATURE } from "../support/authy/vectors.ts";
import { inOtherRealm, moduleInOtherRealm } from "../support/realm.ts";

const { key: KEY, url, nonce, params: BODY } = EXAMPLE;
const QUERY = canonicalText(BODY, "POST");
const headers = { "x-authy-signature": EXAMPLE.signature, "x-authy-signature-nonce": nonce };
const post = { method: "POST", url, headers };
const POSTED = { method: "POST", params: JSON.parse(BODY) };
const base64 = Buffer.from(BODY).toString("base64");

const read = (request: unknown, options?: unknown): Promise<unknown> =>
  Reflect.apply(readCallback, undefined, [KEY, request, options]);

async function refusal(request: unknown, options?: unknown): Promise<string> {
  const error = await read(request, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidSignatureError);
  return error instanceof Error ? error.message : "";
}

describe("a body of another realm", () => {
  it.each([
    ["a Uint8Array", "Uint8Array.from(given)"],
    ["an ArrayBuffer", "Uint8Array.from(given).buffer"],
    ["a DataView", "new DataView(Uint8Array.from([0, ...given]).buffer, 1)"],
    ["a SharedArrayBuffer", "{ const b = new SharedArrayBuffer(given.length); new Uint8Array(b).set(given); b }"],
  ])("is read as %s", async (_form, expression) => {
    const bytes = inOtherRealm(expression, [...Buffer.from(BODY)]);
    for (const request of [
      { ...post, body: bytes },
      { ...post, rawBody: bytes, body: { parsed: true } },
      { ...post, arrayBuffer: async () => bytes },
    ]) {
      expect(await read(request)).toEqual(POSTED);
    }
    const parts = { signature: EXAMPLE.signature, nonce, method: "POST", url, params: bytes };
    expect(Reflect.apply(isOneTouchSignature, undefined, [KEY, parts])).toBe(true);
  });

  it("is a copy: what the caller changes after the call changes nothing", async () => {
    const body = Buffer.from(BODY);
    const callback = read({ ...post, body });
    body.fill(0);
    expect(await callback).toEqual(POSTED);
  });
});

describe("a Lambda event", () => {
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

  it.each([
    ["API Gateway, version 1.0", { method: "POST", url: "/authy/onetouch", headers, multiValueHeaders: lists }],
    ["API Gateway, version 2.0", { method: "POST", url: "/authy/onetouch?", headers, version: "2.0" }],
    ["a load balancer with lists of values", { method: "POST", url: "/authy/onetouch", multiValueHeaders: lists }],
  ])("of %s is read, whether its body is base64 or not", async (_source, event) => {
    expect(await read({ ...event, body: base64, isBase64Encoded: true }, { url })).toEqual(POSTED);
    expect(await read({ ...event, body: BODY, isBase64Encoded: false }, { url })).toEqual(POSTED);
    expect(await refusal({ ...event, body: base64 }, { url })).toContain("It is not a JSON object");
    expect(await refusal({ ...event, body: BODY, isBase64Encoded: true }, { url })).toContain(
      "its body is not base64. Pass both as they came.",
    );
  });

  it("of a GET is read from its raw query", async () => {
    const signed = { ...headers, "x-authy-signature": EXAMPLE_GET_SIGNATURE };
    const event = { method: "GET", url: `/authy/onetouch?${QUERY}`, headers: signed, isBase64Encoded: false };
    expect(await read(event, { url })).toMatchObject({ method: "GET", params: { status: "approved" } });
  });
});

it("in a realm like that of Jest's jsdom, without TextEncoder and URL.canParse, it is read", async () => {
  const module = await moduleInOtherRealm(join(import.meta.dirname, "../../src/authy/callback.ts"));
  const there = module.readCallback;
  if (typeof there !== "function") throw new Error("There is no readCallback");
  const readThere = (request: unknown): Promise<unknown> => Reflect.apply(there, undefined, [KEY, request]);
  const web = new Request(url, { method: "POST", headers, body: BODY });
  for (const request of [{ ...post, body: Buffer.from(BODY) }, { ...post, body: BODY }, web]) {
    expect(JSON.parse(JSON.stringify(await readThere(request)))).toEqual(POSTED);
  }
  await expect(readThere({ ...post, body: `${BODY} ` })).resolves.toBeDefined();
  await expect(readThere({ ...post, body: BODY.replace("approved", "denied") })).rejects.toThrow("Signature mismatch");
});

it("no message holds what came over the network, nor its control characters", async () => {
  const odd = "\u001b[31mred\u001b[0m\u0007\u009b2J\u202e\r\n";
  const trustedHeaders = { protocol: "x-proto", host: "x-host" };
  for (const request of [
    { ...post, method: odd, body: BODY },
    { ...post, url: odd, body: BODY },
    { ...post, originalUrl: `/${odd}`, body: BODY },
    { ...post, headers: { ...headers, "x-authy-signature": odd }, body: BODY },
    { ...post, headers: { ...headers, "x-authy-signature-nonce": [odd, odd] }, body: BODY },
    { ...post, url: "/", headers: { ...headers, "x-proto": odd, "x-host": odd }, body: BODY },
    { ...post, url: "/", headers: { ...headers, "x-proto": "https", "x-host": odd }, body: BODY },
    { ...post, body: odd },
    { ...post, body: { [odd]: odd } },
    { ...post, body: odd, isBase64Encoded: true },
  ]) {
    const message = await refusal(request, { trustedHeaders });
    expect(message).toMatch(/^[\x20-\x7e…]+$/);
    expect(message).not.toMatch(/\bred|2J/);
  }
  expect(await refusal(post, { trustedHeaders: { host: odd } })).toMatch(/^[\x20-\x7e…]+$/);
});
