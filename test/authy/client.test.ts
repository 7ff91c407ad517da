import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type AuthyApi, AuthyApiClient, createAuthyClient, MessageResult } from "../../src/authy/index.ts";
import { snakeCase } from "../../src/index.ts";
import { AUTHY_ID, authyAt, KEY, SENT } from "../support/authy/support.ts";
import { VECTORS } from "../support/authy/vectors.ts";
import { failureOf } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

const PARTS = ["users", "tokens", "apps", "stats", "phones", "oneTouch", "devices"] as const;
const CLOSED = "http://127.0.0.1:9";

describe("the Authy client beside other software", () => {
  it("works through a Proxy, and so do its parts and their results", async () => {
    await using server = await serve((response) => json(response, 200, SENT));
    const authy = new Proxy(authyAt(server.url), {});
    const sent = new Proxy(await new Proxy(authy.users, {}).requestSms(AUTHY_ID), {});
    expect([sent.ok(), sent.errors(), sent.ignored()]).toEqual([true, {}, false]);
    const vector = VECTORS.find(({ isGood }) => isGood);
    const oneTouch = new Proxy(authyAt(CLOSED, { apiKey: vector?.key ?? "" }).oneTouch, {});
    expect(vector && oneTouch.validateOneTouchSignature(vector)).toBe(true);
    expect((await snakeCase(authy).users.request_sms(AUTHY_ID)).ok()).toBe(true);
  });

  it("can be stubbed by a class with the same methods", async () => {
    const { tokens, apps, stats, phones, oneTouch, devices, users } = authyAt(CLOSED);
    class Fake implements AuthyApiClient {
      readonly apiUrl = CLOSED;
      readonly version = "0.0.0";
      readonly users = {
        create: users.create,
        requestCall: users.requestCall,
        requestEmail: users.requestEmail,
        status: users.status,
        delete: users.delete,
        generateQr: users.generateQr,
        registrationStatus: users.registrationStatus,
        update: users.update,
        registerActivity: users.registerActivity,
        exportPhoneNumber: users.exportPhoneNumber,
        exportSecret: users.exportSecret,
        requestSms: async () => new MessageResult({ ...SENT, message: "Stubbed" }),
      };
      readonly tokens = tokens;
      readonly apps = apps;
      readonly stats = stats;
      readonly phones = phones;
      readonly oneTouch = oneTouch;
      readonly devices = devices;
    }
    const both: (AuthyApiClient & AuthyApi)[] = [new Fake()];
    const [fake = authyAt(CLOSED)] = both;
    expect((await fake.users.requestSms(1)).content).toMatchObject({ message: "Stubbed" });
    expect((await snakeCase(fake).users.request_sms(1)).content).toMatchObject({ message: "Stubbed" });
    const spy = vi.spyOn(snakeCase(fake).users, "request_sms").mockRejectedValue(new Error("down"));
    await expect(snakeCase(fake).users.request_sms(1)).rejects.toThrow("down");
    expect(spy).toHaveBeenCalledWith(1);
  });

  it("says what to do when a method was taken from its object", async () => {
    const { requestSms } = authyAt(CLOSED).users;
    expect(await failureOf(requestSms(1))).toMatchObject({
      name: "AuthyError",
      errorCode: "invalid_argument",
      message: expect.stringContaining("Call it like authy.users.create(…)"),
    });
  });

  it("shows its key in no inspection, of it or of a part", () => {
    const authy = authyAt(CLOSED);
    const inspected: object[] = [authy, ...PARTS.map((part) => authy[part]), snakeCase(authy), snakeCase(authy).users];
    inspected.push(createAuthyClient({ apiKey: KEY, apiUrl: CLOSED }));
    for (const one of inspected) {
      const options = { showHidden: true, depth: null, getters: true, showProxy: true };
      expect(inspect(one, options)).not.toContain("AuthyExampleKey");
      expect(JSON.stringify(one)).not.toContain("AuthyExampleKey");
      expect(inspect(Object.getOwnPropertyDescriptors(one), options)).not.toContain("AuthyExampleKey");
      expect(inspect({ ...one }, options)).not.toContain("AuthyExampleKey");
    }
    expect(JSON.stringify(structuredClone(authy.users))).toBe("{}");
    expect(Object.keys(authy)).toEqual(["version", "apiUrl", ...PARTS]);
  });

  it("refuses an argument of a view with its own errors", async () => {
    const view = snakeCase(authyAt(CLOSED));
    const request = { action_message: "a", ...{ actionMessage: "b" } };
    expect(await failureOf(view.users.request_sms(1, request))).toMatchObject({
      name: "AuthyError",
      errorCode: "invalid_argument",
      message: expect.stringMatching(/action_message and actionMessage are two names of one field/),
    });
    const vector = VECTORS.find(({ isGood }) => isGood);
    const parts = { ...Object(vector), someMap: new Map(), some_map: 1 };
    expect(view.one_touch.validate_one_touch_signature(parts)).toBe(false);
  });

  it("leaves the names of an HTTP request alone", async () => {
    const headers = { x_authy_signature: "s", "x-authy-signature": "s", "x-authy-signature-nonce": "n" };
    const seen: unknown[] = [];
    const stub = {
      oneTouch: { readCallback: async (request: object, options: object) => seen.push(request, options) },
    };
    const request = { method: "POST", url: "/authy", headers, body: "{}" };
    await snakeCase(stub).one_touch.read_callback(request, { trusted_headers: { host: "x" } });
    expect(seen).toEqual([request, { trustedHeaders: { host: "x" } }]);
    expect(seen[0]).toBe(request);
  });
});

describe("the options of the Authy client", () => {
  afterEach(() => {
    for (const name of ["apiUrl", "allowInsecureHttp", "throwOnFailure"])
      Reflect.deleteProperty(Object.prototype, name);
  });

  it("are read as own properties", async () => {
    await using server = await serve((response) => json(response, 401, {}));
    const inherited = { apiUrl: "http://evil.example", allowInsecureHttp: true, throwOnFailure: true };
    for (const [name, value] of Object.entries(inherited)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    }
    expect(new AuthyApiClient({ apiKey: KEY }).apiUrl).toBe("https://api.authy.com");
    expect(() => new AuthyApiClient({ apiKey: KEY, apiUrl: "http://evil.example" })).toThrow(/https/);
    const result = await new AuthyApiClient({ apiKey: KEY, apiUrl: server.url }).users.requestSms(1);
    expect(result.ok()).toBe(false);
    expect(server.received).toHaveLength(1);
  });

  it("may come from a class, with its fields and getters", () => {
    class Config {
      apiKey = KEY;
      comment = "of the team";
      get apiUrl(): string {
        return "https://gateway.example.com";
      }
    }
    expect(new AuthyApiClient(new Config()).apiUrl).toBe("https://gateway.example.com");
  });

  it.each([
    ["baseUrl", "https://gateway.example.com", " Did you mean apiUrl?"],
    ["apiURL", "https://gateway.example.com", " Did you mean apiUrl?"],
    ["api_key", KEY, " Did you mean apiKey?"],
    ["region", "us", ""],
  ])("are refused when %s is among them", async (name, value, hint) => {
    const options = { apiKey: KEY, [name]: value };
    const problem = `There is no option "${name}".${hint} The options are timeout, retries, headers, fetch`;
    const refusal = {
      name: "AuthyError",
      errorCode: "invalid_argument",
      errorDescription: expect.stringContaining(problem),
    };
    expect(await failureOf(made(() => new AuthyApiClient(options)))).toMatchObject(refusal);
    expect(await failureOf(made(() => createAuthyClient(options)))).toMatchObject(refusal);
  });

  it("are refused for the typed client when they are those of the other one", async () => {
    const options = { apiKey: KEY, throwOnFailure: true };
    expect(await failureOf(made(() => createAuthyClient(options)))).toMatchObject({
      message: expect.stringContaining('There is no option "throwOnFailure"'),
    });
    expect(new AuthyApiClient(options).apiUrl).toBe("https://api.authy.com");
  });

  it("may name unknown ones that are undefined", () => {
    const options = { apiKey: KEY, baseUrl: undefined, apiUrl: undefined };
    expect(new AuthyApiClient(options).apiUrl).toBe("https://api.authy.com");
  });

  it.each([
    [undefined, "apiKey is missing"],
    [null, "apiKey is missing"],
    ["key", "The options must be an object"],
  ])("must be an object, not %s", async (options, problem) => {
    expect(await failureOf(made(() => Reflect.construct(AuthyApiClient, [options])))).toMatchObject({
      errorCode: "invalid_argument",
      message: expect.stringContaining(problem),
    });
  });
});

/** What a constructor makes, as a promise that rejects when it throws. */
async function made(make: () => unknown): Promise<unknown> {
  return make();
}
