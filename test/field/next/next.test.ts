import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import next14 from "./install/next-14/package.json" with { type: "json" };
import next15 from "./install/next-15/package.json" with { type: "json" };
import next16 from "./install/next-16/package.json" with { type: "json" };
import { type App, build, type Ended, install, type Running, serve } from "./next-app.ts";
import { linesBeside } from "./output.ts";
import { type Service, startService } from "./service.ts";

const SECRET = "secret-key-of-the-field";
const DELIVERY = JSON.stringify({
  version: 1,
  id: "1",
  source: "https://authsignal.com",
  time: "2026-01-15T03:04:05.678Z",
  tenantId: "tenant-1",
  type: "sms.created",
  data: { to: "+64270000000", code: "000111", userId: "ann", idempotencyKey: "attempt-1", actionCode: "withdraw" },
});
const FORGED = DELIVERY.replace("000111", "000222");

/** Milliseconds for two builds on a busy machine. */
const TIME = 400_000;

const VERSIONS: readonly [version: string, major: number][] = [
  [next14.dependencies.next, 14],
  [next15.dependencies.next, 15],
  [next16.dependencies.next, 16],
];

/** The app with the package, and the same app with a replacement of it. */
interface Pair<T> {
  readonly ours: T;
  readonly control: T;
}

describe.each(VERSIONS)("Next.js %s", (version, major) => {
  let serviceOfBuild: Service;
  let apps: Pair<App>;
  let builds: Pair<Ended>;

  // Without a secret in the environment.
  beforeAll(async () => {
    serviceOfBuild = await startService();
    apps = { ours: await install(major, "tarball"), control: await install(major, "control") };
    const env = { API_URL_OF_THE_BUILD: serviceOfBuild.apiUrl };
    builds = { ours: await build(apps.ours, env), control: await build(apps.control, env) };
  }, TIME);

  afterAll(() => serviceOfBuild?.[Symbol.asyncDispose]());

  describe(`Next.js ${version}, build`, () => {
    it("builds without a secret an app whose clients are made when modules are loaded", ({ task }) => {
      task.meta.row = { official: "not tried", reason: "a missing key ended the build; warnings of the Edge Runtime" };
      expect(builds.ours.code, builds.ours.output).toBe(0);
    });

    it("prints nothing that it does not print without the package", () => {
      expect(builds.control.code, builds.control.output).toBe(0);
      expect(linesBeside(builds.control.output, builds.ours.output)).toEqual([]);
    });
  });

  describe(`Next.js ${version}, start`, () =>
    describeServer("start", () => {
      if (builds.ours.code !== 0) throw new Error("The build before it failed");
      return apps;
    }));

  describe(`Next.js ${version}, dev`, () => describeServer("dev", () => apps));
});

/** Declares the tests of a server of Next.js. */
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

  async function expectTracked(path: string): Promise<void> {
    expect(await trackAt(server, path)).toMatchObject({ state: "ALLOW", idempotencyKey: "key" });
    const requests = service.received.filter((request) => request.path === `/v1/users${path}/actions/withdraw`);
    expect(requests).toMatchObject([{ method: "POST" }]);
  }

  it("tracks from a Node route", async ({ task }) => {
    task.meta.row = { official: "works in a Node route", reason: "the constructor threw in the Edge Runtime" };
    await expectTracked("/track");
  });

  it("tracks from a Node route with @authsignal/node", () => expectTracked("/official"));

  it("tracks from a Node route with the caller's `fetch`", () => expectTracked("/track-fetch"));

  it("tracks from an Edge route", () => expectTracked("/track-edge"));

  it("calls from an Edge route that reads no request, each time", async () => {
    expect(await readTwice(server, "/edge")).toEqual(["read-1@example.com", "read-2@example.com"]);
  });

  it("calls from an Edge route that reads no request with the caller's `fetch`, each time", async () => {
    expect(await readTwice(server, "/edge-fetch")).toEqual(["read-1@example.com", "read-2@example.com"]);
  });

  it("calls from middleware, over each transport", async () => {
    const { body, response } = await visit(server, "/guarded");
    expect(body).toBe("behind the guard");
    expect(response.headers.get("x-calls")).toBe("read-1@example.com,ALLOW,read-2@example.com");
  });

  it("calls from a server component", async () => {
    const { body } = await visit(server, "/user", { headers: { "x-user": "jo" } });
    expect(body).toContain("<p>read-1@example.com</p>");
  });

  it("calls from a page that reads no request with the caller's `fetch`, each time", async () => {
    expect((await visit(server, "/static-fetch")).body).toContain("<p>read-1@example.com</p>");
    expect((await visit(server, "/static-fetch")).body).toContain("<p>read-2@example.com</p>");
  });

  it("calls from a page on the Edge, twice in one render, and retries", async () => {
    const { body } = await visit(server, "/page-edge");
    expect(body).toContain("<p>read-1@example.com,read-2@example.com,read-2@example.com</p>");
  });

  it.each(["/webhook-node", "/webhook-edge"])("verifies deliveries at %s", async (path) => {
    const genuine = await deliver(server, path, DELIVERY);
    expect([genuine.response.status, genuine.body]).toEqual([200, DELIVERY]);
    const forged = await deliver(server, path, FORGED);
    expect([forged.response.status, forged.body]).toEqual([400, expect.stringContaining("Signature mismatch.")]);
  });

  it("sends one Authorization header and its own User-Agent with each request", () => {
    expect(service.received.length).toBeGreaterThan(0);
    for (const { authorizations, userAgent, path } of service.received) {
      expect(authorizations).toEqual([`Basic ${btoa(`${SECRET}:`)}`]);
      // The Edge Runtime replaces it where a caller's `fetch` passes on the first argument alone.
      if (!path.endsWith("/edge-fetch")) expect(userAgent).toMatch(/^authsignal/);
    }
  });

  it(
    "prints nothing that it does not print without the package",
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

/** Sends a body with the signature of the genuine delivery. */
function deliver(server: Running, path: string, body: string) {
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", SECRET).update(`${time}.${DELIVERY}`).digest("base64").replace("=", "");
  return visit(server, path, { method: "POST", body, headers: { "x-signature-v2": `t=${time},v2=${signature}` } });
}

/** Makes Next.js compile and run every route, as the tests above do. */
async function visitAll(server: Running): Promise<void> {
  for (const path of ["/edge", "/edge-fetch", "/guarded", "/user", "/static-fetch", "/page-edge"])
    await visit(server, path);
  for (const path of ["/track", "/track-edge", "/track-fetch", "/official"]) await trackAt(server, path);
  for (const path of ["/webhook-node", "/webhook-edge"]) {
    await deliver(server, path, DELIVERY);
    await deliver(server, path, FORGED);
  }
}
