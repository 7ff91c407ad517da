import { describe, expect, it } from "vitest";
import { InvalidSignatureError } from "../../src/errors.ts";
import {
  ANY_AGE,
  EMAIL,
  EMAIL_HEADER,
  FORMAT,
  MISMATCH,
  NON_ASCII,
  PAYLOAD,
  webhook,
} from "../support/webhook/deliveries.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const read = async (event: unknown): Promise<unknown> =>
  await Reflect.apply(webhook.constructEventFromRequest, webhook, [event, ANY_AGE]);

async function refusal(event: unknown): Promise<string> {
  const error = await read(event).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidSignatureError);
  return error instanceof Error ? error.message : "";
}

const SINGLE = { host: "example.com", "X-Signature-V2": EMAIL_HEADER };
const MULTI = { host: ["example.com"], "x-signature-v2": [EMAIL_HEADER] };

const EVENTS: [source: string, event: { headers?: unknown; multiValueHeaders?: unknown }][] = [
  [
    "API Gateway, version 1.0",
    { ...{ httpMethod: "POST", path: "/", resource: "/" }, headers: SINGLE, multiValueHeaders: MULTI },
  ],
  ["API Gateway, version 2.0", { ...{ version: "2.0", rawPath: "/", rawQueryString: "" }, headers: SINGLE }],
  ["a function URL", { ...{ version: "2.0", requestContext: { http: { method: "POST" } } }, headers: SINGLE }],
  ["a load balancer", { ...{ requestContext: { elb: {} } }, headers: SINGLE }],
  ["a load balancer with lists of values", { ...{ requestContext: { elb: {} } }, multiValueHeaders: MULTI }],
  ["API Gateway's console, without lists", { headers: SINGLE, multiValueHeaders: null }],
];

describe.each(EVENTS)("a Lambda event of %s", (_source, event) => {
  it("is verified, whether its body is base64 or not", async () => {
    expect(await read({ ...event, body: base64(EMAIL), isBase64Encoded: true })).toEqual(JSON.parse(EMAIL));
    expect(await read({ ...event, body: EMAIL, isBase64Encoded: false })).toEqual(JSON.parse(EMAIL));
  });

  it("is refused when it was tampered with, or says the wrong thing about its body", async () => {
    expect(await refusal({ ...event, body: base64(`${EMAIL} `), isBase64Encoded: true })).toContain(MISMATCH);
    expect(await refusal({ ...event, body: base64(EMAIL), isBase64Encoded: false })).toContain(MISMATCH);
    expect(await refusal({ ...event, body: EMAIL, isBase64Encoded: true })).toBe(
      `${PAYLOAD} The event says isBase64Encoded, but its body is not base64. Pass both as they came.`,
    );
  });
});

describe("a base64 body", () => {
  it.each(["{}", "a", "ab=c", "====", "é", "AAAA\0", "-_-_", "🙂"])("is base64, not %j", async (body) => {
    expect(await refusal({ headers: SINGLE, body, isBase64Encoded: true })).toContain("its body is not base64");
  });

  it("is a string", async () => {
    for (const body of [5, {}, [base64(EMAIL)], Buffer.from(base64(EMAIL)), true, Object(base64(EMAIL))]) {
      expect(await refusal({ headers: SINGLE, body, isBase64Encoded: true })).toContain("its body is not base64");
    }
    for (const body of [undefined, null]) {
      expect(await refusal({ headers: SINGLE, body, isBase64Encoded: true })).toContain("there is none");
    }
  });

  it("is read as the bytes it stands for, of whatever size", async () => {
    const long = JSON.stringify({ type: "sms.created", data: { to: "ë".repeat(3_000_000) } });
    for (const text of [NON_ASCII, `\uFEFF${NON_ASCII}`, long]) {
      const event = { headers: { "x-signature-v2": webhook.sign(text) }, body: base64(text), isBase64Encoded: true };
      expect(await read(event)).toEqual(JSON.parse(text.replace("\uFEFF", "")));
    }
  });

  it("is marked by true and nothing else", async () => {
    for (const mark of [1, "true", "false", {}, null, undefined]) {
      expect(await read({ headers: SINGLE, body: EMAIL, isBase64Encoded: mark })).toEqual(JSON.parse(EMAIL));
    }
  });
});

it("a header that came twice is refused, though `headers` holds the last one only", async () => {
  const twice = { "X-Signature-V2": ["t=1,v2=x", EMAIL_HEADER] };
  const event = { headers: SINGLE, multiValueHeaders: twice, body: EMAIL, isBase64Encoded: false };
  expect(await refusal(event)).toContain(`${FORMAT} Pass one x-signature-v2 header`);
});

it("lists of values without the header leave it to `headers`", async () => {
  for (const multiValueHeaders of [{}, { host: ["a"] }, { "x-signature-v2": [] }, { "x-signature-v2": undefined }]) {
    const event = { headers: SINGLE, multiValueHeaders, body: EMAIL, isBase64Encoded: false };
    expect(await read(event)).toEqual(JSON.parse(EMAIL));
  }
});
