import { readFileSync } from "node:fs";
import { createContext, Script } from "node:vm";
import type { Authsignal as BrowserSdk } from "@authsignal/browser";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../src/emulator/start.ts";
import { appCode } from "../../support/emulator/client-api.ts";
import { action, CODE, clientOf, email, phoneNumber, userId } from "../../support/emulator/emulator.ts";

// The official browser SDK as it is published, in a room of its own that has of a browser what it needs, against an
// emulator on a port. A browser itself is in test/browser.

const file = new URL("../../../node_modules/@authsignal/browser/dist/index.min.js", import.meta.url);
const program = new Script(readFileSync(file, "utf8"));

type Options = ConstructorParameters<typeof BrowserSdk>[0];

function loadSdk(options: Options): BrowserSdk {
  const location = { hostname: "localhost", protocol: "http:" };
  const document = { cookie: "", location, querySelectorAll: () => [] };
  const room = createContext({ fetch, crypto, setTimeout, console, btoa, document });
  Object.assign(room, { window: room });
  program.runInContext(room);
  return new room.authsignal.Authsignal(options);
}

/** An emulator on a port, the SDK in a page of the app, and a client on its server. */
async function open(onTokenExpired?: () => void) {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  emulator.rules.set(action, "CHALLENGE");
  const server = clientOf(emulator, { fetch });
  const sdk = loadSdk({ baseUrl: emulator.apiUrl, tenantId: emulator.tenantId, onTokenExpired });
  const begin = async () => sdk.setToken((await server.track({ userId, action })).token);
  const enroll = (attributes: Parameters<typeof server.enrollVerifiedAuthenticator>[0]["attributes"]) =>
    server.enrollVerifiedAuthenticator({ userId, attributes });
  const approveLink = async () => {
    const { url = "" } = emulator.outbox.list().at(-1) ?? {};
    await emulator.fetch(url, {
      method: "POST",
      body: new URLSearchParams([...new URL(url).searchParams, ["answer", "approve"]]),
    });
  };
  return { emulator, server, sdk, begin, enroll, approveLink };
}

describe("the browser SDK", () => {
  it.each([
    ["sms", { verificationMethod: "SMS", phoneNumber }],
    ["email", { verificationMethod: "EMAIL_OTP", email }],
    ["whatsapp", { verificationMethod: "WHATSAPP", phoneNumber }],
  ] as const)("passes a challenge with %s", async (method, attributes) => {
    const { server, sdk, begin, enroll } = await open();
    await enroll(attributes);
    await begin();
    expect(await sdk[method].challenge()).toEqual({ data: { challengeId: expect.any(String) } });
    const wrong = await sdk[method].verify({ code: "000000" });
    expect(wrong).toEqual({ data: { isVerified: false, failureReason: "CODE_INVALID_OR_EXPIRED" } });
    const { data } = await sdk[method].verify({ code: CODE });
    expect(data).toEqual({ isVerified: true, token: expect.any(String) });
    const validated = await server.validateChallenge({ token: data?.token ?? "", userId, action });
    expect(validated).toMatchObject({ isValid: true, verificationMethod: attributes.verificationMethod });
  });

  it("passes a challenge with an authenticator app", async () => {
    const { emulator, server, sdk, begin, enroll } = await open();
    const otpUri = "otpauth://totp/Example:jo?secret=JBSWY3DPEHPK3PXP";
    await enroll({ verificationMethod: "AUTHENTICATOR_APP", otpUri });
    await begin();
    const { data } = await sdk.totp.verify({ code: emulator.totp(userId) });
    expect((await server.validateChallenge({ token: data?.token ?? "" })).isValid).toBe(true);
  });

  it("passes a challenge with a magic link, for which it asks until it was opened", async () => {
    const { emulator, server, sdk, begin, enroll, approveLink } = await open();
    await enroll({ verificationMethod: "EMAIL_MAGIC_LINK", email });
    await begin();
    expect(await sdk.emailML.challenge()).toEqual({ data: { challengeId: expect.any(String) } });
    const asked = sdk.emailML.checkVerificationStatus();
    const isAsked = () => emulator.requests.list().some(({ operation }) => operation === "finalizeEmailMagicLink");
    while (!isAsked()) await new Promise(setImmediate);
    await approveLink();
    const { data } = await asked;
    expect(data).toEqual({ isVerified: true, token: expect.any(String) });
    expect((await server.validateChallenge({ token: data?.token ?? "" })).isValid).toBe(true);
  });

  it("passes a challenge with a push", async () => {
    const { emulator, sdk, begin, approveLink } = await open();
    emulator.import({ users: [{ userId }], authenticators: [{ userId, verificationMethod: "PUSH" }] });
    emulator.rules.set(action, "CHALLENGE");
    await begin();
    const { data: { challengeId = "" } = {} } = await sdk.push.challenge({ action });
    expect(await sdk.push.verify({ challengeId })).toEqual({ data: { isVerified: false, isConsumed: false } });
    await approveLink();
    expect((await sdk.push.verify({ challengeId })).data).toMatchObject({ isVerified: true, isConsumed: true });
  });

  it("enrolls one method after the other, with the token that each verification gives", async () => {
    const { emulator, server, sdk, begin, approveLink } = await open();
    await begin();
    expect((await sdk.sms.enroll({ phoneNumber })).data).toEqual({ userAuthenticatorId: expect.any(String), userId });
    const { data } = await sdk.sms.verify({ code: CODE });
    expect(data?.userAuthenticator).toMatchObject({ verificationMethod: "SMS", phoneNumber });
    await sdk.email.enroll({ email });
    expect((await sdk.email.verify({ code: CODE })).data?.userAuthenticator).toMatchObject({ email });
    await sdk.emailML.enroll({ email });
    await approveLink();
    const link = await sdk.emailML.checkVerificationStatus();
    expect(link.data?.userAuthenticator).toMatchObject({ verificationMethod: "EMAIL_MAGIC_LINK" });
    const app = await sdk.totp.enroll();
    expect(app.data).toMatchObject({ uri: expect.stringContaining(app.data?.secret ?? "none"), userId });
    const last = await sdk.totp.verify({ code: appCode(app.data?.uri, emulator) });
    expect((await server.validateChallenge({ token: last.data?.token ?? "" })).isValid).toBe(true);
    const enrolled = (await server.getAuthenticators({ userId })).map(({ verificationMethod }) => verificationMethod);
    expect(enrolled).toEqual(["SMS", "EMAIL_OTP", "EMAIL_MAGIC_LINK", "AUTHENTICATOR_APP"]);
  });

  it("tells the page that a token has expired, and what else is wrong", async () => {
    const expired: string[] = [];
    const { emulator, sdk, begin, enroll } = await open(() => expired.push("expired"));
    await enroll({ verificationMethod: "SMS", phoneNumber });
    await begin();
    expect(await sdk.email.challenge()).toMatchObject({ errorCode: "invalid_request", error: expect.any(String) });
    for (let count = 0; count < 6; count += 1) await sdk.sms.challenge();
    const limited = await sdk.sms.challenge();
    expect(limited).toMatchObject({ errorCode: "too_many_requests", errorDescription: expect.any(String) });
    expect(expired).toEqual([]);
    emulator.clock.advance("11m");
    expect(await sdk.sms.challenge()).toMatchObject({ errorCode: "expired_token", error: "Token has expired." });
    expect(expired).toEqual(["expired"]);
  });

  it("tells the page what the emulator does not have", async () => {
    const { sdk, begin } = await open();
    await begin();
    const answer = await sdk.qrCode.challenge({ action, polling: true, onStateChange: () => {} });
    expect(answer).toMatchObject({ errorCode: "not_found", errorDescription: expect.stringContaining("no QR codes") });
  });
});
