import { describe, expect } from "vitest";
import { completeChallenge, type StartOptions, VisitError } from "../../src/emulator/index.ts";

import { Authsignal } from "../../src/index.ts";
import { action, userId } from "./app.ts";
import { phoneNumber, seed, test } from "./fixtures.ts";
import { arriveInApp, goFromApp, takeOut } from "./journey.ts";
import { SdkPage } from "./sdk.ts";

/** Random codes, so that the right one has to be found, and devices too. */
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

  test("goes on with what is shown, with the code of the last message for it", async ({ open }) => {
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

  test("goes back from what is shown to choose another method", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("WHATSAPP");
    await challenge.code.waitFor();
    await completeChallenge(stage.page, { emulator: stage.emulator, method: "SMS" });
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: "SMS" });
  });

  test("enters the code that it is given, and says what the page says", async ({ open }) => {
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

  test("cancels where a code is asked for", async ({ open }) => {
    const stage = await open();
    await goFromApp(stage);
    await completeChallenge(stage.page, { emulator: stage.emulator, method: "SMS", approve: false });
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Not done" });
  });

  test("ends on the last page when there is no way back to the app", async ({ open }) => {
    const { emulator, page } = await open();
    const { url } = await new Authsignal(emulator).track({ userId, action });
    await page.goto(url);
    await completeChallenge(page, { emulator, method: "SMS" });
    await page.locator("main[data-token]").waitFor();
    expect(emulator.export().actions).toMatchObject([{ state: "CHALLENGE_SUCCEEDED" }]);
  });

  test("needs no more of the emulator than its address, and the key of another tenant", async ({ open }) => {
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

  test("takes another tenant as it is", async ({ open }) => {
    const { emulator, page } = await open();
    const tenant = emulator.tenant();
    tenant.import(emulator.export());
    await page.goto((await new Authsignal(tenant).track({ userId, action })).url);
    await completeChallenge(page, { emulator: tenant, method: "SMS" });
    expect(tenant.export().actions).toMatchObject([{ state: "CHALLENGE_SUCCEEDED" }]);
  });

  test("says what the page offers when it does not offer what is wanted", async ({ open }) => {
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

  test("says that there is nothing to choose when the action waits for nothing", async ({ open }) => {
    const { emulator, page } = await open();
    emulator.rules.set(action, "BLOCK");
    await page.goto((await new Authsignal(emulator).track({ userId, action })).url);
    await expect(completeChallenge(page, { emulator })).rejects.toThrow(
      /^There is no method to choose here; the page offers .*Blocked/s,
    );
  });

  test("says where it has looked for the emulator", async ({ open }) => {
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

  test("takes a frame for a page", async ({ open }) => {
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

  test("confirms in a window that closes by itself", async ({ open }) => {
    const stage = await open({ emulator: everything });
    await SdkPage.of(stage);
    const opened = stage.page.waitForEvent("popup");
    await stage.page.getByRole("button", { name: "Withdraw in a window" }).click();
    await completeChallenge(await opened, { emulator: stage.emulator, method: "SMS" });
    const result = await stage.page.locator("output:not(:empty)").textContent();
    expect(JSON.parse(result ?? "")).toMatchObject({ validated: succeeded });
  });
});
