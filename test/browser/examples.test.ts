import { completeChallenge, startEmulator } from "authsignal-ts/emulator";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { HEADINGS, EXAMPLES as RECIPES, type Example as Recipe, type Site, startSite } from "../examples/sites.ts";
import { userId } from "./app.ts";
import { ChallengePage } from "./challenge-page.ts";
import { phoneNumber, seed, test } from "./fixtures.ts";
import { takeOut } from "./journey.ts";
import { problemsOf } from "./problems.ts";

describe("an example in a browser", () => {
  test.for(RECIPES)("sends a person to the challenge and back, once: $name", async (recipe, { browser }) => {
    await using emulator = await startEmulator({ seed });
    emulator.rules.set(recipe.action, "CHALLENGE");
    await using site = await startSite(recipe, emulator);
    await using context = await browser.newContext();
    context.setDefaultTimeout(10_000);
    const problems = problemsOf(context);
    const page = await context.newPage();
    const addresses: string[] = [];
    page.on("framenavigated", (frame) => addresses.push(frame.url()));

    await fillIn(page, site, recipe);
    await completeChallenge(page, { emulator, method: "SMS" });
    await page.getByRole("heading", { name: HEADINGS.after }).waitFor();
    expect(site.done).toEqual([recipe.isSignIn ? userId : `${userId} 25`]);
    expect(addresses.filter((address) => address.startsWith(site.origin) && address.includes("token"))).toEqual([]);

    await page.goto(site.origin + recipe.returnPath);
    await page.getByText("This is over").waitFor();
    expect(site.done).toHaveLength(1);
    takeOut(problems, `403 GET ${recipe.returnPath}`);
    expect(problems).toEqual([]);
  });

  test.for(RECIPES)("has a person enroll who has nothing enrolled: $name", async (recipe, { browser }) => {
    await using emulator = await startEmulator({ recoveryCodes: false });
    emulator.rules.set(recipe.action, "CHALLENGE");
    await using site = await startSite(recipe, emulator);
    await using context = await browser.newContext();
    context.setDefaultTimeout(10_000);
    const problems = problemsOf(context);
    const page = await context.newPage();
    const challenge = new ChallengePage(page);

    await fillIn(page, site, recipe);
    await challenge.press("cancel");
    await page.getByText("no way to confirm was set up").waitFor();
    takeOut(problems, `403 GET ${recipe.returnPath}`);
    expect(site.done).toEqual([]);

    await fillIn(page, site, recipe);
    await challenge.setUp("SMS");
    await page.locator("[name=phoneNumber]").fill(phoneNumber);
    await challenge.press("contact");
    await challenge.enter((await emulator.outbox.waitFor({ to: phoneNumber })).code);
    await page.getByRole("heading", { name: HEADINGS.after }).waitFor();
    expect(site.done).toEqual([recipe.isSignIn ? userId : `${userId} 25`]);
    expect(problems).toEqual([]);
  });
});

/** Signs in, unless the form does that, and sends the form. */
async function fillIn(page: Page, site: Site, recipe: Recipe): Promise<void> {
  await page.goto(site.origin);
  if (recipe.isSignIn) {
    await page.locator("[name=name]").fill(userId);
    await page.locator("[name=password]").fill("right");
  } else {
    await page.context().addCookies([{ name: "session", value: userId, url: site.origin, sameSite: "Lax" }]);
    await page.locator("[name=amount]").fill("25");
  }
  await page.getByRole("button", { name: "Go" }).click();
}
