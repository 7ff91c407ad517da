import { Authsignal as OfficialAuthsignal } from "@authsignal/node";
import { http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import { mswHandlers } from "../../../src/emulator/testing/msw.ts";
import { Authsignal, CallConnect } from "../../../src/index.ts";
import { failureOf, TRANSPORTS } from "../../support/clients.ts";
import { action, CODE, phoneNumber, userId } from "../../support/emulator/emulator.ts";

// msw patches node:http and the global fetch by itself, in this file only.

const emulator = createEmulator();
const { apiSecretKey } = emulator;
const server = setupServer(
  ...mswHandlers(http, emulator, {
    apiUrls: ["https://gateway.example.com/mfa/v1/"],
    callConnectUrls: ["https://gateway.example.com/calls"],
  }),
);

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => emulator.reset());
afterAll(async () => {
  server.close();
  await emulator.close();
});

describe.each(TRANSPORTS)("our client over %s", (_name, transport) => {
  it.each([
    ["by default", {}],
    ["in a region", { region: "au" as const }],
    ["behind a gateway", { apiUrl: "https://gateway.example.com/mfa/v1" }],
    ["at the emulator's own address", { apiUrl: emulator.apiUrl }],
  ])("is served %s", async (_place, options) => {
    const authsignal = new Authsignal({ apiSecretKey, retries: 0, ...options, ...transport });
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
    emulator.rules.set(action, "CHALLENGE");
    const { url } = await authsignal.track({ userId, action, attributes: { custom: { amount: 1 } } });
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    const { token } = await visit.enter(CODE);
    expect((await authsignal.validateChallenge({ token, userId, action })).isValid).toBe(true);
    expect(emulator.export().actions).toMatchObject([{ userId, custom: { amount: 1 } }]);
  });

  it("gets errors and broken connections as from the service", async () => {
    const authsignal = new Authsignal({ apiSecretKey, retries: 0, ...transport });
    emulator.faults.add({ connection: "reset", times: 1 });
    expect(await failureOf(authsignal.getUser({ userId }))).toMatchObject({ errorCode: "network_error" });
    emulator.faults.add({ status: 503, times: 1 });
    expect(await failureOf(authsignal.getUser({ userId }))).toMatchObject({ statusCode: 503 });
    const stranger = new Authsignal({ apiSecretKey: "sk_live_1", retries: 0, ...transport });
    expect(await failureOf(stranger.getUser({ userId }))).toMatchObject({ statusCode: 401 });
  });
});

describe("others", () => {
  it.each(["https://api.authsignal.com/v1", "https://eu.api.authsignal.com/v1"])(
    "such as the official client are served at %s",
    async (apiUrl) => {
      const official = new OfficialAuthsignal({ apiSecretKey, apiUrl });
      await official.updateUser({ userId, attributes: { email: "jo@example.com" } });
      expect(await official.getUser({ userId })).toMatchObject({ email: "jo@example.com" });
      emulator.rules.next("BLOCK");
      expect(await official.track({ userId, action, attributes: {} })).toMatchObject({ state: "BLOCK" });
    },
  );

  it.each([undefined, "https://gateway.example.com/calls"])("such as Call Connect are served at %s", async (apiUrl) => {
    const callConnect = new CallConnect({ apiSecretKey: emulator.callConnectSecretKey, apiUrl, retries: 0 });
    const call = await callConnect.startCall({ referenceId: "call_1", phoneNumber, channel: "SMS" });
    expect(emulator.outbox.last()).toMatchObject({ messageId: call.messageId, to: phoneNumber });
  });

  it("are not served at other addresses", async () => {
    const answer = fetch("https://api.authsignal.com/v2/users/jo");
    expect(await failureOf(answer)).toBeInstanceOf(Error);
    expect(emulator.requests.list()).toEqual([]);
  });

  it("reject addresses that are no URL", () => {
    expect(() => mswHandlers(http, emulator, { apiUrls: ["gateway/v1"] })).toThrow(TypeError);
  });
});
