import { afterAll, beforeAll, expect, test } from "vitest";
import { root, run } from "../../scripts/pack.ts";
import { json, serve, type TestServer } from "../support/server.ts";

// The published openapi-fetch merges the headers, and the client's transports send them.

let server: TestServer;

beforeAll(async () => {
  server = await serve((response) => json(response, 200, { isEnrolled: false }));
});

afterAll(() => server[Symbol.asyncDispose]());

/** Runs a program with a typed client in a fresh process. */
async function withClient(program: string): Promise<unknown> {
  const code = `
    import { createAuthsignalClient } from ${JSON.stringify(`${root}dist/client.js`)};
    const client = createAuthsignalClient({ apiSecretKey: "secret", apiUrl: ${JSON.stringify(server.url)} });
    const getUser = (init) => client.GET("/users/{userId}", { params: { path: { userId: "u" } }, ...init });
    ${program}`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], { timeout: 10_000 });
  return JSON.parse(stdout);
}

test("headers of a call, in every form, override those of the client", async () => {
  const before = server.received.length;
  const seen = await withClient(`
    await getUser({ headers: { "X-Plain": "1", Accept: null, "user-agent": undefined } });
    await getUser({ headers: new Headers({ "x-platform": "2", accept: "text/plain" }) });
    client.use({ onRequest({ request }) { request.headers.set("X-Middle", request.headers.get("accept") + "3"); } });
    const { response } = await getUser({ headers: { "x-many": ["a", "b"] } });
    console.log(JSON.stringify([response.headers.get("Content-Type"), [...response.headers.keys()].includes("date")]));`);
  expect(seen).toEqual(["application/json", true]);
  const [plain, platform, middle] = server.received.slice(before).map(({ headers }) => headers);
  expect(plain).toMatchObject({ "x-plain": "1", authorization: `Basic ${btoa("secret:")}` });
  expect(plain).not.toHaveProperty("accept");
  expect(plain?.["user-agent"]).toMatch(/^authsignal-ts/);
  expect(platform).toMatchObject({ "x-platform": "2", accept: "text/plain" });
  expect(middle).toMatchObject({ "x-many": "a, b", "x-middle": "application/json3" });
});
