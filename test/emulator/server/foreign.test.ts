import { Blob } from "node:buffer";
import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createEmulator } from "../../../src/emulator/index.ts";
import { basic, userId } from "../../support/emulator/emulator.ts";

// Requests, streams and bytes that are not those of this realm: of jsdom, happy-dom, a polyfill, another context.

const attributes = { email: "jo@example.com" };
const text = JSON.stringify(attributes);

/** An emulator, and what is asked of it: to change the e-mail address of a user. */
function start() {
  const emulator = createEmulator();
  const url = `${emulator.apiUrl}/users/${userId}`;
  const headers = { authorization: basic(emulator.apiSecretKey), "content-type": "application/json" };
  const stored = () => emulator.export().users?.map((user) => user.email);
  return { emulator, url, headers, stored };
}

/** Makes any value pass the compiler, as it does in JavaScript. */
const foreign = (code: string, context: object) => runInNewContext(code, { ...context });

describe("a request of another realm", () => {
  it.each([
    ["with a stream", "({ url, method, headers, body: { getReader } })"],
    ["with an async iterable, as of node-fetch", "({ url, method, headers, body: iterable })"],
    ["without a stream, as of polyfills", "({ url, method, headers, arrayBuffer: async () => buffer })"],
    ["with another signal", "({ url, method, headers, body: { getReader }, signal: { aborted: false } })"],
  ])("is read whole %s", async (_kind, code) => {
    const { emulator, url, headers, stored } = start();
    const context = {
      url,
      method: "PATCH",
      headers: new Headers(headers),
      getReader: () => new Response(text).body?.getReader(),
      iterable: Readable.from([Buffer.from(text)]),
      buffer: await new Response(text).arrayBuffer(),
    };
    const response = await emulator.fetch(foreign(code, context));
    expect([response.status, stored()]).toEqual([200, [attributes.email]]);
  });

  it("may be the options of a call, as Mock Service Worker gives it", async () => {
    const { emulator, url, headers, stored } = start();
    const elsewhere = new Request("https://api.authsignal.com/v1", { method: "PATCH", headers, body: text });
    expect((await emulator.fetch(url, elsewhere)).status).toBe(200);
    expect(stored()).toEqual([attributes.email]);
  });

  it("is not read twice", async () => {
    const { emulator, url, headers } = start();
    const request = new Request(url, { method: "PATCH", headers, body: text });
    await request.text();
    await expect(emulator.fetch(request)).rejects.toThrow(/was read before: pass a request that was not/);
  });
});

describe("fetch takes", () => {
  it.each<[form: string, body: () => RequestInit["body"]]>([
    ["text", () => text],
    ["bytes", () => Buffer.from(text)],
    ["bytes of another realm", () => foreign("Uint8Array.from(bytes)", { bytes: [...Buffer.from(text)] })],
    ["an ArrayBuffer of another realm", () => foreign("Uint8Array.from(bytes).buffer", { bytes: Buffer.from(text) })],
    ["a Blob", () => new Blob([text])],
    ["a stream", () => new Response(text).body],
  ])("an address and options with %s", async (_form, body) => {
    const { emulator, url, headers, stored } = start();
    const response = await emulator.fetch(new URL(url), { method: "patch".toUpperCase(), headers, body: body() });
    expect([response.status, stored()]).toEqual([200, [attributes.email]]);
  });

  it("a request and the same request as options, whose body is read once", async () => {
    const { emulator, url, headers, stored } = start();
    const request = new Request(url, { method: "PATCH", headers, body: text });
    const { method, signal } = request;
    const init = {
      method,
      headers: Object.entries(headers),
      body: text,
      signal,
      redirect: "manual",
      cache: "no-store",
    } as const;
    expect((await emulator.fetch(request, init)).status).toBe(200);
    expect([stored(), request.bodyUsed]).toEqual([[attributes.email], false]);
  });

  it("a request and options that leave its body out", async () => {
    const { emulator, url, headers, stored } = start();
    const request = new Request(url, { method: "PATCH", headers, body: text });
    expect((await emulator.fetch(request, { redirect: "manual" })).status).toBe(200);
    expect([stored(), request.bodyUsed]).toEqual([[attributes.email], true]);
  });

  it("no more than what fetch takes", async () => {
    const { emulator, url } = start();
    const wrong: [string | URL, RequestInit?][] = [
      ["/v1/users/jo"],
      ["http://jo:secret@localhost/"],
      [url, { body: text }],
      [url, { method: "TRACE" }],
      [url, { method: "NO METHOD" }],
      [url, { headers: { "no header": "1" } }],
    ];
    for (const call of wrong) await expect(emulator.fetch(...call), `${call[0]}`).rejects.toThrow(TypeError);
  });
});
