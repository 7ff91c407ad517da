import type { Page } from "playwright-core";
import { ChallengePage } from "./challenge-page.ts";
import type { Stage } from "./fixtures.ts";

/** Signs in to the app, and presses a button that leads to the challenge page. */
export async function goFromApp({ app, page }: Stage, button = "Withdraw"): Promise<ChallengePage> {
  await page.goto(app.origin);
  await page.getByRole("button", { name: button }).click();
  return new ChallengePage(page);
}

/** Waits until the user is back in the app, and reads the result that the app has received. */
export async function arriveInApp(page: Page): Promise<{ [fact: string]: string }> {
  const facts = page.locator("[data-fact]");
  await page.locator("dl").waitFor();
  const heading = await page.getByRole("heading", { level: 1 }).textContent();
  const entries = (await facts.all()).map(async (fact) => {
    return [(await fact.getAttribute("data-fact")) ?? "", (await fact.textContent()) ?? ""] as const;
  });
  return { heading: heading ?? "", ...Object.fromEntries(await Promise.all(entries)) };
}

/** Removes an expected error, which must be there. */
export function takeOut(problems: string[], ...expected: string[]): void {
  for (const problem of expected) {
    const index = problems.indexOf(problem);
    if (index < 0) throw new Error(`This did not go wrong: ${problem}. What did: ${problems.join("; ")}`);
    problems.splice(index, 1);
  }
}
