import { Authsignal as Official } from "@authsignal/node";
import { describe, expect, it } from "vitest";
import { samples } from "../../../generated/authsignal-events.ts";
import { events } from "../../../generated/authsignal-validators.js";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import type { EventType, WebhooksConfiguration } from "../../../src/emulator/index.ts";
import { InvalidSignatureError, Webhook } from "../../../src/index.ts";
import { clientOf, email, phoneNumber, start, userId } from "../../support/emulator/emulator.ts";
import { eventOf, KEY, receiver, statuses, typesOf } from "../../support/emulator/webhooks.ts";
import { closedUrl } from "../../support/server.ts";

// What every delivery is like, whatever it tells.

const TYPES = Object.keys(samples) as EventType[];
const uuid = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe("a delivery", () => {
  it("is a signed POST whose envelope names the tenant and has the time of its clock", async () => {
    await using server = await receiver();
    const { emulator, enroll } = start({ webhooks: { url: `${server.url}/hooks?a=b` } });
    emulator.clock.freeze("2031-01-15T03:04:05.678Z");
    await enroll();
    await emulator.webhooks.settle();

    const [request, ...others] = server.received;
    if (!request) throw new Error("Nothing was received");
    expect(others).toEqual([]);
    expect(request).toMatchObject({ method: "POST", path: "/hooks?a=b" });
    expect(request.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": expect.stringMatching(/^authsignal-emulator\/\d+\.\d+\.\d+/),
      "x-signature-v2": expect.stringMatching(/^t=\d{10},v2=[\w+/]{43}$/),
      "content-length": `${Buffer.byteLength(request.body)}`,
    });
    expect(eventOf(request)).toEqual({
      version: 1,
      id: expect.stringMatching(uuid),
      source: "https://authsignal.com",
      time: "2031-01-15T03:04:05.678Z",
      tenantId: emulator.tenantId,
      type: "authenticator.created",
      data: {
        userId,
        verificationMethod: "SMS",
        phoneNumber,
        createdAt: "2031-01-15T03:04:05.678Z",
        userAuthenticatorId: expect.stringMatching(uuid),
      },
    });
  });

  it("is in the log with the very bytes that were sent, and with no key", async () => {
    await using server = await receiver((response) => response.writeHead(202).end("Thank you – merci 🎈"));
    const { emulator, enroll } = start({ webhooks: { url: server.url, secondKey: "sk_emulator_second" } });
    await enroll("usr_zoë 🎈");
    await emulator.webhooks.settle();

    expect(emulator.webhooks.deliveries()).toEqual([
      {
        deliveryId: expect.stringMatching(uuid),
        type: "authenticator.created",
        url: server.url,
        body: server.received[0]?.body,
        mode: "asynchronous",
        attempts: [
          { at: expect.any(String), status: 202, response: "Thank you – merci 🎈", duration: expect.any(Number) },
        ],
        createdAt: expect.any(String),
        state: "delivered",
      },
    ]);
    expect(server.received[0]?.body).toContain("usr_zoë 🎈");
    expect(JSON.stringify(emulator.webhooks.deliveries())).not.toContain("sk_emulator");
    expect(JSON.stringify(emulator.requests.list())).not.toContain("sk_emulator");
  });

  it("is signed by both keys while two are active", async () => {
    await using server = await receiver();
    await using emulator = createEmulator({ webhooks: { url: server.url, secondKey: "sk_emulator_second" } });
    await emulator.webhooks.sendSample("sms.created");
    const [request] = server.received;
    if (!request) throw new Error("Nothing was received");
    expect(request.headers["x-signature-v2"]).toMatch(/^t=\d+,v2=[\w+/]{43},v2=[\w+/]{43}$/);
    expect(eventOf(request, KEY)).toEqual(eventOf(request, "sk_emulator_second"));
  });

  it("is refused by both clients once it is tampered with", async () => {
    await using server = await receiver();
    await using emulator = createEmulator({ webhooks: { url: server.url } });
    await emulator.webhooks.sendSample("sms.created");
    const [request] = server.received;
    if (!request) throw new Error("Nothing was received");
    const signature = `${request.headers["x-signature-v2"]}`;
    const body = request.body.replace("000111", "000112");
    expect(body).not.toBe(request.body);
    expect(() => new Webhook(KEY).constructEvent(body, signature)).toThrow(InvalidSignatureError);
    expect(() => new Official({ apiSecretKey: KEY }).webhook.constructEvent(body, signature)).toThrow(/mismatch/);
    expect(() => new Webhook("sk_emulator_other").constructEvent(request.body, signature)).toThrow(/mismatch/);
  });

  it("needs no port with the option fetch", async () => {
    const seen: Request[] = [];
    const fetch = (request: Request) => {
      seen.push(request);
      return new Response("ok");
    };
    const { emulator, enroll } = start({ webhooks: { url: "http://app.local/hooks" }, fetch });
    await enroll();
    await emulator.webhooks.settle();
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST http://app.local/hooks"]);
    const [request] = seen;
    if (!request) throw new Error("Nothing was received");
    expect(await new Webhook(KEY).constructEventFromRequest(request)).toMatchObject({ type: "authenticator.created" });
  });

  it("keeps only the beginning of an endless response", async () => {
    await using server = await receiver((response) => {
      response.on("error", () => {}).writeHead(200);
      const more = () => void (response.writable && response.write("x".repeat(5_000), more));
      more();
    });
    await using emulator = createEmulator({ webhooks: { url: server.url } });
    const { state, attempts } = await emulator.webhooks.sendSample("sms.created");
    expect({ state, response: attempts[0]?.response }).toEqual({ state: "delivered", response: "x".repeat(2_000) });
  });

  it("goes to the URL of its type, or to the one for all, or nowhere", async () => {
    await using server = await receiver();
    const { emulator, enroll, authsignal } = start({
      webhooks: { urls: { "authenticator.created": `${server.url}/created` } },
    });
    await enroll();
    await authsignal.deleteUser({ userId });
    await emulator.webhooks.settle();
    expect(server.received.map(({ path }) => path)).toEqual(["/created"]);
    emulator.webhooks.configure({ url: `${server.url}/all`, urls: { "authenticator.created": `${server.url}/one` } });
    await enroll();
    await authsignal.deleteUser({ userId });
    await emulator.webhooks.settle();
    expect(server.received.map(({ path }) => path).sort()).toEqual(["/all", "/created", "/one"]);
    emulator.webhooks.configure({});
    await enroll();
    await emulator.webhooks.settle();
    expect(server.received).toHaveLength(3);
  });
});

describe("a sample", () => {
  it.each(TYPES)("of %s is a genuine event of this tenant", async (type) => {
    await using server = await receiver();
    await using emulator = createEmulator({ webhooks: { url: server.url } });
    emulator.clock.freeze("2031-01-15T03:04:05.678Z");
    const before = { ...emulator.export(), deliveries: [] };
    const delivery = await emulator.webhooks.sendSample(type);
    expect(delivery).toMatchObject({ type, url: server.url, state: "delivered", attempts: [{ status: 204 }] });
    expect({ ...emulator.export(), deliveries: [] }).toEqual(before);

    const [request] = server.received;
    if (!request) throw new Error("Nothing was received");
    const event = eventOf(request);
    expect(events[type](event)).toBe(true);
    const [one] = "records" in event ? event.records : [event];
    const { tenantId } = emulator;
    expect(one).toMatchObject({ type, tenantId, time: "2031-01-15T03:04:05.678Z", id: expect.stringMatching(uuid) });
    if (!one || !("id" in one)) throw new Error("No event has an id");
    expect(JSON.stringify(samples)).not.toContain(one.id);
    if ("record" in one) expect(one.record.tenantId).toBe(tenantId);
  });

  it("is sent once, whatever the response", async () => {
    await using server = await receiver(statuses(500));
    await using emulator = createEmulator({ webhooks: { url: server.url } });
    for (const type of TYPES) {
      expect(await emulator.webhooks.sendSample(type)).toMatchObject({ state: "failed", attempts: [{ status: 500 }] });
    }
    emulator.clock.advance("1h");
    await emulator.webhooks.settle();
    expect(server.received).toHaveLength(9);
  });

  it("is rejected without a URL, and for unknown events", async () => {
    await using emulator = createEmulator();
    await expect(emulator.webhooks.sendSample("sms.created")).rejects.toThrow(
      new TypeError("No URL is configured for sms.created: pass one to webhooks.configure({ url }) first"),
    );
    const wrong = "sms.sent" as EventType;
    await expect(emulator.webhooks.sendSample(wrong)).rejects.toThrow(/^There is no event sms\.sent\. There are email/);
    expect(emulator.webhooks.deliveries()).toEqual([]);
  });
});

describe("the configuration", () => {
  it("is that of the emulator until a tenant has its own, and again after a reset", async () => {
    const webhooks = { url: "http://app.local/all", timeout: 500, logDelay: "1m" };
    await using emulator = createEmulator({ webhooks, fetch: () => new Response() });
    const tenant = emulator.tenant();
    expect([emulator.webhooks.configuration, tenant.webhooks.configuration]).toEqual([webhooks, webhooks]);
    expect(emulator.export()).not.toHaveProperty("webhooks");

    tenant.webhooks.configure({ url: "http://app.local/own" });
    expect(tenant.webhooks.configuration).toEqual({ url: "http://app.local/own" });
    expect(tenant.export().webhooks).toEqual({ url: "http://app.local/own" });
    expect(emulator.webhooks.configuration).toEqual(webhooks);
    tenant.reset();
    expect(tenant.webhooks.configuration).toEqual(webhooks);
  });

  it("is a copy", async () => {
    const webhooks: WebhooksConfiguration = { urls: { "sms.created": "http://app.local/" } };
    await using emulator = createEmulator({ webhooks });
    Object.assign(webhooks.urls ?? {}, { "sms.created": "http://evil.local/" });
    Object.assign(emulator.webhooks.configuration, { url: "http://evil.local/" });
    expect(emulator.webhooks.configuration).toEqual({ urls: { "sms.created": "http://app.local/" } });
  });

  const SECRET = "sk_live_secret";
  it.each<[string, unknown, RegExp]>([
    ["no URL", { url: "/hooks" }, /^webhooks\.url must be an absolute http or https URL .* such as http:/],
    ["another scheme", { url: "file:///etc/passwd" }, /^webhooks\.url must be an absolute/],
    ["credentials", { url: "http://jo:sk_live_secret@app.local/" }, /^webhooks\.url must be .*without user and pass/],
    ["a bad URL of a type", { urls: { "sms.created": "app.local" } }, /^webhooks\.urls\["sms\.created"\] must be/],
    ["an event that is none", { urls: { "sms.sent": "http://a/" } }, /^webhooks\.urls\.sms\.sent is not in the spec$/],
    ["no object", "http://app.local/", /^webhooks must be object$/],
    ["a misspelt field", { uri: "http://app.local/" }, /^webhooks\.uri is not in the spec$/],
    ["no time", { timeout: 0 }, /^webhooks\.timeout must be >= 1$/],
    ["too much time", { timeout: 600_001 }, /^webhooks\.timeout must be <= 600000$/],
    ["a delay that is none", { logDelay: "soon" }, /^webhooks\.logDelay must be milliseconds, or a text such as "15m"/],
    ["a negative delay", { logDelay: -1 }, /^webhooks\.logDelay must be/],
    ["a real key", { secondKey: SECRET }, /^webhooks\.secondKey must match pattern/],
  ])("with %s is refused, and changes nothing", async (_name, wrong, words) => {
    const webhooks = wrong as WebhooksConfiguration;
    await using emulator = createEmulator();
    for (const attempt of [() => emulator.webhooks.configure(webhooks), () => emulator.import({ webhooks })]) {
      expect(attempt).toThrow(TypeError);
      expect(attempt).not.toThrow(SECRET);
    }
    expect(() => emulator.webhooks.configure(webhooks)).toThrow(words);
    expect(() => createEmulator({ webhooks })).toThrow(TypeError);
    expect(emulator.webhooks.configuration).toEqual({});
  });

  it("with a fetch that is no function is rejected", () => {
    const fetch = "http://app.local/" as unknown as () => Response;
    expect(() => createEmulator({ fetch })).toThrow(new TypeError("fetch must be function, not string"));
  });
});

describe("the log", () => {
  it("is found by type and state", async () => {
    await using server = await receiver(statuses(200, 500));
    await using emulator = createEmulator({ webhooks: { url: server.url } });
    await emulator.webhooks.sendSample("sms.created");
    await emulator.webhooks.sendSample("sms.created");
    await emulator.webhooks.sendSample("email.created");
    const found = (filter: Parameters<typeof emulator.webhooks.deliveries>[0]) =>
      emulator.webhooks.deliveries(filter).map(({ type, state }) => `${type} ${state}`);
    expect(found({})).toEqual(["sms.created delivered", "sms.created failed", "email.created failed"]);
    expect(found({ type: "sms.created" })).toEqual(["sms.created delivered", "sms.created failed"]);
    expect(found({ state: "failed" })).toEqual(["sms.created failed", "email.created failed"]);
    expect(found({ type: "email.created", state: "delivered" })).toEqual([]);
    expect(() => found(Object({ kind: "sms.created" }))).toThrow(/found by \{ type, state \}\. There is no kind/);
    expect(() => found(Object({ type: "sms.sent" }))).toThrow(/There is no event sms\.sent/);
  });

  it("keeps the last 1,000, and what is not delivered yet longest", async () => {
    const fetch = (request: Request) => new Response(null, { status: request.url.endsWith("/down") ? 500 : 200 });
    const url = "http://app.local/";
    const webhooks = { url, urls: { "authenticator.deleted": `${url}down` } };
    const { emulator, enroll, authsignal } = start({ webhooks, fetch });
    await enroll();
    await authsignal.deleteUser({ userId });
    await emulator.webhooks.settle();
    for (let count = 0; count < 1_001; count += 1) await emulator.webhooks.sendSample("sms.created");
    const deliveries = emulator.webhooks.deliveries();
    expect(deliveries).toHaveLength(1_000);
    expect(deliveries.slice(0, 2)).toMatchObject([
      { type: "authenticator.deleted", state: "pending" },
      { type: "sms.created" },
    ]);
  });

  it("of one tenant has nothing of another, and neither key signs for the other", async () => {
    await using server = await receiver();
    await using emulator = createEmulator({ webhooks: { url: server.url } });
    const tenant = emulator.tenant("sk_emulator_other");
    const enroll = (apiSecretKey: string, number: string) =>
      clientOf(emulator, { apiSecretKey }).enrollVerifiedAuthenticator({
        userId,
        attributes: { verificationMethod: "EMAIL_OTP", email: `${number}@example.com` },
      });
    await enroll(KEY, "one");
    await enroll("sk_emulator_other", "two");
    await Promise.all([emulator.webhooks.settle(), tenant.webhooks.settle()]);
    const told = server.received.map((one) => ({ one, isOurs: one.body.includes("one@example.com") }));
    expect(told.map(({ isOurs }) => isOurs).sort()).toEqual([false, true]);
    for (const { one, isOurs } of told) {
      const owner = isOurs ? emulator : tenant;
      expect(eventOf(one, owner.apiSecretKey)).toMatchObject({ tenantId: owner.tenantId });
      expect(() => eventOf(one, isOurs ? tenant.apiSecretKey : emulator.apiSecretKey)).toThrow(/mismatch/);
      expect(owner.webhooks.deliveries().map(({ body }) => body)).toEqual([one.body]);
    }
  });

  it("says why there was no response", async () => {
    const url = await closedUrl();
    const cases: [WebhooksConfiguration, (() => Response | Promise<Response>) | undefined, RegExp][] = [
      [{ url }, undefined, /^connect ECONNREFUSED 127\.0\.0\.1:\d+$/],
      [{ url, timeout: 5 }, () => new Promise(() => {}), /^There was no whole answer within 5 ms$/],
      [{ url, timeout: 5 }, () => new Response(new ReadableStream({})), /^There was no whole answer within 5 ms$/],
      [{ url }, () => Promise.reject(new Error("Oops")), /^Oops$/],
      [{ url }, () => Promise.reject(Object.create(null)), /^The function fetch failed$/],
      [{ url }, () => Object({}), /^The function fetch gave no Response$/],
    ];
    for (const [webhooks, fetch, words] of cases) {
      await using emulator = createEmulator({ webhooks, fetch });
      const { state, attempts } = await emulator.webhooks.sendSample("sms.created");
      expect({ state, error: attempts[0]?.error }).toEqual({ state: "failed", error: expect.stringMatching(words) });
    }
  });

  it("is in the order in which events happened", async () => {
    await using server = await receiver();
    const { emulator, enroll, authsignal } = start({ webhooks: { url: server.url } });
    await enroll();
    await emulator.webhooks.settle();
    await authsignal.updateUser({ userId, attributes: { email } });
    await authsignal.deleteUser({ userId });
    await emulator.webhooks.settle();
    expect(typesOf(server)).toEqual(["authenticator.created", "authenticator.deleted"]);
  });
});
