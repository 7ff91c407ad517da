import { describe, expect, it, vi } from "vitest";
import { routes } from "../../generated/emulator-data.ts";
import { version } from "../../generated/version.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/emulator.ts";
import { isAllowedHost } from "../../src/emulator/service/hosts.ts";
import { Authsignal } from "../../src/index.ts";

const userId = "usr_1";
const phoneNumber = "+64270000000";
const origin = "http://localhost:4300";

interface Call {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly key?: string;
}

/** Calls the control API, as another process would. */
async function call(emulator: Emulator, route: string, { body, headers = {}, key }: Call = {}) {
  const [method, path = ""] = route.split(" ");
  const all = new Headers(headers);
  if (key !== undefined) all.set("authorization", `Basic ${btoa(`${key}:`)}`);
  if (body !== undefined && !all.has("content-type")) all.set("content-type", "application/json");
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await emulator.fetch(new URL(path, origin), { method, headers: all, body: text });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer === "" ? undefined : JSON.parse(answer) };
}

function refusal(status: number, code: string, words: string | RegExp) {
  const errorDescription = typeof words === "string" ? words : expect.stringMatching(words);
  return { status, body: { error: code, errorCode: code, errorDescription } };
}

const invalid = (words: string | RegExp) => refusal(400, "invalid_request", words);
const done = { status: 204, body: undefined };

function clientOf({ apiSecretKey, apiUrl, fetch }: Emulator) {
  return new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0 });
}

/** An emulator, and what sends a code by text message. */
function start(options: EmulatorOptions = {}) {
  const emulator = createEmulator(options);
  const authsignal = clientOf(emulator);
  const send = (to = phoneNumber) =>
    authsignal.challenge({ verificationMethod: "SMS", action: "withdraw", phoneNumber: to });
  return { emulator, authsignal, send };
}

describe("the outbox by HTTP", () => {
  it("lists messages, all or those that fit", async () => {
    const { emulator, authsignal, send } = start();
    expect(await call(emulator, "GET /_emulator/outbox")).toMatchObject({ status: 200, body: [] });
    await send();
    await authsignal.challenge({ verificationMethod: "EMAIL_OTP", action: "withdraw", email: "jo@example.com" });
    const text = { channel: "SMS", to: phoneNumber, code: "123456", action: "withdraw" };
    const mail = { channel: "EMAIL", to: "jo@example.com" };
    const { body } = await call(emulator, "GET /_emulator/outbox");
    expect(body).toMatchObject([text, mail]);
    expect(body).toEqual(emulator.outbox.list());
    expect((await call(emulator, "GET /_emulator/outbox?channel=EMAIL")).body).toMatchObject([mail]);
    expect((await call(emulator, "GET /_emulator/outbox?to=%2B64270000000")).body).toMatchObject([text]);
    expect((await call(emulator, "GET /_emulator/outbox?userId=nobody")).body).toEqual([]);
    expect(await call(emulator, "GET /_emulator/outbox?channel=PIGEON")).toMatchObject(
      invalid(/^query\.channel must be/),
    );
    expect(await call(emulator, "GET /_emulator/outbox?from=me")).toMatchObject(
      invalid("query.from is not in the spec"),
    );
  });

  it("is emptied, and codes that were sent go on working", async () => {
    const { emulator, authsignal, send } = start();
    const { challengeId } = await send();
    expect(await call(emulator, "DELETE /_emulator/outbox")).toMatchObject(done);
    expect(emulator.outbox.list()).toEqual([]);
    const result = await authsignal.verify({ challengeId, verificationCode: "123456" });
    expect(result.isVerified).toBe(true);
  });

  it("gives each message to one who waits for it: at once, or as soon as it is sent", async () => {
    const { emulator, send } = start();
    await send();
    await send("+64270000001");
    const next = (query = "") => call(emulator, `GET /_emulator/outbox/next${query}`);
    expect((await next("?to=%2B64270000001")).body).toMatchObject({ to: "+64270000001", isTaken: true });
    expect(await next()).toMatchObject({ status: 200, body: { to: phoneNumber } });
    const later = next("?to=%2B64270000002");
    await send("+64270000003");
    await send("+64270000002");
    expect((await later).body).toMatchObject({ to: "+64270000002" });
  });

  it("says what was sent instead when nothing comes in time", async () => {
    const { emulator, send } = start();
    await send();
    expect(await call(emulator, "GET /_emulator/outbox/next?userId=nobody&timeout=0")).toMatchObject(
      refusal(404, "not_found", /^No message for .*nobody.* within 0 ms\. The last messages: SMS to \+64270000000\./),
    );
    const tooLong = await call(emulator, "GET /_emulator/outbox/next?timeout=60001");
    expect(tooLong).toMatchObject(invalid("query.timeout must be <= 60000"));
  });
});

describe("the rules by HTTP", () => {
  it("are listed and replaced", async () => {
    const { emulator, authsignal } = start();
    emulator.rules.add({ outcome: "REVIEW", when: () => true });
    const track = async () => (await authsignal.track({ userId, action: "withdraw" })).state;
    expect(await call(emulator, "GET /_emulator/rules")).toMatchObject({ status: 200, body: [{ outcome: "REVIEW" }] });
    expect(await track()).toBe("REVIEW_REQUIRED");
    const body = [{ action: "withdraw", where: { custom: { isLarge: true } }, outcome: "BLOCK" }, { outcome: "ALLOW" }];
    expect(await call(emulator, "PUT /_emulator/rules", { body })).toMatchObject(done);
    expect((await call(emulator, "GET /_emulator/rules")).body).toMatchObject(body);
    expect(await track()).toBe("ALLOW");
    expect(await call(emulator, "PUT /_emulator/rules", { body: [{ outcome: "MAYBE" }] })).toMatchObject(
      invalid(/^body\[0\]\.outcome must be equal to one of the allowed values - allowedValues: ALLOW,/),
    );
    expect((await call(emulator, "GET /_emulator/rules")).body).toMatchObject(body);
  });

  it("are passed over by outcomes that wait in a queue", async () => {
    const { emulator, authsignal } = start();
    const body = [{ action: "withdraw", outcome: "BLOCK" }, { outcome: "REVIEW" }];
    expect(await call(emulator, "POST /_emulator/rules/next", { body })).toMatchObject(done);
    const states = [];
    for (const action of ["deposit", "withdraw", "withdraw"]) {
      states.push((await authsignal.track({ userId, action })).state);
    }
    expect(states).toEqual(["REVIEW_REQUIRED", "BLOCK", "ALLOW"]);
  });

  it("queue as many outcomes as a request can hold", async () => {
    const { emulator } = start();
    const body = Array.from({ length: 90_000 }, () => ({ outcome: "BLOCK" }));
    expect(await call(emulator, "POST /_emulator/rules/next", { body })).toMatchObject(done);
  });
});

describe("the clock by HTTP", () => {
  it("is set, moved, frozen and let go", async () => {
    const { emulator } = start();
    const move = async (body: unknown) => (await call(emulator, "POST /_emulator/clock", { body })).body;
    const now = "2031-01-15T03:04:05.000Z";
    expect(await move({ now, isFrozen: true })).toEqual({ now, isFrozen: true });
    expect(await move({ advance: "16m" })).toEqual({ now: "2031-01-15T03:20:05.000Z", isFrozen: true });
    expect(await move({ advance: -1_000 })).toEqual({ now: "2031-01-15T03:20:04.000Z", isFrozen: true });
    expect(await move({ now, advance: "1 day" })).toEqual({ now: "2031-01-16T03:04:05.000Z", isFrozen: true });
    expect((await call(emulator, "GET /_emulator/clock")).body).toEqual(await move({}));
    expect(await move({ isFrozen: false })).toMatchObject({ isFrozen: false });
    expect(emulator.clock.isFrozen).toBe(false);
    expect(emulator.clock.now().getFullYear()).toBe(2031);
  });

  it.each([
    [{ advance: "16 parsecs" }, /16 parsecs is no duration: pass milliseconds, or a text such as "16m"/],
    [{ advance: "" }, /body\.advance must be milliseconds, or a text such as "16m"/],
    [{ advance: "9".repeat(100_000) }, /body\.advance must be/],
    [{ advance: true }, /body\.advance must be string,number/],
    [{ advance: 1e15 }, /between the years 1971 and 8999/],
    [{ advance: -1e15 }, /between the years 1971 and 8999/],
    [{ advance: 1e300 }, /Invalid Date/],
    [{ now: "tomorrow" }, /body\.now must match format "date-time"/],
    [{ now: "2031-01-15T23:59:60Z" }, /cannot be set to 2031-01-15T23:59:60Z/],
    [{ back: "16m" }, "body.back is not in the spec"],
    [undefined, /^body must be object/],
  ])("stays where it is after %j", async (body, words) => {
    const { emulator } = start();
    const now = "2031-01-15T03:04:05.000Z";
    emulator.clock.freeze(now);
    expect(await call(emulator, "POST /_emulator/clock", { body })).toMatchObject(invalid(words));
    expect((await call(emulator, "GET /_emulator/clock")).body).toEqual({ now, isFrozen: true });
  });
});

describe("faults by HTTP", () => {
  it("happen, are listed until then, and are taken away", async () => {
    const { emulator, authsignal } = start();
    const fault = { operations: ["getUser"], times: 1, status: 503, headers: { "x-note": "soon" } };
    expect(await call(emulator, "POST /_emulator/faults", { body: fault })).toMatchObject(done);
    expect(await call(emulator, "GET /_emulator/faults")).toMatchObject({ status: 200, body: [fault] });
    await expect(authsignal.getUser({ userId })).rejects.toMatchObject({ statusCode: 503 });
    expect((await call(emulator, "GET /_emulator/faults")).body).toEqual([]);
    await call(emulator, "POST /_emulator/faults", { body: { status: 500 } });
    expect(await call(emulator, "DELETE /_emulator/faults")).toMatchObject(done);
    expect(await authsignal.getUser({ userId })).toMatchObject({ isEnrolled: false });
  });

  it.each([
    [{ operations: ["getUsers"] }, /there is no getUsers\. There is getUser, queryUsers/],
    [{ operations: ["track", "TRACK"] }, /there is no TRACK\. There is track/],
    [{ operations: ["x"] }, /there is no x\. There is \w+, \w+, \w+/],
    [{ headers: { "a b": "1" } }, /"a b" is an invalid header name/],
    [{ retryAfter: "a\nb" }, /invalid header value/],
    [{ status: 204, connection: "cut" }, /status/],
    [{ status: 700 }, "body.status must be <= 599"],
    [{ times: 0 }, "body.times must be >= 1"],
    [{ every: 2 }, "body.every is not in the spec"],
  ])("are refused when they make no sense: %j", async (body, words) => {
    const { emulator } = start();
    expect(await call(emulator, "POST /_emulator/faults", { body })).toMatchObject(invalid(words));
    expect(emulator.faults.list()).toEqual([]);
  });
});

describe("the state by HTTP", () => {
  it("goes from one tenant to another", async () => {
    const { emulator, authsignal, send } = start();
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
    await send();
    emulator.clock.freeze("2031-01-15T03:04:05.000Z");
    const { status, body } = await call(emulator, "GET /_emulator/state");
    expect(status).toBe(200);
    const key = "sk_emulator_other";
    expect(await call(emulator, "PUT /_emulator/state", { body, key })).toMatchObject(done);
    expect((await call(emulator, "GET /_emulator/state", { key })).body).toEqual(body);
    expect(emulator.tenant(key).export()).toEqual(emulator.export());
  });

  it("stays as it is when a seed is refused", async () => {
    const { emulator } = start();
    emulator.import({ users: [{ userId }] });
    const before = emulator.export();
    const send = (body: unknown) => call(emulator, "PUT /_emulator/state", { body });
    const lacking = { authenticators: [{ userId: "usr_2", verificationMethod: "SMS" }] };
    expect(await send(lacking)).toMatchObject(invalid("authenticators[0]: phoneNumber is required for SMS"));
    expect(await send({ users: [{}] })).toMatchObject(invalid("body.users[0].userId is required"));
    expect(await send({ people: [] })).toMatchObject(invalid("body.people is not in the spec"));
    expect(await send({ clock: { offset: 1e300 } })).toMatchObject(invalid(/between the years/));
    expect(emulator.export()).toEqual(before);
  });

  it("is emptied, with rules, faults, request log and clock", async () => {
    const { emulator, authsignal, send } = start();
    await send();
    await authsignal.track({ userId, action: "withdraw" });
    const empty = createEmulator().export();
    emulator.rules.set("withdraw", "BLOCK");
    emulator.rules.next("REVIEW");
    emulator.faults.add({ status: 500 });
    emulator.clock.advance("1d");
    expect(await call(emulator, "POST /_emulator/reset")).toMatchObject(done);
    expect(emulator.export()).toEqual(empty);
    expect(emulator.faults.list()).toEqual([]);
    expect(emulator.requests.list()).toEqual([]);
  });

  it("is not let out when it is not what the spec says", async () => {
    const { emulator } = start();
    emulator.tenant(emulator.apiSecretKey).state.messages.put(JSON.parse('{"messageId":1}'));
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const words = /The answer of getMessages is not what the spec says: .*answer\[0\]\.to is required/;
    expect(await call(emulator, "GET /_emulator/outbox")).toMatchObject(refusal(500, "emulator_defect", words));
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

describe("the request log by HTTP", () => {
  it("holds requests to the API, and none to the control API", async () => {
    const { emulator, authsignal } = start();
    await call(emulator, "GET /_emulator/clock");
    await authsignal.getUser({ userId });
    const { status, body } = await call(emulator, "GET /_emulator/requests");
    expect(status).toBe(200);
    expect(body).toMatchObject([{ method: "GET", path: "/v1/users/usr_1", operation: "getUser", status: 200 }]);
    expect(JSON.stringify(body)).not.toContain(emulator.apiSecretKey);
  });
});

describe("/health", () => {
  it("answers everybody", async () => {
    const { emulator } = start();
    const answer = { status: 200, body: { status: "ok", version } };
    const headers = { host: "emulator:4300", origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect(await call(emulator, "GET /health")).toMatchObject(answer);
    expect(await call(emulator, "GET /health", { headers, key: "sk_live_1" })).toMatchObject(answer);
    expect(await call(emulator, "HEAD /health")).toMatchObject({ status: 200, body: undefined });
  });
});

describe("a control request", () => {
  it("is about the default tenant, or that of its key", async () => {
    const { emulator } = start();
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
      const { emulator } = start();
      const unauthorized = refusal(401, "unauthorized", /The request is unauthorized/);
      expect(await call(emulator, "POST /_emulator/reset", { key })).toMatchObject(unauthorized);
    },
  );

  it("is refused with a key of another kind", async () => {
    const { emulator } = start();
    const headers = { authorization: `Bearer ${emulator.apiSecretKey}` };
    expect((await call(emulator, "POST /_emulator/reset", { headers })).status).toBe(401);
  });

  it("has no unknown fields, even where the API lets them pass", async () => {
    const { emulator } = start({ strict: false });
    const words = invalid("body.colour is not in the spec");
    expect(await call(emulator, "POST /_emulator/clock", { body: { colour: "red" } })).toMatchObject(words);
    expect(await call(emulator, "PUT /_emulator/state", { body: { colour: "red" } })).toMatchObject(words);
    expect((await call(emulator, "GET /_emulator/clock?colour=red")).status).toBe(400);
  });

  it("hears what there is when it goes nowhere", async () => {
    const { emulator } = start();
    const all = Object.values(routes).join(", ");
    for (const route of ["GET /_emulator", "GET /_emulator/clocks", "DELETE /_emulator/clock"]) {
      const words = `${route} is not in the spec. There are ${all}`;
      expect(await call(emulator, route)).toMatchObject(refusal(404, "not_found", words));
    }
  });

  it("has a body that is JSON, and says so", async () => {
    const { emulator } = start();
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
    expect(await put(" ")).toMatchObject(invalid(/^body must be array/));
    expect(await put(`${"[".repeat(100)}${"]".repeat(100)}`)).toMatchObject(
      invalid("body must not be deeper than 64 levels"),
    );
  });
});

describe("whoever may not steer the emulator", () => {
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
    const rebound = await emulator.fetch(`http://evil.example${route.split(" ")[1]}`, { method: route.split(" ")[0] });
    expect(rebound.status).toBe(403);
  });

  it("is also refused where there is nothing", async () => {
    const { emulator } = start();
    expect((await call(emulator, "GET /_emulator/nothing", { headers: { host: "evil.example" } })).status).toBe(403);
  });

  it.each<Record<string, string>>([
    {},
    { host: "LOCALHOST:1" },
    { host: "emulator:4300", origin: "http://emulator:3000" },
    { host: "[::1]:4300", "sec-fetch-site": "same-origin" },
    { origin: "http://app.localhost:3000", "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ])("is not whoever sends %j", async (headers) => {
    const emulator = createEmulator({ allowedHosts: ["Emulator"] });
    const { status, headers: answered } = await call(emulator, "GET /_emulator/clock", { headers });
    expect(status).toBe(200);
    expect([...answered.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("gets no leave from a preflight request", async () => {
    const { emulator } = start();
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

describe("a host", () => {
  const allowed = ["emulator", "Ci.Example:80", "[fd00::1]"];

  it.each([
    "localhost",
    "LocalHost:4300",
    "emulator.localhost",
    "a.b-c.localhost:1",
    "127.0.0.1",
    "127.255.0.9:65535",
    "[::1]",
    "[::1]:4300",
    "emulator",
    "EMULATOR:4300",
    "ci.example",
    "ci.example:8080",
    "[FD00::1]:1",
  ])("is allowed as %s", (host) => expect(isAllowedHost(host, allowed)).toBe(true));

  it.each([
    "",
    " ",
    ":4300",
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1.localhost.evil.example",
    "notlocalhost",
    ".localhost",
    "a..localhost",
    "localhost.",
    "user@localhost",
    "localhost@evil.example",
    "localhost:80@evil.example",
    "localhost:4300:4300",
    "localhost:x",
    "localhost/..",
    "localhost#",
    "localhost\n",
    " localhost",
    "localhost,evil.example",
    "http://localhost",
    "127.1",
    "127.0.0.01",
    "127.0.0.256",
    "127.0.0.1.",
    "0x7f.0.0.1",
    "2130706433",
    "128.0.0.1",
    "0.0.0.0",
    "::1",
    "[::1",
    "[::1]x",
    "[::2]",
    "[::ffff:127.0.0.1]",
    "loc\u0430lhost",
    "emulator.example",
    "x.emulator",
    "fd00::1",
  ])("is refused as %j", (host) => expect(isAllowedHost(host, allowed)).toBe(false));

  it("is not allowed because one that is allowed makes no sense", () => {
    expect(isAllowedHost("evil example", ["evil example", ""])).toBe(false);
    expect(isAllowedHost("", [""])).toBe(false);
  });

  it("is looked at quickly however long it is", () => {
    for (const host of ["a.".repeat(500_000), "a".repeat(1_000_000), "[".repeat(1_000_000), "127.".repeat(250_000)]) {
      expect(isAllowedHost(`${host}!`, allowed)).toBe(false);
    }
  });
});
