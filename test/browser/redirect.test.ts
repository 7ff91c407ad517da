import { TOTP, URI } from "otpauth";
import { describe, expect } from "vitest";
import { email, otpUri, phoneNumber, test } from "./fixtures.ts";
import { arriveInApp, goFromApp, takeOut } from "./journey.ts";

const WRONG = "This code is wrong or has expired.";

describe.each(["authsignal-ts", "@authsignal/node"] as const)("an app with %s on its server", (server) => {
  test("redirects a user to the challenge page, who comes back with a confirmed action", async ({ open }) => {
    const stage = await open({ server });
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    const { code } = await stage.emulator.outbox.waitFor({ to: phoneNumber });
    await challenge.enter(code);
    expect(await arriveInApp(stage.page)).toEqual({
      heading: "Done",
      state: "CHALLENGE_SUCCEEDED",
      verificationMethod: "SMS",
      order: "7",
      note: "a b",
    });
    expect(new URL(stage.page.url()).hash).toBe("#end");
  });

  test("rejects a used token", async ({ open }) => {
    const stage = await open({ server });
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    await challenge.enter((await stage.emulator.outbox.waitFor()).code);
    await arriveInApp(stage.page);
    await stage.page.reload();
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Not done", error: "Token has been used already." });
  });

  test("rejects a blocked action, and accepts an allowed one", async ({ open }) => {
    const stage = await open({ server });
    for (const [outcome, heading] of [
      ["BLOCK", "Not done"],
      ["ALLOW", "Done"],
    ] as const) {
      stage.emulator.rules.set("withdraw", outcome);
      await goFromApp(stage);
      expect(await arriveInApp(stage.page)).toEqual({ heading, state: outcome });
    }
  });
});

describe("a user confirms", () => {
  test.for([
    ["EMAIL_OTP", email],
    ["WHATSAPP", phoneNumber],
  ] as const)("by %s", async ([method, to], { open }) => {
    const stage = await open({ emulator: { otp: "random" } });
    const challenge = await goFromApp(stage);
    await challenge.choose(method);
    await challenge.enter((await stage.emulator.outbox.waitFor({ to })).code);
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: method });
  });

  test("by the code of an authenticator app", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("AUTHENTICATOR_APP");
    const totp = URI.parse(otpUri);
    if (!(totp instanceof TOTP)) throw new Error("The address holds no TOTP");
    await challenge.enter(totp.generate({ timestamp: stage.emulator.clock.milliseconds }));
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: "AUTHENTICATOR_APP" });
  });

  test("by a recovery code", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("RECOVERY_CODE");
    await challenge.enter("ABCD-0123");
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: "RECOVERY_CODE" });
  });

  test("by the link of an email, in another tab", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("EMAIL_MAGIC_LINK");
    await challenge.link("continue").click();
    await challenge.warns("Not confirmed yet.");
    const { url = "" } = await stage.emulator.outbox.waitFor({ to: email });
    const tab = await stage.page.context().newPage();
    await tab.goto(url);
    await tab.getByRole("button", { name: "Confirm" }).click();
    await tab.getByRole("heading", { name: "Confirmed" }).waitFor();
    await challenge.link("continue").click();
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: "EMAIL_MAGIC_LINK" });
  });

  test("with a second message, and then with another method", async ({ open }) => {
    const stage = await open({ emulator: { otp: "random" } });
    const { outbox } = stage.emulator;
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    await outbox.waitFor({ to: phoneNumber });
    await challenge.sendAgain();
    await outbox.waitFor({ to: phoneNumber });
    await challenge.link("another").click();
    await challenge.choose("EMAIL_OTP");
    await challenge.enter((await outbox.waitFor({ to: email })).code);
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: "EMAIL_OTP" });
  });
});

describe("a user does not confirm", () => {
  test("with a wrong code, and then does with the correct one", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    await challenge.enter("000000");
    await challenge.warns(WRONG);
    takeOut(stage.problems, "422 POST /challenge/enter");
    await challenge.enter((await stage.emulator.outbox.waitFor()).code);
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done" });
  });

  test("with a code that has expired, and then does with a new one", async ({ open }) => {
    const stage = await open({ emulator: { otp: "random", tokenLifetime: "1h" } });
    const { outbox, clock } = stage.emulator;
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    const { code } = await outbox.waitFor();
    clock.advance("11m");
    await challenge.enter(code);
    await challenge.warns("This code has expired.");
    takeOut(stage.problems, "422 POST /challenge/enter");
    await challenge.sendAgain();
    await challenge.enter((await outbox.waitFor()).code);
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done" });
  });

  test("on a page that has expired", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    await challenge.code.waitFor();
    stage.emulator.clock.advance("16m");
    await challenge.enter("123456");
    await challenge.shows("This page has expired");
    takeOut(stage.problems, "410 POST /challenge/enter");
  });

  test("with too many codes", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    for (let count = 0; count < 10; count++) {
      await challenge.enter(`00000${count}`);
      await challenge.warns(WRONG);
    }
    await challenge.enter("123456");
    await challenge.shows("Not confirmed");
    await challenge.warns("Too many wrong codes were entered.");
    takeOut(stage.problems, ...Array.from({ length: 11 }, () => "422 POST /challenge/enter"));
    await challenge.link("back").click();
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Not done", state: "CHALLENGE_FAILED" });
  });

  test("but cancels", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    await challenge.press("cancel");
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Not done", state: "CHALLENGE_REQUIRED" });
  });

  test("but denies by the link of an email", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("EMAIL_MAGIC_LINK");
    const { url = "" } = await stage.emulator.outbox.waitFor();
    const tab = await stage.page.context().newPage();
    await tab.goto(url);
    await tab.getByRole("button", { name: "Deny" }).click();
    await tab.getByRole("heading", { name: "Not confirmed" }).waitFor();
    await tab.goto(url);
    await tab.getByRole("heading", { name: "This link no longer works" }).waitFor();
    takeOut(stage.problems, "410 GET /challenge/link");
    await challenge.link("continue").click();
    await challenge.shows("Not confirmed");
  });

  test("a blocked action, and sees that it is blocked", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choice("SMS").waitFor();
    const [pending] = stage.emulator.export().actions ?? [];
    stage.emulator.import({ ...stage.emulator.export(), actions: pending ? [{ ...pending, state: "BLOCK" }] : [] });
    await challenge.choose("SMS");
    await challenge.shows("Blocked");
    await challenge.link("back").click();
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Not done", state: "BLOCK" });
  });

  test("on a page with an invalid token", async ({ open }) => {
    const { emulator, page, problems } = await open();
    await page.goto(`${emulator.origin}/challenge?token=x`);
    await page.getByRole("heading", { name: "This link is not valid" }).waitFor();
    takeOut(problems, "400 GET /challenge");
  });
});
