import { describe, expect } from "vitest";
import { email, otpUri, phoneNumber, type Stage, test } from "./fixtures.ts";
import { takeOut } from "./journey.ts";
import { appCode, SdkPage } from "./sdk.ts";

const WRONG = { data: { isVerified: false, failureReason: "CODE_INVALID_OR_EXPIRED" } };
const NO_METHODS = { seed: {} };

/** The result of the SDK for a correct code. */
const VERIFIED = { data: { isVerified: true, token: expect.any(String) } };

/** Opens the link of the newest email in another tab, and confirms or denies there. */
async function answerLink({ emulator, page }: Stage, answer: "Confirm" | "Deny"): Promise<void> {
  const { url = "" } = await emulator.outbox.waitFor({ to: email });
  const tab = await page.context().newPage();
  await tab.goto(url);
  await tab.getByRole("button", { name: answer }).click();
  await tab.locator("main[data-token]").waitFor();
  await tab.close();
}

describe("a challenge through the browser SDK", () => {
  test.for([
    ["sms", phoneNumber, "SMS"],
    ["email", email, "EMAIL_OTP"],
    ["whatsapp", phoneNumber, "WHATSAPP"],
  ] as const)("of %s: a wrong code, then the right one", async ([part, to, verificationMethod], { open }) => {
    const stage = await open({ emulator: { otp: "random" } });
    const sdk = await SdkPage.of(stage);
    await sdk.begin();
    expect(await sdk.call(part, "challenge")).toEqual({ data: { challengeId: expect.any(String) } });
    const { code = "" } = await stage.emulator.outbox.waitFor({ to });
    expect(await sdk.call(part, "verify", { code: "no code" })).toEqual(WRONG);
    const verified = await sdk.call(part, "verify", { code });
    expect(verified).toEqual(VERIFIED);
    expect(await sdk.validate(verified)).toMatchObject({
      isValid: true,
      state: "CHALLENGE_SUCCEEDED",
      verificationMethod,
    });
  });

  test.for(["sms", "email", "whatsapp"] as const)(
    "of %s: a code that has expired, then a new one",
    async (part, { open }) => {
      const stage = await open({ emulator: { otp: "random", tokenLifetime: "1h" } });
      const { outbox, clock } = stage.emulator;
      const sdk = await SdkPage.of(stage);
      await sdk.begin();
      await sdk.call(part, "challenge");
      const { code = "" } = await outbox.waitFor();
      clock.advance("11m");
      expect(await sdk.call(part, "verify", { code })).toEqual(WRONG);
      await sdk.call(part, "challenge");
      const again = await outbox.waitFor();
      expect(await sdk.call(part, "verify", { code: again.code ?? "" })).toEqual(VERIFIED);
    },
  );

  test("of an authenticator app", async ({ open }) => {
    const stage = await open();
    const sdk = await SdkPage.of(stage);
    await sdk.begin();
    expect(await sdk.call("totp", "verify", { code: "000" })).toEqual(WRONG);
    const code = appCode(otpUri, stage.emulator);
    stage.emulator.clock.advance("5m");
    expect(await sdk.call("totp", "verify", { code }), "an old code").toEqual(WRONG);
    const verified = await sdk.call("totp", "verify", { code: appCode(otpUri, stage.emulator) });
    expect(await sdk.validate(verified)).toMatchObject({ isValid: true, verificationMethod: "AUTHENTICATOR_APP" });
  });

  test("of a magic link, which is opened in another tab while the SDK polls", async ({ open }) => {
    const stage = await open();
    const sdk = await SdkPage.of(stage);
    await sdk.begin();
    await sdk.call("emailML", "challenge");
    const asking = sdk.call("emailML", "checkVerificationStatus");
    await stage.page.waitForResponse((response) => response.url().endsWith("/finalize"));
    await answerLink(stage, "Confirm");
    const verified = await asking;
    expect(verified).toEqual(VERIFIED);
    expect(await sdk.validate(verified)).toMatchObject({ isValid: true, verificationMethod: "EMAIL_MAGIC_LINK" });
  });

  test("fails after too many codes", async ({ open }) => {
    const stage = await open();
    const sdk = await SdkPage.of(stage);
    await sdk.begin();
    await sdk.call("sms", "challenge");
    for (let count = 0; count < 10; count++) expect(await sdk.call("sms", "verify", { code: "0" })).toEqual(WRONG);
    expect(await sdk.call("sms", "verify", { code: "123456" })).toEqual({
      data: { isVerified: false, failureReason: "MAX_ATTEMPTS_EXCEEDED" },
    });
    expect(stage.emulator.export().actions).toMatchObject([{ state: "CHALLENGE_FAILED" }]);
  });

  test("calls onTokenExpired for an expired token", async ({ open }) => {
    const stage = await open();
    const sdk = await SdkPage.of(stage);
    await sdk.begin();
    stage.emulator.clock.advance("11m");
    expect(await sdk.call("sms", "challenge")).toMatchObject({ errorCode: "expired_token" });
    expect(await sdk.expired()).toBe(1);
    takeOut(stage.problems, "401 POST /v1/client/challenge/sms");
  });

  test("returns the error for too many messages", async ({ open }) => {
    const stage = await open();
    const sdk = await SdkPage.of(stage);
    await sdk.begin();
    for (let count = 0; count < 6; count++) await sdk.call("sms", "challenge");
    expect(await sdk.call("sms", "challenge")).toMatchObject({ errorCode: "too_many_requests" });
    takeOut(stage.problems, "429 POST /v1/client/challenge/sms");
  });
});

describe("an enrollment through the browser SDK", () => {
  test.for([
    ["sms", { phoneNumber }, "SMS"],
    ["email", { email }, "EMAIL_OTP"],
  ] as const)("of %s", async ([part, contact, verificationMethod], { open }) => {
    const stage = await open({ emulator: { otp: "random", ...NO_METHODS } });
    const sdk = await SdkPage.of(stage);
    await sdk.begin();
    const enrolled = part === "sms" ? await sdk.call(part, "enroll", contact) : await sdk.call(part, "enroll", contact);
    expect(enrolled).toEqual({ data: { userAuthenticatorId: expect.any(String), userId: "usr_1" } });
    expect(await sdk.call(part, "verify", { code: "no code" })).toEqual(WRONG);
    const { code = "" } = await stage.emulator.outbox.waitFor();
    const verified = await sdk.call(part, "verify", { code });
    expect(verified).toMatchObject({
      data: { isVerified: true, userAuthenticator: { verificationMethod, ...contact } },
    });
    expect(await sdk.validate(verified)).toMatchObject({ isValid: true });
    expect(stage.emulator.export().authenticators).toMatchObject([{ verificationMethod, ...contact }]);
  });

  test("of an authenticator app, whose code confirms the next action", async ({ open }) => {
    const stage = await open({ emulator: NO_METHODS });
    const { emulator } = stage;
    const sdk = await SdkPage.of(stage);
    await sdk.begin();
    const { data: { uri, secret } = {} } = await sdk.call("totp", "enroll");
    expect(new URL(String(uri)).searchParams.get("secret")).toBe(secret);
    const enrolled = await sdk.call("totp", "verify", { code: appCode(uri, emulator) });
    expect(enrolled).toMatchObject({ data: { isVerified: true } });
    emulator.clock.advance("1m");
    await sdk.begin();
    const verified = await sdk.call("totp", "verify", { code: appCode(uri, emulator) });
    expect(await sdk.validate(verified)).toMatchObject({ isValid: true, verificationMethod: "AUTHENTICATOR_APP" });
  });

  test("of a magic link", async ({ open }) => {
    const stage = await open({ emulator: NO_METHODS });
    const sdk = await SdkPage.of(stage);
    await sdk.begin();
    await sdk.call("emailML", "enroll", { email });
    const asking = sdk.call("emailML", "checkVerificationStatus");
    await answerLink(stage, "Confirm");
    expect(await asking).toMatchObject({ data: { isVerified: true, userAuthenticator: { email } } });
    expect(stage.emulator.export().authenticators).toMatchObject([{ verificationMethod: "EMAIL_MAGIC_LINK", email }]);
  });

  test("of a second method needs a token that allows it", async ({ open }) => {
    const stage = await open();
    stage.emulator.rules.set("withdraw", "ALLOW");
    const sdk = await SdkPage.of(stage);
    await sdk.begin();
    const other = "+64270000009";
    expect(await sdk.call("sms", "enroll", { phoneNumber: other })).toMatchObject({
      errorDescription: expect.stringContaining("add:authenticators"),
    });
    takeOut(stage.problems, "403 POST /v1/client/user-authenticators/sms");
    await sdk.begin({ attributes: { scope: "add:authenticators" } });
    await sdk.call("sms", "enroll", { phoneNumber: other });
    expect(await sdk.call("sms", "verify", { code: "123456" })).toMatchObject({ data: { isVerified: true } });
  });
});
