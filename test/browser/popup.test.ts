import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { ChallengePage } from "./challenge-page.ts";
import { email, PHONE, type Stage, test } from "./fixtures.ts";
import { arriveInApp, takeOut } from "./journey.ts";
import { overflowOf } from "./screens.ts";
import { SdkPage } from "./sdk.ts";

/** The page of the app after `launch` has resolved. */
interface Launched {
  readonly token?: string;
  readonly validated?: { readonly isValid: boolean; readonly state?: string };
  readonly errors: readonly { readonly errorCode?: string; readonly statusCode?: number }[];
}

const FRAME = "iframe[name=authsignal]";
const SUCCESS = {
  token: expect.any(String),
  validated: expect.objectContaining({ isValid: true, state: "CHALLENGE_SUCCEEDED" }),
  errors: [],
};

/** Opens the challenge page in a popup of the SDK. */
async function openPopup(stage: Stage): Promise<ChallengePage> {
  await SdkPage.of(stage);
  await stage.page.getByRole("button", { name: "Withdraw in a popup" }).click();
  return new ChallengePage(stage.page.frameLocator(FRAME));
}

/** Waits until `launch` has resolved. */
async function launched(page: Page): Promise<Launched> {
  return JSON.parse((await page.locator("output:not(:empty)").textContent()) ?? "");
}

describe.each(["authsignal-ts", "@authsignal/node"] as const)(
  "a popup of the browser SDK, over an app with %s",
  (server) => {
    test("returns a valid token", async ({ open }) => {
      const stage = await open({ server });
      const challenge = await openPopup(stage);
      await challenge.choose("SMS");
      await challenge.enter("000000");
      await challenge.alert.waitFor();
      takeOut(stage.problems, "422 POST /challenge/enter");
      await challenge.enter((await stage.emulator.outbox.waitFor()).code);
      expect(await launched(stage.page)).toEqual(SUCCESS);
      expect(await stage.page.locator(FRAME).count()).toBe(0);
    });
  },
);

describe("a popup of the browser SDK", () => {
  test("is shown when it is ready", async ({ open }) => {
    const stage = await open();
    // Without the three seconds after which the SDK shows it anyway.
    await stage.page.addInitScript(`{
      const setTimer = window.setTimeout;
      window.setTimeout = (callback, delay, ...rest) => (delay === 3000 ? 0 : setTimer(callback, delay, ...rest));
    }`);
    await openPopup(stage);
    await stage.page.locator(`${FRAME}.as-iframe-ready`).waitFor();
  });

  test("has the height of its content, and focuses the field", async ({ open }) => {
    const stage = await open();
    const challenge = await openPopup(stage);
    const frame = stage.page.locator(FRAME);
    const height = async () => (await frame.boundingBox())?.height ?? 0;
    const isWhole = () => {
      const script = "document.documentElement.scrollHeight <= window.innerHeight";
      return stage.page.frame({ name: "authsignal" })?.evaluate(script);
    };
    await challenge.choice("SMS").waitFor();
    await expect.poll(isWhole).toBe(true);
    const high = await height();
    await challenge.choose("SMS");
    await challenge.code.waitFor();
    await expect.poll(height).toBeLessThan(high - 50);
    await expect.poll(isWhole).toBe(true);
    await stage.page.keyboard.type("123456");
    expect(await challenge.code.inputValue()).toBe("123456");
    await stage.page.keyboard.press("Enter");
    expect(await launched(stage.page)).toEqual(SUCCESS);
  });

  test("is accessible, also on a phone", async ({ open }) => {
    const stage = await open({ context: PHONE });
    const challenge = await openPopup(stage);
    await challenge.choice("SMS").waitFor();
    await stage.page.locator(`${FRAME}.as-iframe-ready`).waitFor();
    expect(await overflowOf(stage.page)).toEqual([]);
    const frame = stage.page.frame({ name: "authsignal" });
    expect(await frame?.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    const { violations, passes } = await new AxeBuilder({ page: stage.page }).include([FRAME, "html"]).analyze();
    expect(violations).toEqual([]);
    expect(passes.length).toBeGreaterThan(10);
  });

  test.for(["Escape", "a click beside it"])("gives no token when it is closed by %s", async (way, { open }) => {
    const stage = await open();
    const challenge = await openPopup(stage);
    await challenge.choice("SMS").waitFor();
    await stage.page.locator(`${FRAME}.as-iframe-ready`).waitFor();
    if (way === "Escape") await stage.page.keyboard.press("Escape");
    else await stage.page.mouse.click(5, 5);
    expect(await launched(stage.page)).toEqual({ errors: [] });
  });

  test("confirms nothing when the user cancels", async ({ open }) => {
    const stage = await open();
    const challenge = await openPopup(stage);
    await challenge.choose("SMS");
    await challenge.press("cancel");
    const { validated } = await launched(stage.page);
    expect(validated?.isValid ?? false).toBe(false);
    expect(stage.emulator.export().actions).toMatchObject([{ state: "CHALLENGE_REQUIRED" }]);
  });

  test("sends errors to the app", async ({ open }) => {
    const stage = await open();
    const challenge = await openPopup(stage);
    await challenge.choose("SMS");
    await challenge.code.waitFor();
    for (let count = 0; count < 6; count++) await challenge.sendAgain();
    await challenge.alert.waitFor();
    takeOut(stage.problems, "429 POST /challenge/start");
    await stage.page.mouse.click(5, 5);
    expect((await launched(stage.page)).errors).toEqual([{ errorCode: "too_many_requests", statusCode: 429 }]);
  });

  test("says that an action is blocked, and can be closed", async ({ open }) => {
    const stage = await open();
    stage.emulator.rules.set("withdraw", "BLOCK");
    const challenge = await openPopup(stage);
    await challenge.shows("Blocked");
    await stage.page.frameLocator(FRAME).locator("button[data-close]").click();
    expect((await launched(stage.page)).validated?.isValid ?? false).toBe(false);
  });

  test("confirms by a link that is opened in another tab", async ({ open }) => {
    const stage = await open();
    const challenge = await openPopup(stage);
    await challenge.choose("EMAIL_MAGIC_LINK");
    const tab = await stage.page.context().newPage();
    await tab.goto((await stage.emulator.outbox.waitFor({ to: email })).url ?? "");
    await tab.getByRole("button", { name: "Confirm" }).click();
    await tab.getByRole("heading", { name: "Confirmed" }).waitFor();
    await stage.page.bringToFront();
    await challenge.link("continue").click();
    expect(await launched(stage.page)).toEqual(SUCCESS);
  });
});

test("the browser SDK redirects to the challenge page and back without a popup", async ({ open }) => {
  const stage = await open();
  await SdkPage.of(stage);
  const url = await stage.app.track();
  await stage.page.evaluate((url) => Reflect.get(globalThis, "authsignal").launch(url), url);
  const challenge = new ChallengePage(stage.page);
  await challenge.choose("SMS");
  await challenge.enter((await stage.emulator.outbox.waitFor()).code);
  expect(await arriveInApp(stage.page)).toMatchObject({ heading: "Done" });
});

describe("a window of the browser SDK", () => {
  const openWindow = async (stage: Stage) => {
    await SdkPage.of(stage);
    const opened = stage.page.waitForEvent("popup");
    await stage.page.getByRole("button", { name: "Withdraw in a window" }).click();
    return opened;
  };

  test("returns a valid token, and closes", async ({ open }) => {
    const stage = await open();
    const window = await openWindow(stage);
    const challenge = new ChallengePage(window);
    await challenge.choose("EMAIL_OTP");
    const closed = window.waitForEvent("close");
    await challenge.enter((await stage.emulator.outbox.waitFor({ to: email })).code);
    expect(await launched(stage.page)).toEqual(SUCCESS);
    await closed;
  });

  test("confirms nothing when the user cancels", async ({ open }) => {
    const stage = await open();
    const challenge = new ChallengePage(await openWindow(stage));
    await challenge.press("cancel");
    const { validated } = await launched(stage.page);
    expect(validated?.isValid ?? false).toBe(false);
  });
});
