import { describe, expect } from "vitest";
import { ChallengePage } from "./challenge-page.ts";
import { PHONE, phoneNumber, type Stage, test } from "./fixtures.ts";
import { arriveInApp, goFromApp, takeOut } from "./journey.ts";
import { focusOf, motionOf, overflowOf, tooSmall, violationsOf } from "./screens.ts";
import { tour } from "./tour.ts";

/** Presses Tab until something of this name has the focus; gives all that had it on the way. */
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

describe("every challenge page", () => {
  test("has nothing that axe would blame, in light and dark colours", async ({ open }) => {
    const seen: string[] = [];
    await tour(await open(), async (name, page) => {
      expect(await violationsOf(page), name).toEqual([]);
      seen.push(name);
    });
    expect(seen.length).toBeGreaterThan(11);
  });

  test("fits on a phone, and is made for fingers", async ({ open }) => {
    await tour(await open({ context: PHONE }), async (name, page) => {
      expect(await overflowOf(page), name).toBe(0);
      expect(await tooSmall(page), name).toEqual([]);
    });
  });

  test("can be read at twice the size of its text", async ({ open }) => {
    await tour(await open({ context: { viewport: { width: 320, height: 480 } } }), async (name, page) => {
      await page.addStyleTag({ content: "html { font-size: 200% }" });
      expect(await overflowOf(page), name).toBe(0);
    });
  });

  test("keeps still for people who want it so", async ({ open }) => {
    await tour(await open({ context: { reducedMotion: "reduce" } }), async (name, page) => {
      expect(await motionOf(page), name).toEqual([]);
    });
  });
});

describe("with the keyboard only", () => {
  test("a person confirms", async ({ open }) => {
    const stage = await open();
    const { page, emulator } = stage;
    await page.goto(await stage.app.track());
    const order = await tabTo(stage, "Cancel");
    expect(order.map((name) => name.replace(/ .{4}\d{4}| j.*example\.com/, ""))).toEqual([
      "Text message",
      "Code by e-mail",
      "Link by e-mail",
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
    expect(await tabTo(stage, "Cancel")).toEqual(["Confirm", "Send again", "Another way", "Cancel"]);
    await new ChallengePage(page).code.focus();
    await page.keyboard.press("Enter");
    expect(await arriveInApp(page)).toMatchObject({ heading: "Done" });
  });

  test("a person goes on after a wrong code", async ({ open }) => {
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
  test.for([[{ javaScriptEnabled: false }], [{ javaScriptEnabled: false, ...PHONE }]] as const)(
    "a person confirms, with %o",
    async ([context], { open }) => {
      const stage = await open({ context });
      const challenge = await goFromApp(stage);
      await challenge.choose("SMS");
      await challenge.enter("000000");
      await challenge.alert.waitFor();
      takeOut(stage.problems, "422 POST /challenge/enter");
      await challenge.enter((await stage.emulator.outbox.waitFor()).code);
      expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done" });
    },
  );
});
