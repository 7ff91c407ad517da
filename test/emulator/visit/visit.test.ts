import { once } from "node:events";
import { serve } from "@hono/node-server";
import { TOTP, URI } from "otpauth";
import { assert, describe, expect, it } from "vitest";
import { createEmulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { VisitError, visit } from "../../../src/emulator/visit/visit.ts";
import { Authsignal } from "../../../src/index.ts";
import { failureOf } from "../../support/clients.ts";
import { startPages } from "../../support/emulator/pages.ts";

const userId = "usr_1";
const action = "withdraw";
const phoneNumber = "+64270000000";
const email = "jo@example.com";
const otpUri = "otpauth://totp/Example:jo?secret=JBSWY3DPEHPK3PXP&issuer=Example";
const redirectUrl = "http://localhost:3000/callback?order=1&note=a%20b#top";

/** A user with every authenticator. */
const seed: NonNullable<EmulatorOptions["seed"]> = {
  authenticators: [
    { userId, verificationMethod: "SMS", phoneNumber },
    { userId, verificationMethod: "WHATSAPP", phoneNumber },
    { userId, verificationMethod: "EMAIL_OTP", email },
    { userId, verificationMethod: "EMAIL_MAGIC_LINK", email },
    { userId, verificationMethod: "AUTHENTICATOR_APP", otpUri },
    { userId, verificationMethod: "PUSH" },
    { userId, verificationMethod: "PASSKEY", credentialId: "credential_1" },
    { userId, verificationMethod: "VERIFF" },
  ],
  recoveryCodes: [{ userId, code: "abcd-0123" }],
};

async function start(options: EmulatorOptions = {}) {
  const emulator = createEmulator({ seed, ...options });
  const { apiSecretKey, apiUrl, fetch } = emulator;
  const authsignal = new Authsignal({ apiSecretKey, apiUrl, fetch });
  emulator.rules.set(action, "CHALLENGE");
  const { url, state, idempotencyKey } = await authsignal.track({ userId, action, attributes: { redirectUrl } });
  expect(state).toBe("CHALLENGE_REQUIRED");
  return {
    emulator,
    url,
    walk: await emulator.visit(url),
    validate: (token: string) => authsignal.validateChallenge({ userId, action, token }),
    stateNow: async () => (await authsignal.getAction({ userId, action, idempotencyKey })).state,
  };
}

describe("a visit", () => {
  it("sets up a method by its deprecated name as by enroll", async () => {
    const { emulator, track, methods } = startPages();
    for (const [index, name] of (["enrol", "enroll"] as const).entries()) {
      const { url } = await track({ user: `usr_${index}` });
      const visit = await emulator.visit(url);
      expect(await visit[name]("SMS", { phoneNumber: "+64 27 000 0000" })).toBe(visit);
      expect([visit.screen, visit.error]).toEqual(["enter", undefined]);
      await visit.enter(emulator.outbox.last()?.code);
      expect(await methods(`usr_${index}`)).toEqual(["SMS"]);
    }
  });

  it("runs the example of the documentation", async () => {
    const emulator = createEmulator();
    const { apiSecretKey, apiUrl, fetch } = emulator;
    const authsignal = new Authsignal({ apiSecretKey, apiUrl, fetch });
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
    emulator.rules.set("withdraw", "CHALLENGE");
    const { url } = await authsignal.track({ userId, action: "withdraw", attributes: { redirectUrl } });
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    const { code } = await emulator.outbox.waitFor({ to: phoneNumber });
    const { token } = await visit.enter(code);
    expect(await authsignal.validateChallenge({ action: "withdraw", token })).toMatchObject({ isValid: true, userId });
  });

  it("offers what is enrolled, and shows what the page says", async () => {
    const { walk, url } = await start();
    expect(walk.methods).toEqual([
      "SMS",
      "WHATSAPP",
      "EMAIL_OTP",
      "EMAIL_MAGIC_LINK",
      "AUTHENTICATOR_APP",
      "PUSH",
      "PASSKEY",
      "VERIFF",
      "RECOVERY_CODE",
    ]);
    expect(walk).toMatchObject({ title: "Choose how you want to confirm it's you", error: undefined, url });
    expect(walk.text).toMatch(/withdraw of usr_1\..*Text message ••••0000.*Code by email j•••@example\.com/s);
  });

  it.each([
    ["SMS", phoneNumber],
    ["WHATSAPP", phoneNumber],
    ["EMAIL_OTP", email],
  ])("confirms by %s", async (method, to) => {
    const { emulator, walk, validate } = await start({ otp: "random" });
    await walk.choose(method);
    const { code } = await emulator.outbox.waitFor({ to });
    const { token } = await walk.enter(code);
    expect(await validate(token)).toMatchObject({ isValid: true, verificationMethod: method });
  });

  it("confirms by an app, at the time of the emulator", async () => {
    const { emulator, walk, validate } = await start();
    emulator.clock.advance("9m");
    await walk.choose("AUTHENTICATOR_APP");
    const totp = URI.parse(otpUri);
    assert(totp instanceof TOTP);
    const code = totp.generate({ timestamp: emulator.clock.milliseconds });
    const { token } = await walk.enter(`${code.slice(0, 3)} ${code.slice(3)}`);
    expect(await validate(token)).toMatchObject({ isValid: true, verificationMethod: "AUTHENTICATOR_APP" });
    expect(emulator.outbox.list()).toEqual([]);
  });

  it("confirms by a recovery code", async () => {
    const { walk, validate } = await start();
    await walk.choose("RECOVERY_CODE");
    const { token } = await walk.enter("ABCD-0123");
    expect(await validate(token)).toMatchObject({ isValid: true, verificationMethod: "RECOVERY_CODE" });
  });

  it.each([
    ["EMAIL_MAGIC_LINK", email],
    ["PUSH", userId],
  ])("confirms by %s in another window", async (method, to) => {
    const { emulator, walk, validate } = await start();
    await walk.choose(method);
    expect(await failureOf(walk.continue())).toMatchObject({
      message: expect.stringContaining("Not confirmed yet"),
    });
    const message = await emulator.outbox.waitFor({ to });
    const failure = await failureOf(walk.enter(message.code));
    expect(failure).toBeInstanceOf(VisitError);
    expect(failure).toMatchObject({ message: expect.stringContaining("open their url instead") });
    const other = await walk.open(message.url);
    expect(other).toMatchObject({ title: "Is it you?", methods: [] });
    const there = await other.approve();
    expect(other.title).toBe("Confirmed");
    const here = await walk.continue();
    for (const { token, url } of [there, here]) {
      expect(url).toContain(token);
      expect(await validate(token)).toMatchObject({ isValid: true, verificationMethod: method });
    }
    expect(await walk.open(message.url)).toMatchObject({ title: "This link no longer works" });
  });

  it("denies by a link", async () => {
    const { emulator, walk, stateNow, validate } = await start();
    await walk.choose("EMAIL_MAGIC_LINK");
    const other = await walk.open((await emulator.outbox.waitFor({ to: email })).url);
    const { token } = await other.deny();
    expect(await stateNow()).toBe("CHALLENGE_FAILED");
    expect(await validate(token)).toMatchObject({ isValid: false, state: "CHALLENGE_FAILED" });
    await walk.continue();
    expect(walk.title).toBe("Not confirmed");
  });

  it.each(["PASSKEY", "VERIFF"])("simulates %s", async (method) => {
    const { walk, validate } = await start();
    await walk.choose(method);
    const { token } = await walk.approve();
    expect(await validate(token)).toMatchObject({ isValid: true, verificationMethod: method });
    const denied = await start();
    await denied.walk.choose(method);
    const result = await denied.walk.deny();
    expect(result.url).toContain(`token=${result.token}`);
    expect(await denied.validate(result.token)).toMatchObject({ isValid: false, state: "CHALLENGE_FAILED" });
  });

  it("goes on after a wrong code, with another message or another method", async () => {
    const { emulator, walk, validate } = await start({ otp: "random" });
    await walk.choose("SMS");
    expect(walk.text).not.toContain("again.");
    const first = await emulator.outbox.waitFor({ to: phoneNumber });
    const failure = await failureOf(walk.enter("x"));
    expect(failure).toBeInstanceOf(VisitError);
    expect(failure).toMatchObject({ message: "This code is wrong or has expired." });
    expect(walk.error).toBe("This code is wrong or has expired.");
    await walk.resend();
    expect(walk.error).toBeUndefined();
    expect(walk.text).toContain("Sent again.");
    const second = await emulator.outbox.waitFor({ to: phoneNumber });
    expect(second.messageId).not.toBe(first.messageId);
    await failureOf(walk.enter(""));
    await walk.choose("EMAIL_OTP");
    const { token } = await walk.enter((await emulator.outbox.waitFor({ to: email })).code);
    expect(await validate(token)).toMatchObject({ isValid: true, verificationMethod: "EMAIL_OTP" });
  });

  it("takes the right code after a wrong one, and the one that was sent again", async () => {
    const { emulator, walk, validate } = await start({ otp: "random" });
    await walk.choose("SMS");
    const { code } = await emulator.outbox.waitFor({ to: phoneNumber });
    await failureOf(walk.enter("1"));
    expect(await validate((await walk.enter(code)).token)).toMatchObject({ isValid: true });
    const other = await start({ otp: "random" });
    await other.walk.choose("SMS");
    await other.emulator.outbox.waitFor({ to: phoneNumber });
    await other.walk.resend();
    const again = await other.emulator.outbox.waitFor({ to: phoneNumber });
    expect(await other.validate((await other.walk.enter(again.code)).token)).toMatchObject({ isValid: true });
  });

  it("cancels, and nothing is confirmed", async () => {
    const { walk, validate, stateNow } = await start();
    await walk.choose("SMS");
    const { token, url } = await walk.cancel();
    expect(url).toContain(token);
    expect(await validate(token)).toMatchObject({ isValid: false, state: "CHALLENGE_REQUIRED" });
    expect(await stateNow()).toBe("CHALLENGE_REQUIRED");
  });

  it("fails after too many codes", async () => {
    const { walk, stateNow, validate } = await start();
    await walk.choose("SMS");
    const words: unknown[] = [];
    for (let count = 0; count < 11; count++) words.push(await failureOf(walk.enter("1")));
    expect(words.at(-2)).toMatchObject({ message: "This code is wrong or has expired." });
    expect(words.at(-1)).toMatchObject({ message: "Too many wrong codes were entered." });
    expect(await stateNow()).toBe("CHALLENGE_FAILED");
    expect(walk.title).toBe("Not confirmed");
    expect(await validate((await walk.continue()).token)).toMatchObject({ isValid: false });
    expect(await failureOf(walk.enter("123456"))).toMatchObject({
      message: expect.stringMatching(/offers nothing. It says: Not confirmed/),
    });
  });

  it("keeps the other parameters of the redirect URL", async () => {
    const { walk } = await start();
    await walk.choose("SMS");
    const { token, url } = await walk.enter("123456");
    expect(url).toBe(`http://localhost:3000/callback?order=1&note=a%20b&token=${token}#top`);
  });

  it("keeps what clients add to the address of the page", async () => {
    const { emulator, url } = await start();
    const walk = await emulator.visit(`${url}&mode=popup&force_enrollment=true&other=1`);
    for (const method of ["SMS", "EMAIL_OTP"]) {
      await walk.choose(method);
      expect(walk.url).toMatch(
        /^http:\/\/emulator\.localhost\/challenge\/enter\?.*&mode=popup&force_enrollment=true&app=http%3A%2F%2Flocalhost%3A3000$/,
      );
    }
  });

  it.each([
    ["rate-limited", "Too many messages were sent. Wait a minute, or use another method."],
    ["undeliverable", "The message could not be delivered. Use another method."],
  ])("shows that a recipient is %s, and offers the other methods", async (trouble, words) => {
    const to = `${trouble}@emulator.test`;
    const { walk } = await start({
      seed: {
        authenticators: [
          { userId, verificationMethod: "EMAIL_OTP", email: to },
          { userId, verificationMethod: "SMS", phoneNumber },
        ],
      },
    });
    expect(await failureOf(walk.choose("EMAIL_OTP"))).toMatchObject({ message: words });
    expect(walk.methods).toEqual(["EMAIL_OTP", "SMS"]);
    await walk.choose("SMS");
    expect((await walk.enter("123456")).token).not.toBe("");
  });

  it("names what the page offers when something is missing", async () => {
    const seed = {
      authenticators: [
        { userId, verificationMethod: "EMAIL_OTP", email },
        { userId, verificationMethod: "PASSKEY", credentialId: "c" },
      ],
    };
    const { walk } = await start({ seed });
    const message = "There is no SMS here; the page offers EMAIL_OTP, PASSKEY";
    expect(await failureOf(walk.choose("SMS"))).toMatchObject({ name: "VisitError", message });
    await walk.choose("PASSKEY");
    expect(await failureOf(walk.enter("1"))).toMatchObject({
      message:
        "There is no code to enter here; the page offers question to approve or deny, other way to choose, way to cancel",
    });
    expect(await failureOf(walk.resend())).toMatchObject({
      message: expect.stringMatching(/^There is no message to send again here/),
    });
    expect(await failureOf(walk.open(undefined))).toMatchObject({
      message: expect.stringMatching(/^There is no url\./),
    });
  });

  it("reports that there is no challenge page", async () => {
    const { emulator } = await start();
    expect(await failureOf(emulator.visit(emulator.apiUrl))).toMatchObject({
      message: `There is no challenge page at ${emulator.apiUrl}: the answer has the status 404`,
    });
  });

  it("walks through an emulator in another process, by the global fetch", async () => {
    const { emulator, url } = await start();
    const server = serve({ fetch: (request) => emulator.fetch(request), port: 0, hostname: "127.0.0.1" });
    await once(server, "listening");
    const address = server.address();
    assert(typeof address === "object" && address !== null);
    const walk = await visit(url.replace(emulator.origin, `http://127.0.0.1:${address.port}`));
    await walk.choose("SMS");
    expect((await walk.enter("123456")).url).toContain("http://localhost:3000/callback");
    await new Promise((resolve) => server.close(resolve));
  });
});
