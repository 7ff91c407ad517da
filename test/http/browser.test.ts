import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { USER } from "../support/clients.ts";

const root = join(import.meta.dirname, "../..");
let bundle: string;

beforeAll(async () => {
  const contents = 'import { Authsignal } from "./src/index.ts"; globalThis.Authsignal = Authsignal;';
  const options = { bundle: true, write: false, platform: "browser", format: "iife" } as const;
  const { outputFiles } = await build({ stdin: { contents, resolveDir: root }, ...options });
  bundle = outputFiles[0]?.text ?? "";
});

/** Runs code in a context with what the client needs of a browser, with or without a page, and without Node's `process`. */
async function inBrowser(page: object, code: string): Promise<unknown> {
  const platform = { AbortController, AbortSignal, Headers, Request, Response, TextDecoder, TextEncoder, URL };
  const fetch = async (url: string) => (url.endsWith("/users/u") ? Response.json(USER) : Response.error());
  const context = createContext({ ...platform, btoa, crypto, fetch, performance, setTimeout, clearTimeout, ...page });
  runInContext(bundle, context);
  return runInContext(code, context);
}

const call = (options: string) => `new Authsignal({ apiSecretKey: "sk_test", ${options} }).getUser({ userId: "u" })`;
const page = { window: {}, document: {} };

describe("in a browser, a client", () => {
  it("is rejected, because its secret could be read by every user", async () => {
    await expect(inBrowser(page, `(async () => ${call("")})()`)).rejects.toMatchObject({
      errorCode: "invalid_argument",
      message: expect.stringContaining("dangerouslyAllowBrowser"),
    });
  });

  it("works with dangerouslyAllowBrowser, over the browser's fetch", async () => {
    await expect(inBrowser(page, call("dangerouslyAllowBrowser: true"))).resolves.toEqual(USER);
  });

  it("works without the option in an edge worker, which has no page", async () => {
    await expect(inBrowser({}, call(""))).resolves.toEqual(USER);
  });
});
