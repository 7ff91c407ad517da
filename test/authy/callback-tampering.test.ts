import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type CallbackOptions, readCallback } from "../../src/authy/callback.ts";
import { InvalidSignatureError } from "../../src/errors.ts";
import { signatureOver } from "../support/authy/signed.ts";
import { EXAMPLE } from "../support/authy/vectors.ts";
import { otherSpellings, TAMPERING } from "../support/tampering.ts";

const { key: KEY, url: URL_CALLED, nonce: NONCE } = EXAMPLE;
const BODY =
  '{"uuid":"u-1","status":"approved","authy_id":40213377,"approval_request":{"logos":null,"transaction":{"flagged":false,"details":{"Empfänger":"Zoë & Co"},"amounts":[480.50,-1]}},"device":{"methods":["pin","fingerprint"]}}';
const QUERY =
  "approval_request%5Blogos%5D=&approval_request%5Btransaction%5D%5Bamounts%5D%5B%5D=480.50&approval_request%5Btransaction%5D%5Bamounts%5D%5B%5D=-1&approval_request%5Btransaction%5D%5Bdetails%5D%5BEmpf%C3%A4nger%5D=Zo%C3%AB+%26+Co&approval_request%5Btransaction%5D%5Bflagged%5D=false&authy_id=40213377&device%5Bmethods%5D%5B%5D=pin&device%5Bmethods%5D%5B%5D=fingerprint&status=approved&uuid=u-1";
const headersOf = (signature: string, nonce = NONCE) => ({
  "x-authy-signature": signature,
  "x-authy-signature-nonce": nonce,
});
const POST_SIGNATURE = signatureOver(QUERY, { nonce: NONCE, method: "POST", url: URL_CALLED }, KEY);
const GET_SIGNATURE = signatureOver(QUERY, { nonce: NONCE, method: "GET", url: URL_CALLED }, KEY);
const post = { method: "POST", url: URL_CALLED, headers: headersOf(POST_SIGNATURE), body: BODY };
const get = { method: "GET", url: `${URL_CALLED}?${QUERY}`, headers: headersOf(GET_SIGNATURE) };
const both = [post, get];

/** The message with which a callback is refused; "accepted" if it is not. */
async function outcome(request: unknown, options?: CallbackOptions): Promise<string> {
  const callback: Promise<unknown> = Reflect.apply(readCallback, undefined, [KEY, request, options]);
  return callback.then(
    () => "accepted",
    (error: unknown) => {
      expect(error).toBeInstanceOf(InvalidSignatureError);
      return error instanceof Error ? error.message : "";
    },
  );
}

/** Whether a URL is another way to write the address that was called: it is signed as URLs are compared. */
function isAddressCalled(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, pathname } = new URL(url);
  return origin + pathname === URL_CALLED;
}

describe("a callback that was not tampered with", () => {
  it.each(both)("is accepted as a $method", async (request) => {
    expect(await outcome(request)).toBe("accepted");
    expect(await outcome(request, { url: URL_CALLED })).toBe("accepted");
  });
});

describe.each(TAMPERING)("when %s", (_way, tamper) => {
  it("the body of a POST does not verify", async () => {
    const changes = tamper(BODY);
    expect(changes.length).toBeGreaterThan(BODY.length / 2);
    for (const body of changes) {
      expect([body.toString("latin1"), await outcome({ ...post, body })]).toEqual([
        body.toString("latin1"),
        expect.stringMatching(/^(Payload format is invalid|Signature mismatch)\./),
      ]);
    }
  });

  it("the query of a GET does not verify", async () => {
    const changes = tamper(QUERY);
    expect(changes.length).toBeGreaterThan(QUERY.length / 2);
    for (const query of changes.map((bytes) => bytes.toString("latin1"))) {
      expect([query, await outcome({ ...get, url: `${URL_CALLED}?${query}` })]).toEqual([
        query,
        expect.stringContaining("Signature mismatch"),
      ]);
    }
  });

  it("neither header verifies", async () => {
    for (const request of both) {
      const headers: [name: string, value: string][] = Object.entries(request.headers);
      for (const [name, value] of headers) {
        for (const changed of tamper(value).map((bytes) => bytes.toString("latin1"))) {
          expect([changed, await outcome({ ...request, headers: { ...request.headers, [name]: changed } })]).toEqual([
            changed,
            expect.stringMatching(changed === "" ? /^Header x-authy-signature/ : /^Signature mismatch\./),
          ]);
        }
      }
    }
  });

  it("the URL verifies only if it is the same address", async () => {
    let refused = 0;
    for (const url of tamper(URL_CALLED).map((bytes) => bytes.toString("latin1"))) {
      for (const [request, options] of [[{ ...post, url }], [post, { url }], [get, { url }]] satisfies [
        object,
        CallbackOptions?,
      ][]) {
        const isGood = isAddressCalled(url);
        expect([url, await outcome(request, options)]).toEqual([
          url,
          isGood ? "accepted" : expect.stringMatching(/^(Callback URL is (invalid|unknown)|Signature mismatch)\./),
        ]);
        refused += Number(!isGood);
      }
    }
    expect(refused).toBeGreaterThan(URL_CALLED.length / 2);
  });

  it("the method verifies only if it is the same in any case", async () => {
    for (const request of both) {
      for (const method of tamper(request.method).map((bytes) => bytes.toString("latin1"))) {
        expect([method, (await outcome({ ...request, method })) === "accepted"]).toEqual([
          method,
          method.toUpperCase() === request.method,
        ]);
      }
    }
  });
});

describe("the signature", () => {
  it.each(both)("of a $method is spelled in one way", async (request) => {
    const spellings = otherSpellings(request.headers["x-authy-signature"]);
    expect(spellings.length).toBeGreaterThan(250);
    for (const [name, text] of spellings) {
      expect([name, text, await outcome({ ...request, headers: headersOf(text) })]).toEqual([
        name,
        text,
        expect.stringContaining("Signature mismatch"),
      ]);
    }
  });

  const hmac = (algorithm: string, key: string | Buffer, ...parts: string[]) =>
    createHmac(algorithm, key).update(parts.join("|")).digest("base64");
  const parts = [NONCE, "POST", URL_CALLED, QUERY];
  it.each([
    ["with SHA-1", hmac("sha1", KEY, ...parts)],
    ["with SHA-512, cut", `${hmac("sha512", KEY, ...parts).slice(0, 43)}=`],
    ["without a key", hmac("sha256", "", ...parts)],
    ["with a key that is taken for base64", hmac("sha256", Buffer.from(KEY, "base64"), ...parts)],
    ["over nothing but the body", hmac("sha256", KEY, QUERY)],
    ["over the body as it was received", hmac("sha256", KEY, NONCE, "POST", URL_CALLED, BODY)],
    ["without the nonce", hmac("sha256", KEY, "POST", URL_CALLED, QUERY)],
    ["with the nonce last", hmac("sha256", KEY, "POST", URL_CALLED, QUERY, NONCE)],
    ["with the method in small letters", hmac("sha256", KEY, NONCE, "post", URL_CALLED, QUERY)],
    ["with the path alone", hmac("sha256", KEY, NONCE, "POST", new URL(URL_CALLED).pathname, QUERY)],
    ["with the query in the URL", hmac("sha256", KEY, NONCE, "POST", `${URL_CALLED}?a=1`, QUERY)],
    [
      "over members that are not sorted",
      hmac("sha256", KEY, NONCE, "POST", URL_CALLED, [...QUERY.split("&")].reverse().join("&")),
    ],
    ["for a GET", GET_SIGNATURE],
  ])("is not made %s", async (_how, signature) => {
    expect(hmac("sha256", KEY, ...parts)).toBe(POST_SIGNATURE);
    for (const url of [URL_CALLED, `${URL_CALLED}?a=1`]) {
      const request = { ...post, url, headers: headersOf(signature) };
      expect(await outcome(request)).toContain("Signature mismatch");
      expect(await outcome(request, { url })).toContain("Signature mismatch");
    }
  });
});

describe("the parts of what is signed", () => {
  it("do not lend each other characters", async () => {
    const [first = "", ...rest] = QUERY.split("&");
    for (const request of [
      { ...get, headers: headersOf(GET_SIGNATURE, `${NONCE}|`) },
      { ...get, headers: headersOf(GET_SIGNATURE, `${NONCE}|GET`) },
      { ...get, headers: headersOf(GET_SIGNATURE, `${NONCE}|GET|${URL_CALLED}`) },
      {
        ...get,
        headers: headersOf(GET_SIGNATURE, `${NONCE}|GET|${URL_CALLED}|${first}`),
        url: `${URL_CALLED}?${rest.join("&")}`,
      },
      { ...get, url: `${URL_CALLED}|${first}?${rest.join("&")}` },
      { ...get, url: `${URL_CALLED}/${QUERY}` },
      { ...get, url: `${URL_CALLED}?&${QUERY}` },
      { ...get, url: `${URL_CALLED}?${QUERY}&` },
      { ...get, url: `${URL_CALLED}?${QUERY}&status=approved` },
      { ...get, url: `${URL_CALLED}?status=approved&${QUERY}` },
      { ...get, url: `${URL_CALLED}?${QUERY.replaceAll("%5B", "[")}` },
      { ...get, url: `${URL_CALLED}?${QUERY.replaceAll("%5B", "%5b")}` },
      { ...get, url: `${URL_CALLED}?${QUERY.replaceAll("+", "%20")}` },
      { ...get, url: `${URL_CALLED}?${[...rest, first].join("&")}` },
    ]) {
      expect([request.url, await outcome(request)]).toEqual([request.url, expect.stringContaining("mismatch")]);
    }
    expect(await outcome({ ...get, url: `${URL_CALLED}?${QUERY}#&status=denied` })).toBe("accepted"); // never sent
  });

  it("are those of the body, never of the query of a POST, and those of the query, never of the body of a GET", async () => {
    const posted = await readCallback(KEY, { ...post, url: `${URL_CALLED}?status=denied&uuid=other` });
    expect(posted).toEqual({ method: "POST", params: JSON.parse(BODY) });
    const { params } = await readCallback(KEY, { ...get, body: '{"status":"denied","uuid":"other"}' });
    expect(params).toMatchObject({ status: "approved", uuid: "u-1" });
  });
});
