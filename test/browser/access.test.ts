import { describe, expect } from "vitest";
import { ChallengePage } from "./challenge-page.ts";
import { PHONE, phoneNumber, type Stage, seed, test } from "./fixtures.ts";
import { arriveInApp, goFromApp, takeOut } from "./journey.ts";
import { faultsOf, focusOf } from "./screens.ts";
import { type Look, tourOfChallenges, tourOfSettings } from "./tour.ts";

/** Presses Tab until the element of a name has the focus. Returns the names of the focused elements. */
async function tabTo({ page }: Stage, name: string): Promise<string[]> {
  const names: string[] = [];
  while (names.at(-1) !== name) {
    await page.keyboard.press("Tab");
    const focus = await focusOf(page);
    expect(focus, focus.name).toMatchObject({ isVisible: true });
    names.push(focus.name);
    if (names.length > 20) throw new Error(`Tab does not lead to ${name}, but to ${names.join(", ")}`);
  }
  return names;
}

describe("every page is accessible in light and dark, on a phone, with large text and without motion", () => {
  const looking = (seen: Set<string | null>): Look => {
    return async (name, page) => {
      seen.add(await page.locator("main").getAttribute("data-screen"));
      expect(await faultsOf(page), name).toEqual([]);
    };
  };

  test("when an action is confirmed", async ({ open }) => {
    const { authenticators = [] } = seed;
    const passkey = { userId: "usr_1", verificationMethod: "PASSKEY", credentialId: "Y3JlZGVudGlhbA" };
    const seen = new Set<string | null>();
    await tourOfChallenges(
      await open({ emulator: { seed: { ...seed, authenticators: [...authenticators, passkey] } } }),
      looking(seen),
    );
    expect(seen).toEqual(new Set(["choose", "enter", "link", "end", "problem"]));
  });

  test("when methods are enrolled, shown and removed", async ({ open }) => {
    const seen = new Set<string | null>();
    await tourOfSettings(await open(), looking(seen));
    expect(seen).toEqual(new Set(["enroll", "enter", "contact", "codes", "settings", "remove"]));
  });
});

describe("with the keyboard only", () => {
  test("a user confirms", async ({ open }) => {
    const stage = await open();
    const { page, emulator } = stage;
    await page.goto(await stage.app.track());
    const order = await tabTo(stage, "Cancel");
    expect(order.map((name) => name.replace(/ .{4}\d{4}| j.*example\.com/, ""))).toEqual([
      "Text message",
      "Code by email",
      "Link by email",
      "Authenticator app",
      "WhatsApp message",
      "Recovery code",
      "Cancel",
    ]);
    await page.reload();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await new ChallengePage(page).code.waitFor();
    expect(await focusOf(page)).toEqual({ name: "Code", isVisible: true });
    const { code = "" } = await emulator.outbox.waitFor({ to: phoneNumber });
    await page.keyboard.type(code);
    expect(await tabTo(stage, "Cancel")).toEqual(["Confirm", "Send again", "Use another method", "Cancel"]);
    await new ChallengePage(page).code.focus();
    await page.keyboard.press("Enter");
    expect(await arriveInApp(page)).toMatchObject({ heading: "Done" });
  });

  test("a user continues after a wrong code", async ({ open }) => {
    const stage = await open();
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    await challenge.code.waitFor();
    await stage.page.keyboard.type("000000");
    await stage.page.keyboard.press("Enter");
    await challenge.alert.waitFor();
    takeOut(stage.problems, "422 POST /challenge/enter");
    expect(await focusOf(stage.page)).toEqual({ name: "Code", isVisible: true });
    await stage.page.keyboard.type("123456");
    await stage.page.keyboard.press("Enter");
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done" });
  });
});

describe("without JavaScript", () => {
  const context = { javaScriptEnabled: false };

  test.for([context, { ...context, ...PHONE }])("a person confirms, with %o", async (context, { open }) => {
    const stage = await open({ context });
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    await challenge.enter("000000");
    await challenge.alert.waitFor();
    takeOut(stage.problems, "422 POST /challenge/enter");
    await challenge.enter((await stage.emulator.outbox.waitFor()).code);
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done" });
  });

  test("a user enrolls a method", async ({ open }) => {
    const stage = await open({ context, emulator: { seed: {} } });
    const challenge = await goFromApp(stage, "Sign up");
    await challenge.setUp("EMAIL_OTP");
    await stage.page.locator("[name=email]").fill("jo@example.com");
    await challenge.press("contact");
    await challenge.enter((await stage.emulator.outbox.waitFor()).code);
    await challenge.press("saved");
    expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done", verificationMethod: "EMAIL_OTP" });
  });
});
