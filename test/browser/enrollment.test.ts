import { describe, expect } from "vitest";
import { Authsignal } from "../../src/index.ts";
import { userId } from "./app.ts";
import { ChallengePage } from "./challenge-page.ts";
import { email, phoneNumber, type Stage, test } from "./fixtures.ts";
import { arriveInApp, goFromApp, takeOut } from "./journey.ts";
import { appCode } from "./sdk.ts";

const NO_METHODS = { seed: {} };

/** Reads the recovery codes of the page, and continues. */
async function saveCodes({ page }: Stage): Promise<string[]> {
  await page.locator('main[data-screen="codes"] [data-code]').first().waitFor();
  const codes = await page.locator("[data-code]").allTextContents();
  await page.locator('form[data-form="saved"]').getByRole("button").click();
  return codes.map((code) => code.trim());
}

function authenticatorsOf({ emulator }: Stage) {
  return emulator.export().authenticators ?? [];
}

describe("a user enrolls the first method", () => {
  test.for([
    ["SMS", "phoneNumber", phoneNumber],
    ["WHATSAPP", "phoneNumber", phoneNumber],
    ["EMAIL_OTP", "email", email],
  ] as const)("%s, and confirms with it", async ([method, field, contact], { open }) => {
    const stage = await open({ emulator: { otp: "random", ...NO_METHODS } });
    const { emulator, page, problems } = stage;
    const challenge = await goFromApp(stage, "Sign up");
    await challenge.setUp(method);
    await page.locator(`[name=${field}]`).fill("+1");
    await page.evaluate('document.querySelector("form[data-form=contact]").noValidate = true');
    await challenge.press("contact");
    await challenge.alert.waitFor();
    takeOut(problems, "400 POST /challenge/enroll");
    await page.locator(`[name=${field}]`).fill(contact);
    await challenge.press("contact");
    await challenge.enter("000000");
    await challenge.alert.waitFor();
    takeOut(problems, "422 POST /challenge/enter");
    await challenge.enter((await emulator.outbox.waitFor({ to: contact })).code);
    expect(await saveCodes(stage)).toHaveLength(8);
    expect(await arriveInApp(page)).toMatchObject({ heading: "Done", verificationMethod: method });
    expect(authenticatorsOf(stage)).toMatchObject([{ verificationMethod: method, [field]: contact }]);

    const next = await goFromApp(stage);
    await next.choose(method);
    await next.enter((await emulator.outbox.waitFor({ to: contact })).code);
    expect(await arriveInApp(page)).toMatchObject({ heading: "Done", verificationMethod: method });
  });

  test("an authenticator app, with the key on the page", async ({ open }) => {
    const stage = await open({ emulator: NO_METHODS });
    const { emulator, page } = stage;
    const challenge = await goFromApp(stage, "Sign up");
    await challenge.setUp("AUTHENTICATOR_APP");
    await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    const uri = await challenge.link("otpauth").getAttribute("href");
    const key = await page.locator("[data-secret]").getAttribute("data-secret");
    expect(new URL(uri ?? "").searchParams.get("secret")).toBe(key);
    await challenge.enter(appCode(uri, emulator));
    const [code = ""] = await saveCodes(stage);
    expect(await arriveInApp(page)).toMatchObject({ heading: "Done", verificationMethod: "AUTHENTICATOR_APP" });

    const next = await goFromApp(stage);
    await next.choose("RECOVERY_CODE");
    await next.enter(code);
    expect(await arriveInApp(page)).toMatchObject({ heading: "Done", verificationMethod: "RECOVERY_CODE" });
  });

  test("a link by email, opened in another tab", async ({ open }) => {
    const stage = await open({ emulator: NO_METHODS });
    const { emulator, page } = stage;
    const challenge = await goFromApp(stage, "Sign up");
    await challenge.setUp("EMAIL_MAGIC_LINK");
    await page.locator("[name=email]").fill(email);
    await challenge.press("contact");
    const tab = await page.context().newPage();
    await tab.goto((await emulator.outbox.waitFor({ to: email })).url ?? "");
    await tab.locator('form[data-form="answer"]').getByRole("button").first().click();
    await tab.locator('form[data-form="answer"]').waitFor({ state: "detached" });
    await challenge.link("continue").click();
    await challenge.form("codes").getByRole("button").click();
    expect(await saveCodes(stage)).toHaveLength(8);
    expect(await arriveInApp(page)).toMatchObject({ heading: "Done", verificationMethod: "EMAIL_MAGIC_LINK" });
    expect(authenticatorsOf(stage)).toMatchObject([{ verificationMethod: "EMAIL_MAGIC_LINK", email }]);
  });

  test("a simulated passkey", async ({ open }) => {
    const stage = await open({ emulator: NO_METHODS });
    const { page } = stage;
    const challenge = await goFromApp(stage, "Sign up");
    await challenge.setUp("PASSKEY");
    await challenge.form("answer").getByRole("button").first().click();
    await saveCodes(stage);
    expect(await arriveInApp(page)).toMatchObject({ heading: "Done", verificationMethod: "PASSKEY" });
    expect(authenticatorsOf(stage)).toMatchObject([{ verificationMethod: "PASSKEY" }]);
  });
});

describe("the settings", () => {
  test("show the methods, and remove one", async ({ open }) => {
    const stage = await open();
    const { page } = stage;
    const challenge = await goFromApp(stage, "Security settings");
    const rows = page.locator("[data-authenticator]");
    await rows.first().waitFor();
    expect(await rows.count()).toBe(5);
    await page.locator('[data-method="WHATSAPP"]').locator('a[data-link="remove"]').click();
    await challenge.link("settings").click();
    expect(await rows.count(), "kept").toBe(5);
    await page.locator('[data-method="WHATSAPP"]').locator('a[data-link="remove"]').click();
    await challenge.form("remove").getByRole("button").click();
    await page.locator('main[data-screen="settings"]').waitFor();
    await expect.poll(() => rows.count()).toBe(4);
    expect(authenticatorsOf(stage)).toHaveLength(4);
    await challenge.link("done").click();
    expect(await arriveInApp(page)).toMatchObject({ heading: "Not done", state: "ALLOW" });
  });

  test("need a challenge first, unless the app has identified the user", async ({ open }) => {
    const stage = await open();
    const { page, emulator } = stage;
    const { apiSecretKey, apiUrl } = emulator;
    const attributes = { redirectToSettings: true };
    const { url } = await new Authsignal({ apiSecretKey, apiUrl }).track({ userId, action: "settings", attributes });
    await page.goto(url);
    const challenge = new ChallengePage(page);
    await challenge.choose("SMS");
    await challenge.enter((await emulator.outbox.waitFor()).code);
    await page.locator('main[data-screen="settings"]').waitFor();
    expect(await page.locator("[data-authenticator]").count()).toBe(5);
  });

  test("let a user add a method", async ({ open }) => {
    const stage = await open({ emulator: { otp: "random" } });
    const { page, emulator } = stage;
    const challenge = await goFromApp(stage, "Security settings");
    await challenge.link("add").click();
    await challenge.setUp("SMS");
    await page.locator("[name=phoneNumber]").fill("+64 27 000 0009");
    await challenge.press("contact");
    await challenge.enter((await emulator.outbox.waitFor({ to: "+64270000009" })).code);
    await page.locator('main[data-screen="settings"]').waitFor();
    expect(authenticatorsOf(stage).map(({ phoneNumber }) => phoneNumber)).toContain("+64270000009");
  });
});
