import { describe, expect, it } from "vitest";
import { readCallback } from "../../src/authy/callback.ts";
import { InvalidSignatureError } from "../../src/errors.ts";
import { signatureOver } from "./signed.ts";
import { EXAMPLE } from "./vectors.ts";

const { key: KEY, url: URL_CALLED, nonce, params: BODY } = EXAMPLE;
const SIGNED = { "x-authy-signature": EXAMPLE.signature, "x-authy-signature-nonce": nonce };
const post = { method: "POST", url: URL_CALLED, headers: SIGNED, body: BODY };

async function expectRefusal(request: typeof post): Promise<void> {
  await expect(readCallback(KEY, request)).rejects.toBeInstanceOf(InvalidSignatureError);
}

describe("what is refused", () => {
  it("is what ends early anywhere, or holds a character twice", async () => {
    const body = BODY.replace('"device_details":{},', "");
    await expect(readCallback(KEY, { ...post, body })).resolves.toBeDefined();
    for (let i = 0; i < body.length; i++) {
      await expectRefusal({ ...post, body: body.slice(0, i) });
      await expectRefusal({ ...post, body: body.slice(0, i) + body[i] + body.slice(i) });
    }
    const { signature } = EXAMPLE;
    for (let i = 0; i < signature.length; i++) {
      for (const changed of [signature.slice(0, i), signature.slice(0, i) + signature[i] + signature.slice(i)]) {
        await expectRefusal({ ...post, headers: { ...SIGNED, "x-authy-signature": changed } });
      }
    }
  });

  it("is a header of 10 MB, and a body that makes a text of more than 1 MB, however well it is signed", async () => {
    const long = "x".repeat(10_000_000);
    await expectRefusal({ ...post, headers: { ...SIGNED, "x-authy-signature": long } });
    await expectRefusal({ ...post, headers: { ...SIGNED, "x-authy-signature-nonce": long } });
    const signature = signatureOver(`status=${long}`, { nonce, method: "POST", url: URL_CALLED }, KEY);
    await expectRefusal({
      ...post,
      headers: { ...SIGNED, "x-authy-signature": signature },
      body: JSON.stringify({ status: long }),
    });
  });
});
