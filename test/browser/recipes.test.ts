import { completeChallenge, startEmulator } from "authsignal-ts/emulator";
import { describe, expect } from "vitest";
import { HEADINGS, RECIPES, startSite } from "../recipes/sites.ts";
import { userId } from "./app.ts";
import { seed, test } from "./fixtures.ts";
import { takeOut } from "./journey.ts";
import { problemsOf } from "./problems.ts";

describe("a recipe in a browser", () => {
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

    await page.goto(site.origin);
    if (recipe.isSignIn) {
      await page.locator("[name=name]").fill(userId);
      await page.locator("[name=password]").fill("right");
    } else {
      await context.addCookies([{ name: "session", value: userId, url: site.origin, sameSite: "Lax" }]);
      await page.locator("[name=amount]").fill("25");
    }
    await page.getByRole("button", { name: "Go" }).click();
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
});
