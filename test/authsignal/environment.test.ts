import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAuthsignalClient } from "../../src/client.ts";
import { Authsignal, type AuthsignalOptions, CallConnect } from "../../src/index.ts";
import { failureOf, SECRET, USER } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

const REFUSED = { name: "AuthsignalError", errorCode: "invalid_argument", attempts: 0, mayHaveBeenProcessed: false };
const MISSING = /apiSecretKey.*AUTHSIGNAL_SECRET_KEY/;

beforeEach(() => {
  for (const name of ["AUTHSIGNAL_SECRET_KEY", "AUTHSIGNAL_API_URL", "AUTHSIGNAL_REGION"]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The key that a client signs in with. */
async function keyOf(options?: AuthsignalOptions): Promise<string> {
  await using server = await serve((response) => json(response, 200, USER));
  await new Authsignal({ ...options, apiUrl: server.url }).getUser({ userId: "u" });
  const encoded = server.received[0]?.headers.authorization?.replace("Basic ", "") ?? "";
  return Buffer.from(encoded, "base64").toString().replace(/:$/, "");
}

describe("the environment", () => {
  it("gives the key, the region and the address that were left out", async () => {
    vi.stubEnv("AUTHSIGNAL_SECRET_KEY", ` ${SECRET} `);
    expect(await keyOf()).toBe(SECRET);
    vi.stubEnv("AUTHSIGNAL_REGION", "eu");
    expect(new Authsignal().apiUrl).toBe("https://eu.api.authsignal.com/v1");
    vi.stubEnv("AUTHSIGNAL_REGION", undefined);
    vi.stubEnv("AUTHSIGNAL_API_URL", "https://gateway.example.com/authsignal");
    expect(new Authsignal().apiUrl).toBe("https://gateway.example.com/authsignal");
    await using server = await serve((response) => json(response, 200, USER));
    vi.stubEnv("AUTHSIGNAL_API_URL", server.url);
    const { data } = await createAuthsignalClient().GET("/users/{userId}", { params: { path: { userId: "u" } } });
    expect(data).toEqual(USER);
  });

  it("gives nothing in the place of an option that is named, be it undefined", async () => {
    vi.stubEnv("AUTHSIGNAL_SECRET_KEY", "sk_of_another_tenant");
    vi.stubEnv("AUTHSIGNAL_API_URL", "https://gateway.example.com");
    expect(await keyOf({ apiSecretKey: SECRET })).toBe(SECRET);
    const call = new Authsignal({ apiSecretKey: undefined }).getUser({ userId: "u" });
    expect(await failureOf(call)).toMatchObject({ ...REFUSED, message: expect.stringMatching(MISSING) });
    expect(new Authsignal({ apiUrl: undefined }).apiUrl).toBe("https://api.authsignal.com/v1");
    expect(new Authsignal({ region: undefined }).apiUrl).toBe("https://api.authsignal.com/v1");
    expect(new Authsignal({ region: "au" }).apiUrl).toBe("https://au.api.authsignal.com/v1");
  });

  it.each(["", "  "])("counts as absent when a variable is %j", async (value) => {
    vi.stubEnv("AUTHSIGNAL_SECRET_KEY", value);
    vi.stubEnv("AUTHSIGNAL_API_URL", value);
    vi.stubEnv("AUTHSIGNAL_REGION", value);
    expect(new Authsignal().apiUrl).toBe("https://api.authsignal.com/v1");
    expect(await failureOf(new Authsignal().getUser({ userId: "u" }))).toMatchObject(REFUSED);
  });

  it("is refused when it names both a region and an address, or a region that is none", () => {
    vi.stubEnv("AUTHSIGNAL_REGION", "mars");
    expect(() => new Authsignal()).toThrow(/AUTHSIGNAL_REGION must be one of us, /);
    vi.stubEnv("AUTHSIGNAL_API_URL", "https://gateway.example.com");
    expect(() => new Authsignal()).toThrow(/AUTHSIGNAL_API_URL or AUTHSIGNAL_REGION/);
    expect(new Authsignal({ region: "us" }).apiUrl).toBe("https://api.authsignal.com/v1");
  });

  it("is not read by Call Connect, whose key is another one", () => {
    vi.stubEnv("AUTHSIGNAL_SECRET_KEY", SECRET);
    expect(() => Reflect.construct(CallConnect, [{}])).toThrow(/apiSecretKey is missing/);
  });
});

describe("a client without a key", () => {
  it("can be made, and refuses every call before anything is sent", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const authsignal = new Authsignal({ apiUrl: server.url });
    const refusal = { ...REFUSED, message: expect.stringMatching(MISSING) };
    expect(await failureOf(authsignal.track({ userId: "u", action: "a" }))).toMatchObject(refusal);
    const api = createAuthsignalClient({ apiUrl: server.url });
    expect(await failureOf(api.GET("/authenticators"))).toMatchObject(refusal);
    expect(server.received).toHaveLength(0);
  });

  it("refuses webhooks as well, and never signs with an empty key", async () => {
    const { webhook } = new Authsignal();
    for (const call of [
      () => webhook.sign("{}"),
      () => webhook.verify("{}", "t=1,v2=x"),
      () => webhook.constructEvent("{}", "t=1,v2=x"),
    ]) {
      expect(call).toThrow(expect.objectContaining({ ...REFUSED, message: expect.stringMatching(MISSING) }));
    }
    const request = { headers: { "x-signature-v2": "t=1,v2=x" }, body: "{}" };
    expect(await failureOf(webhook.constructEventFromRequest(request))).toMatchObject(REFUSED);
  });

  it("may call an unencrypted address with a key of the emulator only", () => {
    const apiUrl = "http://emulator:4300/v1";
    expect(new Authsignal({ apiSecretKey: "sk_emulator_default", apiUrl }).apiUrl).toBe(apiUrl);
    expect(() => new Authsignal({ apiSecretKey: "sk_live", apiUrl })).toThrow(/allowInsecureHttp/);
    expect(() => new Authsignal({ apiUrl })).toThrow(/allowInsecureHttp/);
  });
});
