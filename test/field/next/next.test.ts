import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import next14 from "./install/next-14/package.json" with { type: "json" };
import next15 from "./install/next-15/package.json" with { type: "json" };
import next16 from "./install/next-16/package.json" with { type: "json" };
import { type App, build, type Ended, install, type Running, serve } from "./next-app.ts";
import { linesBeside } from "./output.ts";
import { type Service, startService } from "./service.ts";

const SECRET = "secret-key-of-the-field";
const TIME = 200_000;
const DELIVERY = JSON.stringify({ version: 1, id: "1", type: "sms.created", data: { code: "000111" } });

const VERSIONS = [
  { major: 14, version: next14.dependencies.next },
  { major: 15, version: next15.dependencies.next },
  { major: 16, version: next16.dependencies.next },
];

describe.each(VERSIONS)("Next.js $version", ({ major }) => {
  let apps: Pair<App>;

  beforeAll(async () => {
    apps = { ours: await install(major, "tarball"), control: await install(major, "control") };
  });

  describe("next build without a secret, then next start", () => {
    let serviceOfBuild: Service;
    let builds: Pair<Ended>;

    beforeAll(async () => {
      serviceOfBuild = await startService();
      const env = { API_URL_OF_THE_BUILD: serviceOfBuild.apiUrl };
      builds = await both(apps, (app) => build(app, env));
    }, TIME);

    afterAll(() => serviceOfBuild[Symbol.asyncDispose]());

    it("builds an app whose clients are made when modules are loaded", () => {
      expect(builds.control.code, builds.control.output).toBe(0);
      expect(builds.ours.code, builds.ours.output).toBe(0);
    });

    it("prints nothing in the build that it does not print without the package", () => {
      expect(linesBeside(builds.control.output, builds.ours.output)).toEqual([]);
    });

    describeServer("start", () => apps);
  });

  describe("next dev", () => {
    describeServer("dev", () => apps);
  });
});

interface Pair<T> {
  readonly ours: T;
  readonly control: T;
}

/** One after the other: a build has use for all processors. */
async function both<T, Result>({ ours, control }: Pair<T>, act: (one: T) => Promise<Result>): Promise<Pair<Result>> {
  return { ours: await act(ours), control: await act(control) };
}

/** What holds for a server of Next.js, however it is run. */
function describeServer(mode: "dev" | "start", apps: () => Pair<App>): void {
  let service: Service;
  let server: Running;

  beforeAll(async () => {
    service = await startService();
    server = await serve(apps().ours, mode, envFor(service));
  }, TIME);

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await service?.[Symbol.asyncDispose]();
  });

  it("calls from an Edge route that reads no request, each time", async () => {
    expect(await readTwice(server, "/edge")).toEqual(["read-1@example.com", "read-2@example.com"]);
  });

  it("calls from an Edge route that reads no request, with the caller's `fetch`, each time", async () => {
    expect(await readTwice(server, "/edge-fetch")).toEqual(["read-1@example.com", "read-2@example.com"]);
  });

  it("calls from middleware, over each transport", async () => {
    const { body, response } = await visit(server, "/guarded");
    expect(body).toBe("behind the guard");
    expect(response.headers.get("x-calls")).toBe("read-1@example.com,ALLOW,read-2@example.com");
  });

  it.each(["/track", "/track-edge", "/track-fetch"])("tracks from the route %s", async (path) => {
    expect(await trackAt(server, path)).toMatchObject({ state: "ALLOW", idempotencyKey: "key" });
    expect(service.received.at(-1)).toMatchObject({ method: "POST", path: `/v1/users${path}/actions/withdraw` });
    expect(JSON.parse(service.received.at(-1)?.body ?? "")).toMatchObject({ idempotencyKey: expect.any(String) });
  });

  it("tracks from a route with the official client, too", async () => {
    expect(await trackAt(server, "/official")).toMatchObject({ state: "ALLOW", idempotencyKey: "key" });
  });

  it("calls from a server component", async () => {
    const { body } = await visit(server, "/user", { headers: { "x-user": "jo" } });
    expect(body).toContain("<p>read-1@example.com</p>");
  });

  it("calls each time from a page that reads no request, with the caller's `fetch`", async () => {
    expect((await visit(server, "/static-fetch")).body).toContain("<p>read-1@example.com</p>");
    expect((await visit(server, "/static-fetch")).body).toContain("<p>read-2@example.com</p>");
  });

  it.each(["/webhook-node", "/webhook-edge"])("verifies deliveries at %s", async (path) => {
    const genuine = await deliver(server, path, DELIVERY);
    expect([genuine.response.status, genuine.body]).toEqual([200, DELIVERY]);
    const forged = await deliver(server, path, DELIVERY.replace("000111", "000222"));
    expect([forged.response.status, forged.body]).toEqual([400, expect.stringContaining("Signature mismatch.")]);
  });

  it("sends each request once, with one Authorization header", () => {
    const authorization = `Basic ${btoa(`${SECRET}:`)}`;
    expect(service.received.map(({ authorizations }) => authorizations)).toEqual(Array(13).fill([authorization]));
  });

  it(
    "makes Next.js print nothing that it does not print without the package",
    async () => {
      const control = await serve(apps().control, mode, envFor(service));
      try {
        await visitAll(control);
        expect(linesBeside(control.output(), server.output())).toEqual([]);
      } finally {
        await control[Symbol.asyncDispose]();
      }
    },
    TIME,
  );
}

const envFor = ({ apiUrl }: Service) => ({ AUTHSIGNAL_SECRET_KEY: SECRET, AUTHSIGNAL_API_URL: apiUrl });

async function visit({ origin }: Running, path: string, init: RequestInit = {}) {
  const response = await fetch(origin + path, init);
  return { response, body: await response.text() };
}

async function readTwice(server: Running, path: string): Promise<unknown[]> {
  const bodies = [await visit(server, path), await visit(server, path)].map(({ body }) => body);
  return bodies.map((body) => JSON.parse(body).email);
}

async function trackAt(server: Running, path: string): Promise<unknown> {
  const { body } = await visit(server, path, { method: "POST", body: JSON.stringify({ userId: path.slice(1) }) });
  return JSON.parse(body);
}

/** Sends what is signed as the genuine delivery is. */
function deliver(server: Running, path: string, body: string) {
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", SECRET).update(`${time}.${DELIVERY}`).digest("base64").replace("=", "");
  return visit(server, path, { method: "POST", body, headers: { "x-signature-v2": `t=${time},v2=${signature}` } });
}

/** Makes Next.js compile and run everything, as the tests above do. */
async function visitAll(server: Running): Promise<void> {
  for (const path of ["/edge", "/edge-fetch", "/guarded", "/user", "/static-fetch"]) await visit(server, path);
  for (const path of ["/track", "/track-edge", "/track-fetch", "/official"]) await trackAt(server, path);
  for (const path of ["/webhook-node", "/webhook-edge"]) {
    await deliver(server, path, DELIVERY);
    await deliver(server, path, "{}");
  }
}
