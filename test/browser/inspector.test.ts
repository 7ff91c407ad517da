import { describe, expect } from "vitest";
import { startEmulator } from "../../src/emulator/index.ts";
import { Authsignal, type AuthsignalError } from "../../src/index.ts";
import { action, userId } from "./app.ts";
import { phoneNumber, type Stage, test } from "./fixtures.ts";
import { InspectorPage } from "./inspector-page.ts";
import { takeOut } from "./journey.ts";

function clientOf({ emulator: { apiSecretKey, apiUrl } }: Stage): Authsignal {
  return new Authsignal({ apiSecretKey, apiUrl, retries: 0 });
}

/** Returns the status or code of the error of a call; undefined for a success. */
async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: AuthsignalError) => error.statusCode ?? error.errorCode,
  );
}

describe("the inspector updates itself", () => {
  test("from the action to its token", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    await inspector.panel("Actions").getByText("Nothing has been tracked yet").waitFor();
    const authsignal = clientOf(stage);
    const { url } = await authsignal.track({ userId, action });
    const story = inspector.actions.first();
    await story.getByText(`Waits for ${userId} to confirm`).waitFor();
    const visit = await stage.emulator.visit(url);
    await visit.choose("SMS");
    await story.getByText(`Text message sent to ${phoneNumber}`).waitFor();
    await inspector.panel("Outbox").getByText("123456").waitFor();
    const { token } = await visit.enter("123456");
    await story.getByText("Challenge succeeded").first().waitFor();
    await authsignal.validateChallenge({ action, token });
    const request = inspector.panel("Requests").getByRole("listitem").filter({ hasText: "validateChallenge" });
    await request.locator("summary").click();
    await request.getByText("Request and response match the spec").waitFor();
    expect(await inspector.actions.count()).toBe(1);
  });

  test("and shows the error of a request", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    const body = JSON.stringify({ redirectURL: "http://localhost:3000" });
    const { apiUrl, apiSecretKey } = stage.emulator;
    await fetch(`${apiUrl}/users/${userId}/actions/${action}`, {
      method: "POST",
      body,
      headers: { authorization: `Basic ${btoa(`${apiSecretKey}:`)}`, "content-type": "application/json" },
    });
    const request = inspector.panel("Requests").getByRole("listitem").first();
    await request.getByText("400", { exact: true }).waitFor();
    await request.getByText("redirectURL").first().waitFor();
  });

  test("and keeps opened sections and entered texts", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    await inspector.panel("Users").locator("summary").first().click();
    const contact = inspector
      .panel("Users")
      .locator("details[open]")
      .getByRole("listitem")
      .getByText(phoneNumber)
      .first();
    await contact.waitFor();
    const field = inspector.panel("Time").getByLabel("Move by");
    await field.fill("3 da");
    await clientOf(stage).track({ userId, action });
    await inspector.actions.first().waitFor();
    expect(await contact.isVisible()).toBe(true);
    expect(await field.inputValue()).toBe("3 da");
    await inspector.page.keyboard.type("ys");
    expect(await field.inputValue(), "the focus is where it was").toBe("3 days");
  });

  test("after the connection was lost", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    const { page, problems } = stage;
    await page.context().setOffline(true);
    await page.reload().catch(() => undefined);
    await page.context().setOffline(false);
    problems.length = 0;
    await page.goto(stage.emulator.origin);
    await clientOf(stage).track({ userId, action });
    await inspector.actions.first().waitFor();
  });
});

describe("in the inspector, a user", () => {
  test("copies a code", async ({ open }) => {
    const stage = await open({ emulator: { otp: "random" } });
    const { page, emulator } = stage;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: emulator.origin });
    await clientOf(stage).challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber });
    const inspector = await InspectorPage.of(stage);
    await inspector.panel("Outbox").getByRole("button", { name: "Copy code" }).click();
    await page.getByRole("status").filter({ hasText: "Copied" }).waitFor({ state: "attached" });
    const { code } = await emulator.outbox.waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(code);
  });

  test("moves the time", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    const { clock } = stage.emulator;
    const ahead = () => Math.round((clock.milliseconds - Date.now()) / 60_000);
    await inspector.press("Time", "+10 min");
    await expect.poll(ahead).toBe(10);
    await inspector.panel("Time").getByText("moved").waitFor();
    await inspector.panel("Time").getByLabel("Move by").fill("2h");
    await inspector.press("Time", "Move");
    await expect.poll(ahead).toBe(130);
    await inspector.press("Time", "Freeze");
    await inspector.panel("Time").getByText("frozen").waitFor();
    expect(clock.isFrozen).toBe(true);
    await inspector.press("Time", "Unfreeze");
    await inspector.press("Time", "Back to real time");
    await inspector.panel("Time").getByText("real time", { exact: true }).waitFor();
    expect(Math.abs(ahead())).toBe(0);
  });

  test("adds a failure of the next call", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    const panel = inspector.panel("Fail the next call");
    await panel.getByLabel("Call").selectOption("track");
    await panel.getByLabel("Failure").selectOption({ label: "503 Service Unavailable" });
    await inspector.press("Fail the next call", "Add the failure");
    await panel.getByText("1 left").waitFor();
    const authsignal = clientOf(stage);
    expect(await refusalOf(authsignal.getUser({ userId }))).toBeUndefined();
    expect(await refusalOf(authsignal.track({ userId, action }))).toBe(503);
    expect(await refusalOf(authsignal.track({ userId, action }))).toBeUndefined();
    await panel.getByText("1 left").waitFor({ state: "detached" });
    await inspector.panel("Requests").getByText("fault", { exact: true }).waitFor();
  });

  test("sets the outcome of an action", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    const rules = inspector.panel("Rules");
    const track = async () => (await clientOf(stage).track({ userId, action: "payout" })).state;
    const set = async (outcome: string, button: string) => {
      await rules.getByLabel("Action").first().fill("payout");
      await rules.getByLabel("Outcome").first().selectOption(outcome);
      await inspector.press("Rules", button);
    };
    await set("BLOCK", "Set");
    const rule = rules.getByRole("listitem").filter({ hasText: "payout" });
    await rule.getByText("BLOCK").first().waitFor();
    expect(await track()).toBe("BLOCK");
    await set("REVIEW", "Next time only");
    await rules.getByText("REVIEW", { exact: true }).first().waitFor();
    expect([await track(), await track()]).toEqual(["REVIEW_REQUIRED", "BLOCK"]);
    await rule.getByText("Remove", { exact: true }).click();
    await rule.getByRole("button").click();
    await rule.waitFor({ state: "detached" });
    expect(await track()).toBe("ALLOW");
  });

  test("adds a rule with conditions", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    const rules = inspector.panel("Rules");
    await rules.getByText("Add a rule with conditions").click();
    const form = rules.locator('form[data-form="add-rule"]');
    await form.getByLabel("Name").fill("New payee");
    await form.getByLabel("Action").fill("payout");
    await form.getByLabel("Where, as JSON").fill('{ "custom": { "isNewPayee": true } }');
    await form.getByLabel("Outcome").selectOption("CHALLENGE");
    await form.getByRole("button").click();
    await rules.getByRole("listitem").filter({ hasText: "New payee" }).waitFor();
    const attributes = { custom: { isNewPayee: true } };
    const authsignal = clientOf(stage);
    expect((await authsignal.track({ userId, action: "payout", attributes })).state).toBe("CHALLENGE_REQUIRED");
    expect((await authsignal.track({ userId, action: "payout" })).state).toBe("ALLOW");
  });

  test("reviews an action", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    stage.emulator.rules.set(action, "REVIEW");
    await clientOf(stage).track({ userId, action });
    await inspector.actions.first().getByRole("button", { name: "Approve" }).click();
    await inspector.actions.first().getByText("Review succeeded").first().waitFor();
    expect(stage.emulator.export().actions).toMatchObject([{ state: "REVIEW_SUCCEEDED" }]);
  });

  test("opens the challenge page of an action, and sees its result", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    await clientOf(stage).track({ userId, action });
    const opened = stage.page.waitForEvent("popup");
    await inspector.actions.first().getByRole("link", { name: "Open the challenge page" }).click();
    const challenge = await opened;
    await challenge.locator('form[data-form="choose"]').getByRole("button").first().click();
    await challenge.locator("[name=code]").fill("123456");
    await challenge.locator('form[data-form="enter"]').getByRole("button").click();
    await challenge.locator("main[data-token]").waitFor();
    await inspector.actions.first().getByText("Challenge succeeded").first().waitFor();
  });

  test("deletes everything, and loads the sample", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    const reset = inspector.panel("Reset");
    await reset.locator("summary").filter({ hasText: "Delete everything" }).click();
    await reset.locator('form[data-form="reset"]').getByRole("button").click();
    await inspector.panel("Users").getByText("There are no users").waitFor();
    expect(stage.emulator.export().users ?? []).toEqual([]);
    await reset.getByText("Load the sample").click();
    await reset.locator('form[data-form="sample"]').getByRole("button").click();
    await inspector.actions.nth(5).waitFor();
    expect(stage.emulator.export().users?.map((user) => user.userId)).toContain("jo");
  });

  test("switches to another tenant", async ({ open }) => {
    const stage = await open();
    const { apiUrl } = stage.emulator;
    const other = new Authsignal({ apiSecretKey: "sk_emulator_other", apiUrl });
    await other.track({ userId: "usr_of_other", action });
    await clientOf(stage).track({ userId, action });
    const inspector = await InspectorPage.live(stage);
    expect(await inspector.page.getByText("usr_of_other").count()).toBe(0);
    await inspector.page.getByText("Tenant", { exact: true }).click();
    await inspector.page.getByRole("link", { name: /other/ }).click();
    await inspector.actions.filter({ hasText: "usr_of_other" }).waitFor();
    await inspector.page.getByText("Live", { exact: true }).waitFor();
    await other.track({ userId: "usr_of_other", action });
    await inspector.actions.nth(1).waitFor();
    await inspector.press("Time", "+1 hour");
    await expect
      .poll(() => stage.emulator.tenant("sk_emulator_other").clock.milliseconds - Date.now())
      .toBeGreaterThan(3_500_000);
    expect(stage.emulator.clock.milliseconds - Date.now()).toBeLessThan(10_000);
  });

  test("sees the error of an invalid field", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    await inspector.panel("Time").getByLabel("Move by").fill("soon");
    await inspector.press("Time", "Move");
    await inspector.page.getByRole("alert").filter({ hasText: "soon" }).waitFor();
    takeOut(stage.problems, "422 POST /_inspector/advance");
  });

  test("stays on the page with a message when the emulator is gone", async ({ open }) => {
    const stage = await open();
    const inspector = await InspectorPage.live(stage);
    const { page, emulator, problems } = stage;
    await inspector.panel("Users").locator("summary").first().click();
    await inspector.panel("Time").getByLabel("Move by").fill("2h");
    await emulator.close();
    await inspector.press("Time", "Freeze");
    await page.getByRole("alert").filter({ hasText: "The emulator does not respond. Start it again" }).waitFor();
    expect(await inspector.panel("Time").getByLabel("Move by").inputValue()).toBe("2h");
    expect(await inspector.panel("Users").locator("details[open]").count()).toBe(1);
    expect(problems.some((problem) => problem.includes("/_inspector/freeze"))).toBe(true);
    const port = Number(new URL(emulator.origin).port);
    await using _ = await startEmulator({ port });
    await page.getByRole("alert").waitFor({ state: "detached" });
    await page.getByText("Live", { exact: true }).waitFor();
    await page.close();
    problems.length = 0;
  });

  test("needs no JavaScript", async ({ open }) => {
    const stage = await open({ context: { javaScriptEnabled: false } });
    const inspector = await InspectorPage.of(stage);
    await inspector.press("Time", "+1 hour");
    await inspector.panel("Time").getByText("moved").waitFor();
    await clientOf(stage).track({ userId, action });
    await inspector.page.getByRole("link", { name: "Refresh" }).click();
    await inspector.actions.first().getByText(`Waits for ${userId} to confirm`).waitFor();
    await inspector.panel("Time").getByLabel("Move by").fill("soon");
    await inspector.press("Time", "Move");
    await inspector.page.getByRole("alert").waitFor();
    takeOut(stage.problems, "422 POST /_inspector/advance");
  });
});
