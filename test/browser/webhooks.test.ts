import { describe, expect } from "vitest";
import { test } from "./fixtures.ts";
import { InspectorPage } from "./inspector-page.ts";
import { arriveInApp, goFromApp, takeOut } from "./journey.ts";

describe.each(["authsignal-ts", "@authsignal/node"] as const)("an app that receives webhooks with %s", (server) => {
  test("decides whether a code is sent, and whether an action is confirmed", async ({ open }) => {
    const stage = await open({ server });
    const { app, emulator, page, problems } = stage;
    emulator.webhooks.configure({ url: `${app.origin}/webhooks` });
    app.isBroken = true;
    const challenge = await goFromApp(stage);
    await challenge.choose("SMS");
    await challenge.alert.waitFor();
    takeOut(problems, "502 POST /challenge/start");
    expect(emulator.outbox.list()).toEqual([]);
    app.isBroken = false;
    await challenge.choose("SMS");
    const { code } = await emulator.outbox.waitFor();
    await challenge.code.waitFor();
    app.isBroken = true;
    await challenge.enter(code);
    await challenge.alert.waitFor();
    takeOut(problems, "502 POST /challenge/enter");
    expect(emulator.export().actions).toMatchObject([{ state: "CHALLENGE_REQUIRED" }]);
    app.isBroken = false;
    await goFromApp(stage);
    await challenge.choose("SMS");
    await challenge.enter((await emulator.outbox.waitFor()).code);
    expect(await arriveInApp(page)).toMatchObject({ heading: "Done" });
    await emulator.webhooks.flushLogs();
    await emulator.webhooks.settle();
    expect(new Set(app.events)).toEqual(
      new Set(["sms.created", "action.verify", "authenticator.updated", "action.log_created", "challenge.log_created"]),
    );
  });
});

describe("in the inspector, a user", () => {
  test("sets the webhook URL, sends a sample, sees it fail, and delivers it again", async ({ open }) => {
    const stage = await open();
    const { app } = stage;
    const inspector = await InspectorPage.live(stage);
    const panel = inspector.panel("Webhooks");
    await panel.getByLabel("All events").fill(`${app.origin}/webhooks`);
    await inspector.press("Webhooks", "Save");
    await panel.getByRole("combobox", { name: "Event", exact: true }).selectOption("authenticator.created");
    app.isBroken = true;
    await inspector.press("Webhooks", "Send a sample");
    const delivery = panel.getByRole("listitem").filter({ hasText: "authenticator.created" }).first();
    await delivery.getByText("failed", { exact: true }).waitFor();
    await delivery.locator("summary").click();
    await delivery.getByText("The handler is broken").waitFor();
    expect(app.events).toEqual([]);
    app.isBroken = false;
    await delivery.getByRole("button", { name: "Deliver again" }).click();
    await delivery.getByText("delivered", { exact: true }).waitFor();
    expect(app.events).toEqual(["authenticator.created"]);
  });
});
