import { describe, expect, it } from "vitest";
import { InvalidSignatureError } from "../../src/errors.ts";
import { Webhook } from "../../src/webhook/index.ts";
import { UNREADABLE } from "../support/tampering.ts";
import { ANY_AGE, EMAIL, EMAIL_HEADER, SECRET, SENT_AT, v2Of, webhook } from "../support/webhook/deliveries.ts";

const RAW = "Payload format is invalid. Pass the raw body, a string or bytes";
const HOW =
  'With Express, mount express.raw({ type: "application/json" }) on this route and no express.json(); with Fastify, add a content type parser with parseAs: "buffer"; a web Request can be passed itself.';
const FORMAT = "Signature format is invalid.";

async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
    return "accepted";
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidSignatureError);
    return error instanceof Error ? error.message : "";
  }
}

const construct = (...delivery: [payload: unknown, signature?: unknown, tolerance?: unknown]) => {
  const [payload, signature, tolerance] = [...delivery, ...[undefined, EMAIL_HEADER, ANY_AGE].slice(delivery.length)];
  return messageOf(() => Reflect.apply(webhook.constructEvent, webhook, [payload, signature, tolerance]));
};
const fromRequest = (request: unknown) =>
  messageOf(() => Reflect.apply(webhook.constructEventFromRequest, webhook, [request, ANY_AGE]));
const signing = (...values: unknown[]) => messageOf(() => Reflect.apply(webhook.sign, webhook, values));

describe("what is wrong with a body is told, and what to change", () => {
  const gone = Buffer.from(new ArrayBuffer(8));
  structuredClone(gone, { transfer: [gone.buffer] });

  it.each<[what: string, body: unknown, message: string]>([
    ["parsed", JSON.parse(EMAIL), `${RAW}, not a parsed object. ${HOW}`],
    ["parsed, a list", [1], `${RAW}, not a parsed object. ${HOW}`],
    ["missing", undefined, `${RAW}: there is none. ${HOW}`],
    ["null", null, `${RAW}: there is none. ${HOW}`],
    ["a number", 5, `${RAW}, not a number. ${HOW}`],
    ["a bigint", 5n, `${RAW}, not a bigint. ${HOW}`],
    ["a symbol", Symbol("s"), `${RAW}, not a symbol. ${HOW}`],
    ["a function", () => EMAIL, `${RAW}, not a function. ${HOW}`],
    ["a String object", Object(EMAIL), `${RAW}, not a String object. Pass its toString().`],
    ["a promise", Promise.resolve(EMAIL), `${RAW}, not a promise. Await it first.`],
    ["a Blob", new Blob([EMAIL]), `${RAW}, not an object that holds it. Pass its await arrayBuffer().`],
    ["a Response", new Response(EMAIL), `${RAW}, not an object that holds it. Pass its await arrayBuffer().`],
    ["a stream", new Blob([EMAIL]).stream(), `${RAW}, not a stream. Read it to its end first.`],
    ["transferred", gone, `${RAW}. These bytes were transferred elsewhere: pass a copy of them.`],
    ["unreadable", UNREADABLE, `${RAW}, not a parsed object. ${HOW}`],
  ])("%s", async (_what, body, message) => {
    expect(await construct(body)).toBe(message);
    expect(await signing(body)).toBe(message);
    if (body !== null && body !== undefined)
      expect(await fromRequest({ headers: { "x-signature-v2": EMAIL_HEADER }, body })).toBe(message);
  });

  it("once it is signed", async () => {
    for (const body of ["", "[]", "null", "{", Buffer.from([0xff])]) {
      expect(await construct(body, webhook.sign(body))).toBe(
        "Payload format is invalid. It is signed well, but it is not a JSON object in UTF-8. Sign one, or call verify() and read it yourself.",
      );
    }
  });
});

describe("what is wrong with a header is told, and what to change", () => {
  it.each<[what: string, signature: unknown, message: string]>([
    ["missing", undefined, `${FORMAT} Pass one x-signature-v2 header, a string: there is none.`],
    ["null, as Headers give it", null, `${FORMAT} Pass one x-signature-v2 header, a string: there is none.`],
    ["several", ["a", "b"], `${FORMAT} Pass one x-signature-v2 header, a string: there are several values.`],
    ["a number", 5, `${FORMAT} Pass one x-signature-v2 header, a string, not a number.`],
    ["an object", {}, `${FORMAT} Pass one x-signature-v2 header, a string, not an object.`],
    ["malformed", "x", `${FORMAT} Pass the whole x-signature-v2 header: "t=<Unix seconds>,v2=<signature>".`],
  ])("%s", async (_what, signature, message) => {
    expect(await construct(EMAIL, signature)).toBe(message);
    expect(await fromRequest({ headers: { "x-signature-v2": signature }, body: EMAIL })).toBe(message);
  });

  it("of another time, of another key, and with no number for the tolerance", async () => {
    expect(await construct(EMAIL, EMAIL_HEADER, 5)).toBe(
      "Timestamp is outside the tolerance zone. If it is no replay, set the clock of this machine.",
    );
    expect(await construct(EMAIL, `t=${SENT_AT},v2=${v2Of(EMAIL, SENT_AT, "another")}`)).toBe(
      "Signature mismatch. Pass the body exactly as received, and the secret key of the tenant that sent it.",
    );
    expect(await construct(EMAIL, EMAIL_HEADER, "5")).toBe(
      "Tolerance is invalid. Pass a finite number of minutes; 0 turns the check of the timestamp off.",
    );
  });
});

describe("what is wrong with a request is told, and what to change", () => {
  const headers = { "x-signature-v2": EMAIL_HEADER };

  it("whose body was read before", async () => {
    const read = new Request("https://example.com/", { method: "POST", headers, body: EMAIL });
    await read.text();
    expect(await fromRequest(read)).toBe(
      "Payload format is invalid. The body of the request was read before, or it broke off. Pass a request whose body nothing has read yet, or a clone that was made before.",
    );
  });

  it("that is none, or cannot be read", async () => {
    for (const none of [undefined, null, 5, EMAIL, UNREADABLE, Object.create(Request.prototype)]) {
      expect(await fromRequest(none)).toBe(
        "Payload format is invalid. Pass a web Request, a Lambda event, or an object with the headers and the raw body.",
      );
    }
  });
});

it("what is wrong with a key or a time to sign is told, and what to change", async () => {
  const words =
    "Secret key is invalid. Pass your secret key of the Server API, or a list of such keys, none of them blank.";
  const revoked = Proxy.revocable([], {});
  revoked.revoke();
  for (const secret of [undefined, "", " ", [], [SECRET, ""], 5, Symbol("s"), revoked.proxy, UNREADABLE]) {
    expect(await messageOf(() => Reflect.construct(Webhook, [secret]))).toBe(words);
  }
  for (const timestamp of [1.5, SENT_AT * 1000, -1, "now", `${SENT_AT}`, Symbol("s"), UNREADABLE, 5n, null]) {
    expect(await signing(EMAIL, timestamp)).toBe(
      "Timestamp is invalid. Pass whole Unix seconds, not milliseconds and not a Date.",
    );
  }
});

it("no message holds what came over the network, nor its control characters", async () => {
  const odd = "\u001b[31mred\u001b[0m\u0007\u009b2J\u202e\r\n";
  const deliveries = [odd, `t=${odd},v2=${odd}`, `t=${SENT_AT},v2=${odd}`, `${EMAIL_HEADER},${odd}`];
  const messages = [
    ...(await Promise.all(deliveries.map((header) => construct(odd, header)))),
    ...(await Promise.all(
      deliveries.map((value) => fromRequest({ headers: { "x-signature-v2": value, [odd]: odd }, body: odd })),
    )),
    await fromRequest({ headers: { "x-signature-v2": EMAIL_HEADER }, body: odd, isBase64Encoded: true }),
    await fromRequest({ headers: { "x-signature-v2": EMAIL_HEADER }, body: { [odd]: odd } }),
    await construct(odd, webhook.sign(odd)),
  ];
  for (const message of messages) {
    expect(message).toMatch(/^[\x20-\x7e…]+$/);
    expect(message).not.toMatch(/accepted|red|2J/);
  }
});
