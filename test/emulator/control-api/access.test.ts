import { describe, expect, it } from "vitest";
import { routes } from "../../../generated/emulator-data.ts";
import { version } from "../../../generated/version.ts";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import { call, done, invalid, origin, refusal } from "../../support/emulator/control-api.ts";

describe("/health", () => {
  it("answers everybody", async () => {
    const emulator = createEmulator();
    const answer = { status: 200, body: { status: "ok", version } };
    const headers = { host: "emulator:4300", origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect(await call(emulator, "GET /health")).toMatchObject(answer);
    expect(await call(emulator, "GET /health", { headers, key: "sk_live_1" })).toMatchObject(answer);
    expect(await call(emulator, "HEAD /health")).toMatchObject({ status: 200, body: undefined });
  });
});

describe("a control request", () => {
  it("is about the default tenant, or that of its key", async () => {
    const emulator = createEmulator();
    const key = "sk_emulator_other";
    await call(emulator, "PUT /_emulator/rules", { body: [{ outcome: "BLOCK" }], key });
    expect((await call(emulator, "GET /_emulator/rules")).body).toEqual([]);
    expect((await call(emulator, "GET /_emulator/rules", { key: emulator.apiSecretKey })).body).toEqual([]);
    expect((await call(emulator, "GET /_emulator/rules", { key })).body).toMatchObject([{ outcome: "BLOCK" }]);
    expect(emulator.tenant(key).rules.list()).toHaveLength(1);
  });

  it.each(["sk_live_1", "", "sk_emulator_", "sk_emulator_connect_default"])(
    "is refused with the key %j",
    async (key) => {
      const emulator = createEmulator();
      const unauthorized = refusal(401, "unauthorized", /The request is unauthorized/);
      expect(await call(emulator, "POST /_emulator/reset", { key })).toMatchObject(unauthorized);
    },
  );

  it("is refused with a key of another kind", async () => {
    const emulator = createEmulator();
    const headers = { authorization: `Bearer ${emulator.apiSecretKey}` };
    expect((await call(emulator, "POST /_emulator/reset", { headers })).status).toBe(401);
  });

  it("has no unknown fields, even where the API lets them pass", async () => {
    const emulator = createEmulator({ strict: false });
    const words = invalid("body.colour is not in the spec");
    expect(await call(emulator, "POST /_emulator/clock", { body: { colour: "red" } })).toMatchObject(words);
    expect(await call(emulator, "PUT /_emulator/state", { body: { colour: "red" } })).toMatchObject(words);
    expect((await call(emulator, "GET /_emulator/clock?colour=red")).status).toBe(400);
  });

  it("hears what there is when it goes nowhere", async () => {
    const emulator = createEmulator();
    const all = Object.values(routes).join(", ");
    for (const route of ["GET /_emulator", "GET /_emulator/clocks", "DELETE /_emulator/clock"]) {
      const words = `${route} is not in the spec. There are ${all}`;
      expect(await call(emulator, route)).toMatchObject(refusal(404, "not_found", words));
    }
  });

  it("has a body that is JSON, and says so", async () => {
    const emulator = createEmulator();
    const put = (body: string, type = "application/json") =>
      call(emulator, "PUT /_emulator/rules", { body, headers: { "content-type": type } });
    const unsupported = refusal(415, "unsupported_media_type", "The body must have the content-type application/json");
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "text/plain; application/json",
      "application/jsonp",
    ]) {
      expect(await put("[]", type)).toMatchObject(unsupported);
    }
    expect(await put("[]", "Application/JSON; charset=utf-8")).toMatchObject(done);
    expect(await put("[")).toMatchObject(invalid(/^body must be JSON: /));
    expect(await put(" ")).toMatchObject(invalid(/^body is required/));
    expect(await put(`${"[".repeat(100)}${"]".repeat(100)}`)).toMatchObject(
      invalid("body must not be deeper than 64 levels"),
    );
  });
});

describe("a caller that may not control the emulator", () => {
  const steering = Object.values(routes).filter((route) => route !== routes.getHealth);

  it.each(steering)("is refused at %s", async (route) => {
    const emulator = createEmulator({ allowedHosts: ["emulator"] });
    const refused = refusal(403, "forbidden", /./);
    const foreign: Record<string, string>[] = [
      { host: "evil.example" },
      { host: "127.0.0.1.evil.example:4300" },
      { origin: "https://evil.example" },
      { origin: "http://localhost.evil.example" },
      { origin: "null" },
      { origin: "file://localhost" },
      { "sec-fetch-site": "cross-site" },
      { origin, "sec-fetch-site": "cross-site" },
    ];
    for (const headers of foreign) expect(await call(emulator, route, { headers })).toMatchObject(refused);
    const [method, path] = route.split(" ");
    for (const headers of [new Headers(), new Headers({ host: "localhost" })]) {
      expect((await emulator.fetch(`http://evil.example${path}`, { method, headers })).status).toBe(403);
    }
  });

  it("is also refused where there is nothing", async () => {
    const emulator = createEmulator();
    expect((await call(emulator, "GET /_emulator/nothing", { headers: { host: "evil.example" } })).status).toBe(403);
  });

  it.each<Record<string, string>>([
    {},
    { host: "LOCALHOST:1" },
    { host: "emulator:4300", origin: "http://emulator:3000" },
    { host: "[::1]:4300", "sec-fetch-site": "same-origin" },
    { origin: "http://app.localhost:3000", "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ])("is not one that sends %j", async (headers) => {
    const emulator = createEmulator({ allowedHosts: ["Emulator"] });
    const { status, headers: answered } = await call(emulator, "GET /_emulator/clock", { headers });
    expect(status).toBe(200);
    expect([...answered.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("gets no leave from a preflight request", async () => {
    const emulator = createEmulator();
    const headers = {
      origin,
      "access-control-request-method": "PUT",
      "access-control-request-headers": "content-type",
    };
    const { status, headers: answered } = await call(emulator, "OPTIONS /_emulator/state", { headers });
    expect(status).toBe(404);
    expect(answered.has("access-control-allow-origin")).toBe(false);
  });
});
