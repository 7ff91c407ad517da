import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { WebhookRequest } from "../../src/webhook/index.ts";
import { inOtherRealm, moduleInOtherRealm } from "../support/realm.ts";
import {
  ANY_AGE,
  EMAIL,
  EMAIL_HEADER,
  MISMATCH,
  NON_ASCII,
  outcome,
  SECRET,
  webhook,
} from "../support/webhook/deliveries.ts";

const BYTES = [...Buffer.from(EMAIL)];

/** Every form in which a platform hands over bytes. */
const FORMS: [form: string, expression: string][] = [
  ["a Uint8Array", "Uint8Array.from(given)"],
  ["a part of one", "Uint8Array.from([1, 2, ...given, 3]).subarray(2, 2 + given.length)"],
  ["an ArrayBuffer", "Uint8Array.from(given).buffer"],
  ["a DataView", "new DataView(Uint8Array.from([1, 2, ...given, 3]).buffer, 2, given.length)"],
  ["a Uint8ClampedArray", "Uint8ClampedArray.from(given)"],
  ["a SharedArrayBuffer", "{ const b = new SharedArrayBuffer(given.length); new Uint8Array(b).set(given); b }"],
  [
    "a view of a SharedArrayBuffer",
    "{ const b = new Uint8Array(new SharedArrayBuffer(given.length)); b.set(given); b }",
  ],
  ["a subclass of Uint8Array", "{ class Bytes extends Uint8Array {} Bytes.from(given) }"],
];

describe.each<[realm: string, make: (expression: string) => unknown]>([
  ["of this realm", (expression) => new Function("given", `return eval(${JSON.stringify(expression)})`)(BYTES)],
  ["of another realm", (expression) => inOtherRealm(expression, BYTES)],
])("bytes %s", (_realm, make) => {
  it.each(FORMS)("verify as %s", async (_form, expression) => {
    const bytes = make(expression);
    const call = (method: unknown, ...values: unknown[]): unknown => {
      if (typeof method !== "function") throw new Error("This is no method");
      return Reflect.apply(method, webhook, values);
    };
    expect(call(webhook.verify, bytes, EMAIL_HEADER, ANY_AGE)).toBeUndefined();
    expect(call(webhook.constructEvent, bytes, EMAIL_HEADER, ANY_AGE)).toEqual(JSON.parse(EMAIL));
    expect(call(webhook.sign, bytes, 1768446245)).toBe(EMAIL_HEADER);
    const headers = { "x-signature-v2": EMAIL_HEADER };
    for (const request of [
      { headers, body: bytes },
      { headers, rawBody: bytes, body: { parsed: true } },
      { headers, arrayBuffer: () => Promise.resolve(bytes) },
    ]) {
      expect(await call(webhook.constructEventFromRequest, request, ANY_AGE)).toEqual(JSON.parse(EMAIL));
    }
  });

  it("do not verify when one is another", () => {
    const changed = make("Uint8Array.from(given, (byte, place) => (place === 9 ? byte ^ 1 : byte))");
    expect(outcome(() => Reflect.apply(webhook.verify, webhook, [changed, EMAIL_HEADER, ANY_AGE]))).toContain(MISMATCH);
  });
});

it("takes headers of another realm, and an array of them", async () => {
  const headers = inOtherRealm("({ 'X-Signature-V2': [given] })", EMAIL_HEADER);
  const event: unknown = await Reflect.apply(webhook.constructEventFromRequest, webhook, [
    { headers, body: EMAIL },
    ANY_AGE,
  ]);
  expect(event).toEqual(JSON.parse(EMAIL));
});

it("what the caller changes after the call changes nothing", async () => {
  const body = Buffer.from(EMAIL);
  const headers: Record<string, string> = { "x-signature-v2": EMAIL_HEADER };
  const fromBytes = webhook.constructEventFromRequest({ headers, body }, ANY_AGE);
  const late = { headers, arrayBuffer: async () => Uint8Array.from(BYTES).buffer } satisfies WebhookRequest;
  const fromRequest = webhook.constructEventFromRequest(late, ANY_AGE);
  body.fill(0);
  headers["x-signature-v2"] = "t=1,v2=x";
  expect(await fromBytes).toEqual(JSON.parse(EMAIL));
  expect(await fromRequest).toEqual(JSON.parse(EMAIL));
});

/** Makes what the language brings unchangeable, as hardened programs do before they import anything. */
const HARDEN = `
  const all = [Object, Array, Function, Promise, String, Number, RegExp, Map, WeakSet, Symbol, ArrayBuffer, DataView];
  for (const one of [...all, Uint8Array, Object.getPrototypeOf(Uint8Array)]) Object.freeze(Object.freeze(one).prototype);
`;

describe.each([
  ["like that of Jest's jsdom, without TextEncoder", ""],
  ["that is frozen", HARDEN],
])("in a realm %s", (_realm, before) => {
  it("bytes and requests of Node verify, and others do not", async () => {
    const { Webhook } = await moduleInOtherRealm(join(import.meta.dirname, "../../src/webhook/index.ts"), before);
    if (typeof Webhook !== "function") throw new Error("There is no Webhook");
    const receiver: typeof webhook = Reflect.construct(Webhook, [SECRET]);
    expect(JSON.stringify(receiver.constructEvent(Buffer.from(EMAIL), EMAIL_HEADER, ANY_AGE))).toBe(EMAIL);
    const header = webhook.sign(NON_ASCII);
    expect(receiver.sign(NON_ASCII, Number(header.slice(2, 12)))).toBe(header);
    expect(JSON.stringify(receiver.constructEvent(NON_ASCII, header))).toBe(NON_ASCII);
    const request = (body: string) =>
      new Request("https://example.com/", { method: "POST", headers: { "x-signature-v2": header }, body });
    expect(JSON.stringify(await receiver.constructEventFromRequest(request(NON_ASCII)))).toBe(NON_ASCII);
    await expect(receiver.constructEventFromRequest(request(`${NON_ASCII} `))).rejects.toThrow(MISMATCH);
    const event = {
      headers: { "x-signature-v2": header },
      body: Buffer.from(NON_ASCII).toString("base64"),
      isBase64Encoded: true,
    };
    expect(JSON.stringify(await receiver.constructEventFromRequest(event))).toBe(NON_ASCII);
  });
});
