import type { Page } from "playwright-core";
import { ChallengePage } from "./challenge-page.ts";
import { email, phoneNumber, type Stage } from "./fixtures.ts";
import { takeOut } from "./journey.ts";

/** Checks a page. */
export type Look = (name: string, page: Page) => Promise<void>;

/** Visits the pages on which an action is confirmed or denied. */
export async function tourOfChallenges({ emulator, app, page, problems }: Stage, look: Look): Promise<void> {
  const challenge = new ChallengePage(page);
  await page.goto(await app.track());
  await look("choose", page);
  for (const method of ["SMS", "AUTHENTICATOR_APP", "EMAIL_MAGIC_LINK", "RECOVERY_CODE", "PASSKEY"]) {
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
  const link = emulator.outbox.last({ to: email })?.url ?? "";
  await page.goto(link);
  await look("link", page);
  await challenge.press("answer", "Confirm");
  await page.locator("main[data-token]").waitFor();
  await look("confirmed", page);
  await page.goto(link);
  takeOut(problems, "410 GET /challenge/link");
  await look("dead link", page);
  for (const outcome of ["BLOCK", "ALLOW", "REVIEW"] as const) {
    emulator.rules.set("withdraw", outcome);
    await page.goto(await app.track());
    await look(outcome, page);
  }
  await page.goto(`${emulator.origin}/challenge?token=x`);
  takeOut(problems, "400 GET /challenge");
  await look("invalid", page);
}

/** Visits the pages on which methods are enrolled, shown and removed. */
export async function tourOfSettings({ emulator, app, page, problems }: Stage, look: Look): Promise<void> {
  const challenge = new ChallengePage(page);
  emulator.reset();
  await page.goto(app.origin);
  await page.getByRole("button", { name: "Security settings" }).click();
  await challenge.form("enroll").first().waitFor();
  await look("enroll", page);
  await challenge.setUp("AUTHENTICATOR_APP");
  await challenge.code.waitFor();
  await look("QR code", page);
  await challenge.link("another").click();
  await challenge.setUp("SMS");
  await challenge.form("contact").waitFor();
  await look("contact", page);
  await page.locator("[name=phoneNumber]").fill("1");
  await challenge.press("contact");
  await challenge.alert.waitFor();
  takeOut(problems, "400 POST /challenge/enroll");
  await look("wrong contact", page);
  await page.locator("[name=phoneNumber]").fill(phoneNumber);
  await challenge.press("contact");
  await challenge.enter((await emulator.outbox.waitFor()).code);
  await page.locator("[data-code]").first().waitFor();
  await look("recovery codes", page);
  await challenge.press("saved");
  await page.locator("[data-authenticator]").waitFor();
  await look("settings", page);
  await challenge.link("remove").click();
  await challenge.form("remove").waitFor();
  await look("remove", page);
}
