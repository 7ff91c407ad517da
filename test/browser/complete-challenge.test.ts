import { describe, expect } from "vitest";
import { completeChallenge, type StartOptions, VisitError } from "../../src/emulator/index.ts";

import { Authsignal } from "../../src/index.ts";
import { action, userId } from "./app.ts";
import { phoneNumber, seed, test } from "./fixtures.ts";
import { arriveInApp, goFromApp, takeOut } from "./journey.ts";
import { SdkPage } from "./sdk.ts";

/** With random codes, so that the test must read the code, and with simulated devices. */
const everything: StartOptions = {
  otp: "random",
  seed: {
    ...seed,
    authenticators: [
      ...(seed.authenticators ?? []),
      { userId, verificationMethod: "PUSH" },
      { userId, verificationMethod: "PASSKEY", credentialId: "Y3JlZGVudGlhbA" },
    ],
  },
};

const METHODS = [
  "SMS",
  "WHATSAPP",
  "EMAIL_OTP",
  "EMAIL_MAGIC_LINK",
  "AUTHENTICATOR_APP",
  "RECOVERY_CODE",
  "PUSH",
  "PASSKEY",
];

describe("completeChallenge", () => {
  test.for(METHODS)("confirms by %s", async (method, { open }) => {
    const stage = await open({ emulator: everything });
    await goFromApp(stage);
    await completeChallenge(stage.page, { emulator: stage.emulator, method });
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: method });
  });

  test("confirms by the method that is offered first", async ({ open }) => {
    const stage = await open();
    await goFromApp(stage);
    await completeChallenge(stage.page, { emulator: stage.emulator });
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done" });
  });

  test("continues the shown challenge with the code of its last message", async ({ open }) => {
    const stage = await open({ emulator: everything });
    const challenge = await goFromApp(stage);
    await challenge.choose("WHATSAPP");
    await challenge.sendAgain();
    await expect.poll(() => stage.emulator.outbox.list().length).toBe(2);
    await new Authsignal(stage.emulator).challenge({ verificationMethod: "SMS", action, userId, phoneNumber });
    await challenge.code.waitFor();
    await completeChallenge(stage.page, { emulator: stage.emulator });
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: "WHATSAPP" });
  });

  test("goes back from the shown challenge to another method", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("WHATSAPP");
    await challenge.code.waitFor();
    await completeChallenge(stage.page, { emulator: stage.emulator, method: "SMS" });
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: "SMS" });
  });

  test("enters the given code, and throws the message of the page", async ({ open }) => {
    const stage = await open();
    await goFromApp(stage);
    const wrong = completeChallenge(stage.page, { emulator: stage.emulator, method: "SMS", code: "000000" });
    await expect(wrong).rejects.toThrow(new VisitError("This code is wrong or has expired."));
    takeOut(stage.problems, "422 POST /challenge/enter");
    await completeChallenge(stage.page, { emulator: stage.emulator, code: "123456" });
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: "SMS" });
  });

  test.for(["EMAIL_MAGIC_LINK", "PUSH", "PASSKEY"])("denies by %s", async (method, { open }) => {
    const stage = await open({ emulator: everything });
    await goFromApp(stage);
    await completeChallenge(stage.page, { emulator: stage.emulator, method, approve: false });
    expect(stage.emulator.export().actions).toMatchObject([{ state: "CHALLENGE_FAILED" }]);
    await stage.page.getByRole("heading", { name: "Not confirmed" }).waitFor();
  });

  test("cancels on the page for a code", async ({ open }) => {
    const stage = await open();
    await goFromApp(stage);
    await completeChallenge(stage.page, { emulator: stage.emulator, method: "SMS", approve: false });
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Not done" });
  });

  test("ends on the last page without a redirectUrl", async ({ open }) => {
    const { emulator, page } = await open();
    const { url } = await new Authsignal(emulator).track({ userId, action });
    await page.goto(url);
    await completeChallenge(page, { emulator, method: "SMS" });
    await page.locator("main[data-token]").waitFor();
    expect(emulator.export().actions).toMatchObject([{ state: "CHALLENGE_SUCCEEDED" }]);
  });

  test("needs only the address of the emulator, and the key of another tenant", async ({ open }) => {
    const { emulator, page } = await open();
    const tenant = emulator.tenant();
    tenant.import(emulator.export());
    const { url } = await new Authsignal(tenant).track({ userId, action });
    await page.goto(url);
    const { origin, apiSecretKey } = tenant;
    await expect(completeChallenge(page, { emulator: { origin }, method: "SMS" })).rejects.toThrow(
      /^The outbox has no message of SMS for this challenge of usr_1\. .* the apiSecretKey that of another tenant\?$/,
    );
    await completeChallenge(page, { emulator: { origin, apiSecretKey } });
    expect(tenant.export().actions).toMatchObject([{ state: "CHALLENGE_SUCCEEDED" }]);
  });

  test("accepts what `tenant()` returns", async ({ open }) => {
    const { emulator, page } = await open();
    const tenant = emulator.tenant();
    tenant.import(emulator.export());
    await page.goto((await new Authsignal(tenant).track({ userId, action })).url);
    await completeChallenge(page, { emulator: tenant, method: "SMS" });
    expect(tenant.export().actions).toMatchObject([{ state: "CHALLENGE_SUCCEEDED" }]);
  });

  test("names the methods of the page when the requested one is missing", async ({ open }) => {
    const stage = await open();
    await goFromApp(stage);
    await expect(completeChallenge(stage.page, { emulator: stage.emulator, method: "PASSKEY" })).rejects.toThrow(
      /^There is no PASSKEY here; the page offers SMS, EMAIL_OTP, .*way to cancel$/,
    );
    await expect(
      completeChallenge(stage.page, { emulator: stage.emulator, method: "EMAIL_MAGIC_LINK", code: "1" }),
    ).rejects.toThrow("EMAIL_MAGIC_LINK asks for no code");
    await stage.page.goto(`${stage.app.origin}/`);
    await expect(completeChallenge(stage.page, { emulator: stage.emulator, timeout: 100 })).rejects.toThrow(
      `There is no challenge page at ${stage.app.origin}/, after 100 ms`,
    );
    const frame = stage.page.frameLocator("iframe");
    await expect(completeChallenge(frame, { emulator: stage.emulator, timeout: 100 })).rejects.toThrow(
      "There is no challenge page, after 100 ms",
    );
  });

  test("throws when the action does not wait for a challenge", async ({ open }) => {
    const { emulator, page } = await open();
    emulator.rules.set(action, "BLOCK");
    await page.goto((await new Authsignal(emulator).track({ userId, action })).url);
    await expect(completeChallenge(page, { emulator })).rejects.toThrow(
      /^There is no method to choose here; the page offers .*Blocked/s,
    );
  });

  test("names the address at which there is no emulator", async ({ open }) => {
    const stage = await open();
    await goFromApp(stage);
    const emulator = { origin: "http://127.0.0.1:1" };
    await expect(completeChallenge(stage.page, { emulator })).rejects.toThrow(
      "There is no emulator at http://127.0.0.1:1: give its origin as emulator",
    );
  });
});

describe("completeChallenge with the browser SDK", () => {
  const succeeded = expect.objectContaining({ isValid: true, state: "CHALLENGE_SUCCEEDED" });

  test.for(["SMS", "EMAIL_MAGIC_LINK", "PASSKEY"])(
    "confirms by %s in the frame of a popup",
    async (method, { open }) => {
      const stage = await open({ emulator: everything });
      await SdkPage.of(stage);
      await stage.page.getByRole("button", { name: "Withdraw in a popup" }).click();
      await completeChallenge(stage.page.frameLocator("iframe[name=authsignal]"), { emulator: stage.emulator, method });
      const result = await stage.page.locator("output:not(:empty)").textContent();
      expect(JSON.parse(result ?? "")).toMatchObject({ validated: succeeded, errors: [] });
    },
  );

  test("accepts a frame", async ({ open }) => {
    const stage = await open({ emulator: everything });
    await SdkPage.of(stage);
    await stage.page.getByRole("button", { name: "Withdraw in a popup" }).click();
    await stage.page.frameLocator("iframe[name=authsignal]").locator("main").waitFor();
    const frame = stage.page.frame({ name: "authsignal" });
    if (!frame) throw new Error("There is no frame");
    await completeChallenge(frame, { emulator: stage.emulator, method: "SMS" });
    const result = await stage.page.locator("output:not(:empty)").textContent();
    expect(JSON.parse(result ?? "")).toMatchObject({ validated: succeeded });
  });

  test("confirms in a window, which closes", async ({ open }) => {
    const stage = await open({ emulator: everything });
    await SdkPage.of(stage);
    const opened = stage.page.waitForEvent("popup");
    await stage.page.getByRole("button", { name: "Withdraw in a window" }).click();
    await completeChallenge(await opened, { emulator: stage.emulator, method: "SMS" });
    const result = await stage.page.locator("output:not(:empty)").textContent();
    expect(JSON.parse(result ?? "")).toMatchObject({ validated: succeeded });
  });
});
