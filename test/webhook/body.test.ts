import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidSignatureError } from "../../src/errors.ts";
import type { WebhookRequest } from "../../src/webhook/index.ts";
import {
  ANY_AGE,
  BATCH,
  EMAIL,
  EMAIL_HEADER,
  FORMAT,
  MISMATCH,
  NON_ASCII,
  outcome,
  outcomeOf,
  PAYLOAD,
  SENT_AT,
  TOLERANCE,
  VECTORS,
  v2Of,
  webhook,
} from "../support/webhook/deliveries.ts";

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

  it("cannot end early anywhere, or hold any byte or part twice", () => {
    const body = Buffer.from(EMAIL);
    for (let i = 0; i < body.length; i++) {
      const [before, after] = [body.subarray(0, i), body.subarray(i)];
      for (const changed of [
        before,
        Buffer.concat([before, body.subarray(i, i + 1), after]),
        Buffer.concat([body, after]),
      ]) {
        expect(outcomeOf(changed, EMAIL_HEADER)).toContain(MISMATCH);
      }
    }
  });

  it("may be of 1 MB, of which every bit counts", () => {
    const body = Buffer.from(JSON.stringify({ type: "sms.created", data: { to: "+".repeat(1024 * 1024) } }));
    const header = webhook.sign(body);
    expect(outcomeOf(body, header)).toBe("accepted");
    for (let i = 0; i < body.length; i += 99_991) {
      const changed = Buffer.from(body);
      changed[i] = (body[i] ?? 0) ^ 1;
      expect(outcomeOf(changed, header)).toContain(MISMATCH);
    }
  });

  it.each(["__proto__", "constructor"])("changes no other object when it was signed with %s", (name) => {
    const body = `{"${name}":{"isAdmin":true},"type":"x","${name}":{"isAdmin":true}}`;
    const event = webhook.constructEvent(body, webhook.sign(body));
    expect("isAdmin" in event).toBe(false);
    expect("isAdmin" in {}).toBe(false);
  });

  it("may be nested without end, and makes no other error", () => {
    for (const body of ['{"a":', "[", '{"a":['].map((part) => part.repeat(100_000))) {
      expect(outcomeOf(body, webhook.sign(body))).toContain(PAYLOAD);
    }
  });

  it("cannot give characters to the timestamp, nor take them", () => {
    expect(outcomeOf("{}", `t=123.5,v2=${v2Of("{}", "123.5")}`)).toContain(FORMAT);
    expect(outcomeOf("3.{}", `t=12,v2=${v2Of("{}", "123")}`)).toContain(MISMATCH);
    expect(outcomeOf("{}", `t=12,v2=${v2Of("{}", "123")}`)).toContain(MISMATCH);
  });

  it.each([JSON.parse(EMAIL), [], null, undefined, 5, [0, 0], new Blob(["{}"])])("is raw, not parsed: %s", (parsed) => {
    const message = outcome(() => webhook.constructEvent(parsed as never, EMAIL_HEADER, ANY_AGE));
    expect(message).toContain(`${PAYLOAD} Pass the raw body`);
    expect(message).not.toContain("jo@example.com");
  });

  it.each(["", "null", "[]", "5", '"text"', "true", "{", "482913 is your code", "a=b"])(
    "is a JSON object, not %j, however well it is signed",
    (body) => {
      const header = webhook.sign(body);
      webhook.verify(body, header);
      const message = outcome(() => webhook.constructEvent(body, header));
      expect(message).toContain(`${PAYLOAD} It is signed well, but it is not a JSON object`);
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
    expect(error).toMatchObject({ message: expect.stringContaining("The body of the request was read before") });
    for (const body of [JSON.parse(EMAIL), {}]) {
      expect(await refusal({ headers, body })).toContain("Pass the raw body, a string or bytes, not a parsed object.");
    }
    for (const body of [null, undefined]) expect(await refusal({ headers, body })).toContain("there is none");
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
