import type { Page } from "playwright-core";
import { ChallengePage } from "./challenge-page.ts";
import type { Stage } from "./fixtures.ts";
import { takeOut } from "./journey.ts";

/** Shows every challenge page there is, one after the other. */
export async function tour(stage: Stage, look: (name: string, page: Page) => Promise<void>): Promise<void> {
  const { emulator, app, page, problems } = stage;
  const challenge = new ChallengePage(page);
  const start = async (outcome: "CHALLENGE" | "BLOCK" | "ALLOW" | "REVIEW" = "CHALLENGE") => {
    emulator.rules.set("withdraw", outcome);
    await page.goto(await app.track());
  };

  await start();
  await look("choose", page);
  for (const method of ["SMS", "AUTHENTICATOR_APP", "EMAIL_MAGIC_LINK", "RECOVERY_CODE"]) {
    await challenge.choose(method);
    await challenge.link("another").waitFor();
    await look(method, page);
    await challenge.link("another").click();
  }
  await challenge.choose("SMS");
  await challenge.enter("0");
  await challenge.alert.waitFor();
  takeOut(problems, "422 POST /challenge/enter");
  await look("wrong code", page);
  const link = emulator.outbox.last({ to: "jo@example.com" })?.url ?? "";
  await page.goto(link);
  await look("link", page);
  await challenge.press("answer", "Confirm");
  await challenge.shows("Confirmed");
  await look("confirmed", page);
  await page.goto(link);
  takeOut(problems, "410 GET /challenge/link");
  await look("dead link", page);
  for (const outcome of ["BLOCK", "ALLOW", "REVIEW"] as const) {
    await start(outcome);
    await look(outcome, page);
  }
  await page.goto(`${emulator.origin}/challenge?token=x`);
  takeOut(problems, "400 GET /challenge");
  await look("invalid", page);
}
